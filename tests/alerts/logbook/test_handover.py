"""The handover of a shift: what stands open, signed by who leaves and by who takes over, and everything that is refused."""

from __future__ import annotations

import datetime as dt
from base64 import b32decode
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import translation

from alerts import services as alert_services
from alerts.logbook import categories, duty
from alerts.logbook import services as logbook
from alerts.logbook.handover import selectors, services, summary
from alerts.logbook.models import Handover, LogbookEntry, LogbookWords, Shift
from alerts.models import AlertState
from alerts.overview.selectors import overview
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal import words
from soc.journal.models import Entry
from soc.people import codes, tokens
from soc.people.models import Member, RoleGrant, SecondFactorRole, Site
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.factories import PASSWORD
from tests.system import until


class Desk:
    """A site with an agent on duty and the colleague who relieves her."""

    def __init__(self) -> None:
        self.site: Site = factories.SiteFactory()
        self.leaves = self.colleague(display_name="Camille")
        self.comes = self.colleague(display_name="Dominique", name="dominique")
        self.shift = duty.take_up(self.leaves, self.site.pk)

    def colleague(self, **values: Any) -> Member:
        return factories.MemberFactory(site=self.site, roles=[Role.AGENT], **values)

    def signed(self, text: str = "Two keys are out.") -> Handover:
        return services.give(self.leaves, text=text, seal=selectors.draft(self.shift).seal)


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


def client_of(member: Member, *, proved: bool = True) -> Client:
    client = Client()
    client.force_login(member)
    if proved:
        assert client.post("/api/me/proof/", {"password": PASSWORD}, "application/json").status_code == 204
    return client


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/handovers/{path}", body, content_type="application/json")


def test_the_draft_says_what_stands_open_at_the_site_of_the_shift(desk: Desk) -> None:
    camera = factories.CameraFactory(site=desk.site, name="Gate")
    factories.CameraFactory(site=desk.site, enabled=False)  # somebody wanted that
    rule = factories.RuleFactory(camera=camera)
    low = factories.AlertFactory(rule=rule, severity=1)
    high = factories.AlertFactory(rule=rule, severity=3, state=AlertState.OPEN)
    factories.AlertFactory(rule=rule, state=AlertState.RESOLVED, closed_at=clock.now(), closed_by=desk.leaves)
    factories.AlertFactory(
        rule=factories.RuleFactory(
            camera=factories.CameraFactory(site=factories.SiteFactory(organisation=desk.site.organisation))
        )
    )
    category = categories.of(desk.site.organisation_id)[0].pk
    entry = logbook.write(desk.leaves, logbook.Draft(category, "A patrol.", desk.site.pk))

    found = client_of(desk.leaves).get("/api/handovers/draft/").json()
    assert found["site"] == {"id": str(desk.site.pk), "name": desk.site.name}
    assert [one["id"] for one in found["summary"]["alerts"]] == [str(high.pk), str(low.pk)]
    assert [one["camera"]["name"] for one in found["summary"]["cameras"]] == ["Gate"]
    assert found["summary"]["entries"] == [{"id": str(entry.pk), "reference": entry.reference}]
    assert [one["text"] for one in found["written"]] == ["A patrol."]


def test_more_than_a_hundred_are_counted(desk: Desk) -> None:
    rule = factories.RuleFactory(camera=factories.CameraFactory(site=desk.site))
    factories.AlertFactory.create_batch(summary.MOST + 3, rule=rule)
    found = summary.of_shift(desk.shift)
    assert (len(found.alerts), found.more_alerts, found.more_entries) == (summary.MOST, 3, 0)


def test_it_is_signed_by_both_journalled_told_and_written_in_the_logbook(desk: Desk) -> None:
    leaves, comes = client_of(desk.leaves), client_of(desk.comes)
    seal = leaves.get("/api/handovers/draft/").json()["seal"]
    given = post(leaves, "", text="Two keys are out.", seal=seal)
    assert given.status_code == 201
    assert given.json()["entry"]["text"] == "Two keys are out."
    assert given.json()["entry"]["category"]["key"] == "handover"
    assert given.json()["taken"] is None
    assert Shift.objects.get(pk=desk.shift.pk).ended_at is None, "on duty until somebody takes over"

    (waiting,) = comes.get("/api/handovers/").json()
    assert waiting["given"]["member"]["name"] == "Camille"
    read = comes.get(f"/api/handovers/{waiting['id']}/").json()
    taken = post(comes, f"{waiting['id']}/take/", digest=read["digest"])
    assert taken.status_code == 200
    assert taken.json()["taken"]["member"]["name"] == "Dominique"
    assert not taken.json()["taken_here"]
    assert comes.get("/api/handovers/").json() == []

    ended = Shift.objects.get(pk=desk.shift.pk)
    assert (ended.ended_at is not None, ended.handed_over_to_id) == (True, desk.comes.pk)
    assert [one["member"]["name"] for one in comes.get("/api/duty/").json()] == ["Dominique"]
    entry = comes.get("/api/logbook/").json()["results"][0]
    assert entry["handover"]["taken"]["member"]["name"] == "Dominique"
    actions = Entry.objects.filter(organisation=desk.site.organisation, subject_kind="alerts_logbook.handover")
    assert list(actions.order_by("id").values_list("action", "actor_id", "site_id")) == [
        ("handover_signed", desk.leaves.pk, desk.site.pk),
        ("handover_taken", desk.comes.pk, desk.site.pk),
    ]
    assert {one.details["digest"] for one in actions} == {read["digest"]}
    told = FeedEvent.objects.filter(organisation=desk.site.organisation, kind="handover.changed").order_by("number")
    assert [one.payload["waiting"] for one in told] == [True, False]
    relieved = Entry.objects.get(organisation=desk.site.organisation, action="duty_relieved")
    assert (relieved.actor_id, relieved.details) == (desk.comes.pk, {"member": str(desk.leaves.pk)}), (
        "whose duty it was"
    )


