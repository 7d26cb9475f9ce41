"""The handover of a shift as it is read and signed by both, and everything that is refused."""

from __future__ import annotations

import datetime as dt
from base64 import b32decode

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from alerts.logbook import categories, duty
from alerts.logbook import services as logbook
from alerts.logbook.handover import selectors, services, summary
from alerts.logbook.models import Handover, LogbookEntry, Shift
from alerts.models import AlertState
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal.models import Entry
from soc.people import codes, tokens
from soc.people.models import RoleGrant, SecondFactorRole
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.alerts.logbook.conftest import Desk, client_of, post
from tests.factories import PASSWORD


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


@pytest.mark.parametrize("what", ["give", "take", "take-here", "withdraw"])
def test_nothing_is_signed_by_a_program_beside_somebody_elses_session(desk: Desk, what: str) -> None:
    """The session that holds the proof is one's own, the token a colleague's: it must not sign as her."""
    waiting = None if what == "give" else desk.signed()
    read = {} if waiting is None else {"digest": waiting.digest}
    body = {
        "give": {"text": "Quiet.", "seal": selectors.draft(desk.shift).seal},
        "take": read,
        "take-here": {**read, "name": "dominique", "password": PASSWORD},
        "withdraw": {},
    }[what]
    whose = desk.comes if what == "take" else desk.leaves
    token = tokens.make_token(whose, "stolen", valid_for=dt.timedelta(days=1)).text
    answer = client_of(desk.colleague(name="mallory")).post(
        "/api/handovers/" if waiting is None else f"/api/handovers/{waiting.pk}/{what}/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_with_a_token")
    kept = Handover.objects.filter(organisation=desk.site.organisation)
    assert [one.is_waiting for one in kept] == ([] if waiting is None else [True])


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
