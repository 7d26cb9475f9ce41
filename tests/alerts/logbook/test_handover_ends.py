"""How a handover ends: withdrawn, taken over by one of several, kept for good, read by an auditor."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from alerts import services as alert_services
from alerts.logbook import categories, duty
from alerts.logbook import services as logbook
from alerts.logbook.handover import selectors, services, summary
from alerts.logbook.models import Handover, LogbookWords, Shift
from alerts.overview.selectors import overview
from soc import clock
from soc.journal import words
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.alerts.logbook.conftest import Desk, client_of, post
from tests.system import until


def test_it_is_withdrawn_by_its_author_and_signed_anew(desk: Desk) -> None:
    first = desk.signed()
    with pytest.raises(Refusal, match="not_your_handover"):
        services.withdraw(desk.comes, first.pk)
    answer = post(client_of(desk.leaves), f"{first.pk}/withdraw/")
    assert answer.json()["withdrawn_at"] is not None
    with pytest.raises(Refusal, match="handover_withdrawn"):
        services.take(desk.comes, first.pk, read=first.digest)
    second = desk.signed("Three keys are out.")
    services.take(desk.comes, second.pk, read=second.digest)
    with pytest.raises(Refusal, match="taken_over_already"):
        services.withdraw(desk.leaves, second.pk)
    with pytest.raises(Refusal, match="taken_over_already"):
        services.take(desk.comes, second.pk, read=second.digest)


def test_who_had_to_go_is_relieved_later(desk: Desk) -> None:
    handover = desk.signed()
    duty.end(desk.leaves)
    ended_at = Shift.objects.get(pk=desk.shift.pk).ended_at
    services.take(desk.comes, handover.pk, read=handover.digest)
    shift = Shift.objects.get(pk=desk.shift.pk)
    assert (shift.ended_at, shift.handed_over_to_id) == (ended_at, desk.comes.pk)


@pytest.mark.parametrize("everywhere", [True, False])
def test_who_is_on_duty_there_already_stays_so(desk: Desk, everywhere: bool) -> None:
    handover = desk.signed()
    comes = factories.MemberFactory(organisation=desk.site.organisation, roles=[Role.AGENT])
    own = duty.take_up(comes, None if everywhere else desk.site.pk)
    services.take(comes, handover.pk, read=handover.digest)
    assert list(Shift.objects.filter(member=comes)) == [own]


def test_who_is_on_duty_elsewhere_takes_nothing_over_and_leaves_nothing_unwatched(desk: Desk) -> None:
    comes = factories.MemberFactory(organisation=desk.site.organisation, roles=[Role.AGENT])
    elsewhere = factories.SiteFactory(organisation=desk.site.organisation, name="Yard")
    duty.take_up(comes, elsewhere.pk)
    handover = desk.signed()
    with pytest.raises(Refusal, match="on_duty_elsewhere") as told:
        services.take(comes, handover.pk, read=handover.digest)
    assert "Yard" in told.value.sentence()
    duty.end(comes)
    services.take(comes, handover.pk, read=handover.digest)
    assert Shift.objects.get(member=comes, ended_at=None).site_id == desk.site.pk


def test_a_supervisor_of_the_place_withdraws_it_when_nobody_else_can(desk: Desk) -> None:
    handover = desk.signed()
    category = categories.of_handovers(desk.site.organisation_id).pk
    logbook.write(desk.comes, logbook.Draft(category, "Three keys.", desk.site.pk, corrects=handover.entry_id))
    desk.leaves.is_active = False
    desk.leaves.save()
    elsewhere = factories.SiteFactory(organisation=desk.site.organisation)
    for other in (
        factories.MemberFactory(site=elsewhere, roles=[Role.SUPERVISOR]),
        factories.MemberFactory(roles=[Role.SUPERVISOR]),
        desk.comes,
    ):
        with pytest.raises(Refusal, match="not_your_handover"):
            services.withdraw(other, handover.pk)
    supervisor = factories.MemberFactory(site=desk.site, roles=[Role.SUPERVISOR])
    assert post(client_of(supervisor, proved=False), f"{handover.pk}/withdraw/").status_code == 200
    noted = Entry.objects.get(organisation=desk.site.organisation, action="handover_withdrawn")
    assert noted.actor_id == supervisor.pk
    assert selectors.waiting(supervisor) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_once_one_takes_over() -> None:
    desk = Desk()
    handover = desk.signed()
    colleagues = [desk.comes, desk.colleague(), desk.colleague()]

    def one(member: Member) -> str:
        try:
            services.take(member, handover.pk, read=handover.digest)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "took over"

    with ThreadPoolExecutor(3) as threads:
        assert sorted(threads.map(one, colleagues)) == ["taken_over_already"] * 2 + ["took over"]
    assert Shift.objects.filter(organisation=desk.site.organisation, ended_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_takes_over_while_her_own_answer_is_on_its_way_waits_for_it() -> None:
    """Both lock her row and the feed's counter. In different orders one of them would be ended by PostgreSQL."""
    desk = Desk()
    handover = desk.signed()
    alert = factories.AlertFactory(rule=factories.RuleFactory(camera=factories.CameraFactory(site=desk.site)))
    named, goes_on = Event(), Event()

    def answers() -> None:
        try:
            with transaction.atomic():
                # As an entry that names her does when its keys are checked, before the counter.
                Shift.objects.create(
                    organisation=desk.site.organisation,
                    member=desk.leaves,
                    ended_at=clock.now(),
                    handed_over_to=desk.comes,
                )
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                named.set()
                assert goes_on.wait(10)
                alert_services.acknowledge(alert, version=alert.version, actor=desk.leaves)
        finally:
            connection.close()

    def takes_over() -> None:
        try:
            assert named.wait(10)
            services.take(desk.comes, handover.pk, read=handover.digest)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(answers), threads.submit(takes_over)]
        until(lambda: others_wait() or both[1].done(), "who takes over waits for a row, or had none to wait for")
        goes_on.set()
        for one in both:
            one.result(timeout=20)
    assert Handover.objects.get(pk=handover.pk).taken_by_id == desk.comes.pk