def test_what_was_read_is_what_is_signed(desk: Desk) -> None:
    seal = selectors.draft(desk.shift).seal
    factories.AlertFactory(rule=factories.RuleFactory(camera=factories.CameraFactory(site=desk.site)))
    found = services.give(desk.leaves, text="Quiet.", seal=seal)
    assert found.summary["alerts"] == []
    detail = selectors.detail(found, desk.comes)
    assert (detail.meanwhile.alerts, detail.meanwhile.entries) == (1, 0)


@pytest.mark.parametrize("age", [dt.timedelta(minutes=29), dt.timedelta(minutes=31)])
def test_who_read_it_long_ago_reads_it_again(desk: Desk, age: dt.timedelta) -> None:
    seal = selectors.draft(desk.shift).seal
    clock.move(age)
    if age < summary.SIGNED_WITHIN:
        assert services.give(desk.leaves, text="Quiet.", seal=seal).is_waiting
        return
    with pytest.raises(Refusal, match="read_again"):
        services.give(desk.leaves, text="Quiet.", seal=seal)


def test_a_seal_of_somebody_else_or_of_nobody_is_refused(desk: Desk) -> None:
    other = desk.colleague()
    seal = selectors.draft(duty.take_up(other, desk.site.pk)).seal
    for wrong in (seal, seal[:-2], "nothing"):
        with pytest.raises(Refusal, match="read_again"):
            services.give(desk.leaves, text="Quiet.", seal=wrong)
    assert not LogbookEntry.objects.filter(author=desk.leaves).exists()


def test_it_is_given_once_by_who_is_on_duty_and_says_something(desk: Desk) -> None:
    leaves = client_of(desk.leaves)
    seal = leaves.get("/api/handovers/draft/").json()["seal"]
    assert post(leaves, "", text="   ", seal=seal).json()["fields"]["text"]
    assert post(leaves, "", text="Quiet.", seal=seal).status_code == 201
    again = post(leaves, "", text="Quiet.", seal=seal)
    assert (again.status_code, again.json()["code"]) == (409, "signed_already")
    idle = client_of(desk.comes)
    assert idle.get("/api/handovers/draft/").json()["code"] == "not_on_duty"
    assert post(idle, "", text="Quiet.", seal=seal).json()["code"] == "not_on_duty"


def test_each_signature_asks_for_a_proof_given_for_it(desk: Desk) -> None:
    leaves, comes = client_of(desk.leaves, proved=False), client_of(desk.comes)
    seal = leaves.get("/api/handovers/draft/").json()["seal"]
    assert post(leaves, "", text="Quiet.", seal=seal).status_code == 428
    handover = desk.signed()
    clock.move(dt.timedelta(minutes=2))  # good enough for a way in, not for a signature
    late = post(comes, f"{handover.pk}/take/", digest=handover.digest)
    assert (late.status_code, late.json()["code"]) == (428, "proof_needed")
    assert Handover.objects.get(pk=handover.pk).is_waiting


@pytest.mark.parametrize("what", ["", "{id}/take/", "{id}/take-here/", "{id}/withdraw/"])
def test_nothing_is_signed_by_a_program_beside_somebody_elses_session(desk: Desk, what: str) -> None:
    """The session that holds the proof is one's own, the token a colleague's: it must not sign as her."""
    seal = selectors.draft(desk.shift).seal
    handover = desk.signed()
    whose = desk.comes if what == "{id}/take/" else desk.leaves
    token = tokens.make_token(whose, "stolen", valid_for=dt.timedelta(days=1)).text
    answer = client_of(desk.colleague(name="mallory")).post(
        f"/api/handovers/{what.format(id=handover.pk)}",
        {"text": "Quiet.", "seal": seal, "digest": handover.digest, "name": "dominique", "password": PASSWORD},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code in (400, 403), answer.content
    if answer.status_code == 403:
        assert answer.json()["code"] == "not_with_a_token"
    assert Handover.objects.filter(organisation=desk.site.organisation).count() == 1
    assert Handover.objects.get(pk=handover.pk).is_waiting


def test_it_is_signed_on_the_screen_of_who_leaves_whose_session_goes_on(desk: Desk) -> None:
    handover = desk.signed()
    here = client_of(desk.leaves, proved=False)
    wrong = post(here, f"{handover.pk}/take-here/", digest=handover.digest, name="dominique", password="guessed")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "sign_in_refused")
    taken = post(here, f"{handover.pk}/take-here/", digest=handover.digest, name="Dominique", password=PASSWORD)
    assert taken.status_code == 200
    assert (taken.json()["taken"]["member"]["name"], taken.json()["taken_here"]) == ("Dominique", True)
    assert here.get("/api/session/").json()["member"]["display_name"] == "Camille"


