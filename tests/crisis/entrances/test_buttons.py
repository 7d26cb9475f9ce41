"""A person's alert button: two gestures of one person, who is told, what a second press does, and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from alerts.channels.base import Channel
from crisis.activations.kinds import ActivationState, Cause, StepState
from crisis.activations.models import Activation, HelpCall
from crisis.plans.content import Contacting, EmergencyStep
from crisis.plans.models import PlanVersion
from soc import clock
from soc.people.directory.models import Profile
from soc.people.rights import Role
from tests.crisis.browser import Browser
from tests.crisis.entrances.conftest import Site, outcomes
from tests.crisis.story import message, words
from tests.factories import MemberFactory, SiteFactory

pytestmark = pytest.mark.django_db


def alert(phone: Browser, button: object, place: str = "") -> dict[str, object]:
    """Both gestures."""
    shown = phone.post(f"me/alert-buttons/{button}/press/")
    assert shown.status_code == 201, shown.content
    done = phone.post(
        "me/alert-buttons/confirm/", press=shown.json()["press"], digest=shown.json()["digest"], place=place
    )
    assert done.status_code == 201, done.content
    return dict(done.json())


def test_two_gestures_start_the_plan_and_say_who_was_told(site: Site) -> None:
    button = site.entrance("button")
    phone = Browser(site.responder)
    (offered,) = phone.get("me/alert-buttons/").json()["buttons"]
    assert (offered["id"], offered["site"]["name"], offered["ready"]) == (str(button.pk), "Campus", True)

    shown = phone.post(f"me/alert-buttons/{button.pk}/press/").json()
    assert (shown["how"], shown["people"], shown["at_once"], shown["channels"]) == ("start", 1, 1, ["sms"])
    assert (shown["plan"], shown["under_way"]) == (site.plan.name, False)
    site.story.work()
    site.story.nothing_more()  # the first gesture tells nobody
    assert not Activation.objects.exists()

    confirm = {"press": shown["press"], "digest": shown["digest"], "place": "Hall 2"}
    done = phone.post("me/alert-buttons/confirm/", **confirm)
    assert done.status_code == 201
    activation = Activation.objects.get()
    assert (activation.cause, activation.state, activation.started_by) == (
        Cause.PERSON,
        ActivationState.RUNNING,
        site.responder,
    )
    assert activation.director is None  # who presses is not who directs
    assert not activation.needs_verification
    site.story.work()
    site.story.expect(site.staff, Channel.SMS, "Stay inside.")
    assert phone.post("me/alert-buttons/confirm/", **confirm).status_code == 201  # a bad connection sends it again
    assert Activation.objects.count() == 1
    assert outcomes(button) == ["started"]

    (call,) = phone.get("me/alert-buttons/").json()["calls"]
    assert (call["state"], call["people"], call["told"], call["channels"], call["help"]) == (
        "running",
        1,
        1,
        ["sms"],
        "open",
    )
    help_call = HelpCall.objects.get()
    assert (help_call.participant.name, help_call.place, help_call.calls) == ("Guard A", "Hall 2", 1)
    assert site.journalled() == ["entrance_pressed", "entrance_called"]


def test_a_second_press_is_linked_to_the_first_and_raises_it(site: Site) -> None:
    button = site.entrance("button")
    phone = Browser(site.responder)
    alert(phone, button.pk, "Hall 2")
    site.story.work()
    site.story.expect(site.staff, Channel.SMS, "Stay inside.")
    again = alert(phone, button.pk, "Now on the roof")
    assert again["calls"] == 2
    site.story.work()
    site.story.nothing_more()
    assert Activation.objects.count() == 1
    help_call = HelpCall.objects.get()
    assert (help_call.calls, help_call.place) == (2, "Now on the roof")
    assert outcomes(button) == ["started", "linked"]


def test_who_directs_is_told_who_pressed_and_where(site: Site) -> None:
    supervisor = MemberFactory(organisation=site.story.organisation, roles=[Role.SUPERVISOR])
    person = site.story.person("Supervisor", member=supervisor)
    alert(Browser(site.responder), site.entrance("button").pk, "Hall {2}")
    site.story.work()
    site.story.expect(person, Channel.SMS, "Guard A needs help: Hall {2}.")


def test_one_that_asks_leaves_the_start_to_an_agent(site: Site) -> None:
    button = site.entrance("button", "ask", countdown_s=90, starts_when_silent=True)
    alert(Browser(site.responder), button.pk)
    activation = Activation.objects.get()
    assert (activation.state, activation.cause) == (ActivationState.ASKING, Cause.PERSON)
    site.story.work()
    assert not site.story._arrived()
    site.story.after(seconds=91)  # nobody answers
    site.story.expect(site.staff, Channel.SMS, "Stay inside.")


def test_a_button_that_starts_decides_what_another_way_in_asks(site: Site) -> None:
    alert(Browser(site.responder), site.entrance("button", "ask").pk)
    alert(Browser(site.responder), site.entrance("button", "start").pk)
    activation = Activation.objects.get()
    assert activation.state == ActivationState.RUNNING
    assert HelpCall.objects.get().calls == 2


def test_a_persons_call_lets_go_what_waited_for_a_verification(site: Site) -> None:
    police = EmergencyStep(key="police", name="Police", how=Contacting.CAP)
    said = message("staff", site.story.profile("Staff"), words("Stay inside.", "Restez."))
    plan = site.story.plan(said, police)
    activation = site.story.start(plan, Cause.ALERT, alert=site.story.alert())
    assert site.story.step(activation, "police").state == StepState.UNVERIFIED
    site.plan = plan
    alert(Browser(site.responder), site.entrance("button").pk)
    site.story.work()
    activation.refresh_from_db()
    assert not activation.needs_verification
    assert site.story.step(activation, "police").state == StepState.DONE
    assert Activation.objects.count() == 1


def test_the_second_gesture_is_the_same_persons(site: Site) -> None:
    button = site.entrance("button")
    shown = Browser(site.responder).post(f"me/alert-buttons/{button.pk}/press/").json()
    other = MemberFactory(organisation=site.story.organisation, roles=[Role.RESPONDER])
    answer = Browser(other).post("me/alert-buttons/confirm/", press=shown["press"], digest=shown["digest"])
    assert answer.status_code == 403
    assert "Guard A pressed this button" in answer.json()["message"]
    assert site.refused() == ["not_your_gesture"]
    assert not Activation.objects.exists()


def test_a_gesture_of_a_minute_ago_alerts_nobody(site: Site) -> None:
    phone = Browser(site.responder)
    shown = phone.post(f"me/alert-buttons/{site.entrance('button').pk}/press/").json()
    clock.move(dt.timedelta(seconds=31))
    answer = phone.post("me/alert-buttons/confirm/", press=shown["press"], digest=shown["digest"])
    assert (answer.status_code, answer.json()["code"]) == (409, "press_too_old")
    assert site.refused() == ["press_too_old"]
    assert not Activation.objects.exists()


def test_what_was_not_shown_is_not_started(site: Site) -> None:
    phone = Browser(site.responder)
    shown = phone.post(f"me/alert-buttons/{site.entrance('button').pk}/press/").json()
    answer = phone.post("me/alert-buttons/confirm/", press=shown["press"], digest="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (409, "read_again")
    assert not Activation.objects.exists()


def test_a_button_is_only_for_whom_it_is(site: Site) -> None:
    guards = Profile.objects.get(name="Guards")
    button = site.entrance("button", settings={"profiles": [str(guards.pk)]})
    other = Browser(MemberFactory(organisation=site.story.organisation, roles=[Role.RESPONDER]))
    assert other.get("me/alert-buttons/").json()["buttons"] == []
    answer = other.post(f"me/alert-buttons/{button.pk}/press/")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_button")
    assert site.refused() == ["not_your_button"]
    elsewhere = SiteFactory(organisation=site.story.organisation)
    far = Browser(MemberFactory(site=elsewhere, roles=[Role.RESPONDER]))
    assert far.post(f"me/alert-buttons/{button.pk}/press/").status_code == 404
    assert alert(Browser(site.responder), button.pk)["state"] == "running"


def test_without_an_approved_plan_it_says_so(site: Site) -> None:
    button = site.entrance("button")
    PlanVersion.objects.filter(plan=site.plan).update(state="superseded")
    phone = Browser(site.responder)
    assert phone.get("me/alert-buttons/").json()["buttons"][0]["ready"] is False
    answer = phone.post(f"me/alert-buttons/{button.pk}/press/")
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_not_approved")
    assert site.refused() == ["plan_not_approved"]


def test_one_that_is_switched_off_between_the_gestures_alerts_nobody(site: Site) -> None:
    button = site.entrance("button")
    phone = Browser(site.responder)
    shown = phone.post(f"me/alert-buttons/{button.pk}/press/").json()
    button.enabled = False
    button.save()
    answer = phone.post("me/alert-buttons/confirm/", press=shown["press"], digest=shown["digest"])
    assert answer.status_code == 403
    assert not Activation.objects.exists()