def test_an_auditor_reads_names_not_ids_and_not_the_programs_words(desk: Desk) -> None:
    camera = factories.CameraFactory(site=desk.site, name="Gate")
    patrol = categories.of(desk.site.organisation_id)[0]
    logbook.write(desk.leaves, logbook.Draft(patrol.pk, "A patrol.", desk.site.pk, cameras=[camera.pk]))
    handover = desk.signed()
    services.take(desk.comes, handover.pk, read=handover.digest)

    def read(action: str) -> dict[str, str | None]:
        entry = Entry.objects.filter(organisation=desk.site.organisation, action=action).earliest("pk")
        names = words.names_in(desk.site.organisation, [entry])
        return {one.label: one.after for one in words.further(entry, names)}

    with translation.override("fr"):
        written = read("logbook_written")
        assert (written["Catégorie"], written["Caméras"]) == ("Ronde", "Gate")
        assert read("duty_relieved") == {"Membre": "Camille"}
        assert read("handover_taken")["Sur l’écran de l’agent sortant"] == "non"


def others_wait() -> bool:
    """Whether some connection waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(cursor.fetchone()[0])


def test_what_was_signed_is_kept_by_the_database_and_checked_when_its_words_are_gone(desk: Desk) -> None:
    handover = desk.signed()
    changes: list[dict[str, object]] = [{"summary": {}}, {"digest": "0" * 64}, {"given_at": clock.now()}]
    for change in changes:
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Handover.objects.filter(pk=handover.pk).update(**change)
    services.take(desk.comes, handover.pk, read=handover.digest)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(taken_here=True)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        handover.delete()
    LogbookWords.objects.filter(entry=handover.entry_id).delete()
    kept = Handover.objects.select_related("entry").get(pk=handover.pk)
    read = summary.HandoverSummary.model_validate(kept.summary)
    assert services.digest(read, kept.entry) == kept.digest


def test_one_that_nobody_takes_over_needs_attention(desk: Desk) -> None:
    supervisor = factories.MemberFactory(site=desk.site, roles=[Role.SUPERVISOR])
    handover = desk.signed()
    assert "handover_waits" not in [one.code for one in overview(supervisor).attention]
    clock.move(dt.timedelta(minutes=16))
    found = next(one for one in overview(supervisor).attention if one.code == "handover_waits")
    assert (found.name, found.link) == ("Camille", f"/logbook/handover/{handover.pk}")
    services.take(desk.comes, handover.pk, read=handover.digest)
    assert "handover_waits" not in [one.code for one in overview(supervisor).attention]