def test_two_sign_on_one_screen_only_where_it_is_the_leavers(desk: Desk) -> None:
    handover = desk.signed()
    third = client_of(desk.colleague(), proved=False)
    answer = post(third, f"{handover.pk}/take-here/", digest=handover.digest, name="dominique", password=PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_the_leavers_screen")
    assert Handover.objects.get(pk=handover.pk).is_waiting


def test_passwords_are_not_guessed_there(desk: Desk) -> None:
    handover = desk.signed()
    here = client_of(desk.leaves, proved=False)
    answers = [
        post(
            here, f"{handover.pk}/take-here/", digest=handover.digest, name="dominique", password="guessed"
        ).status_code
        for _ in range(11)
    ]
    assert answers == [400] * 10 + [429]


@pytest.mark.parametrize("how", ["codes", "demanded"])
def test_who_needs_a_second_step_signs_on_her_own_screen(desk: Desk, how: str) -> None:
    if how == "codes":
        phone = TOTP(b32decode(codes.set_up(desk.comes).secret), 6, SHA1(), 30)
        codes.confirm(desk.comes, phone.generate(int(clock.now().timestamp())).decode())
    else:
        SecondFactorRole.objects.create(organisation=desk.site.organisation, role=Role.SUPERVISOR)
        RoleGrant.objects.create(
            organisation=desk.site.organisation, member=desk.comes, role=Role.SUPERVISOR, site=desk.site
        )
    handover = desk.signed()
    here = client_of(desk.leaves, proved=False)
    answer = post(here, f"{handover.pk}/take-here/", digest=handover.digest, name="dominique", password=PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (409, "second_step_needed")


def test_nobody_signs_twice_or_where_she_does_not_work(desk: Desk) -> None:
    handover = desk.signed()
    elsewhere = factories.SiteFactory(organisation=desk.site.organisation)
    refused = {
        desk.leaves: "own_handover",
        factories.MemberFactory(site=elsewhere, roles=[Role.AGENT]): "works_elsewhere",
        factories.MemberFactory(organisation=desk.site.organisation, roles=[Role.AUDITOR]): "works_elsewhere",
        factories.MemberFactory(roles=[Role.AGENT]): "works_elsewhere",  # another organisation's
    }
    for member, code in refused.items():
        with pytest.raises(Refusal, match=code):
            services.take(member, handover.pk, read=handover.digest)
    stranger = client_of(factories.MemberFactory(roles=list(Role)))
    assert stranger.get(f"/api/handovers/{handover.pk}/").status_code == 404
    assert post(stranger, f"{handover.pk}/take/", digest=handover.digest).status_code == 404
    assert stranger.get("/api/handovers/").json() == []


def test_a_shift_at_all_sites_is_handed_over_to_who_works_at_all(desk: Desk) -> None:
    organisation = desk.site.organisation
    leaves = factories.MemberFactory(organisation=organisation, roles=[Role.AGENT])
    shift = duty.take_up(leaves, None)
    handover = services.give(leaves, text="Quiet.", seal=selectors.draft(shift).seal)
    assert client_of(desk.comes).get(f"/api/handovers/{handover.pk}/").status_code == 404
    with pytest.raises(Refusal, match="works_elsewhere"):
        services.take(desk.comes, handover.pk, read=handover.digest)
    comes = factories.MemberFactory(organisation=organisation, roles=[Role.SUPERVISOR])
    assert services.take(comes, handover.pk, read=handover.digest).taken_by == comes


def test_what_changed_since_the_first_signature_is_not_signed(desk: Desk) -> None:
    handover = desk.signed()
    with pytest.raises(Refusal, match="read_again"):
        services.take(desk.comes, handover.pk, read="0" * 64)
    category = categories.of_handovers(desk.site.organisation_id).pk
    logbook.write(desk.leaves, logbook.Draft(category, "Three keys.", desk.site.pk, corrects=handover.entry_id))
    with pytest.raises(Refusal, match="handover_corrected") as told:
        services.take(desk.comes, handover.pk, read=handover.digest)
    assert told.value.sentence().startswith("Camille has corrected")


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
