"""A plain alert reaches people: a rule fires, the guard gets an SMS, does not answer, is called, takes it; nothing more comes."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
from uuid import uuid4

import pytest
from django.db import connections, transaction

from alerts import raising
from alerts.channels.base import Channel, Failure
from alerts.channels.simulated.models import SimulatedMessage
from alerts.channels.simulated.provider import simulated
from alerts.deliveries import claiming, notices, replies, sender
from alerts.deliveries.carriers import Carrier
from alerts.deliveries.models import (
    AlertNotice,
    Answer,
    Delivery,
    DeliveryState,
    Incoming,
    Limits,
    Message,
    NoticeRun,
    Priority,
    RunState,
)
from alerts.models import Alert, AlertLog, AlertState, LogKind, Rule
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.directory.models import ListEntry, Person, PersonList, PersonProfile, Profile
from soc.people.rights import Role
from tests.alerts.deliveries.people import client, run_out, text
from tests.alerts.test_raised_listeners import firing
from tests.factories import (
    AlertNoticeFactory,
    ContactWayFactory,
    MemberFactory,
    PersonFactory,
    RotationFactory,
    RuleFactory,
    ScheduleFactory,
    SiteFactory,
)
from tests.system import System, until

pytestmark = pytest.mark.django_db
GUARD = "+33612345678"
SMS_THEN_CALL = [{"channel": "sms", "after_s": 0}, {"channel": "voice", "after_s": 120}]


@pytest.fixture
def rule() -> Rule:
    return RuleFactory(name="Yard at night")


def somebody(rule: Rule, number: str = GUARD, **more: object) -> Person:
    person = PersonFactory(organisation=rule.organisation, **more)
    if number:
        ContactWayFactory(person=person, address=number)
    return person


def raise_one(rule: Rule) -> Alert:
    return Alert.objects.get(pk=raising.commit(firing(rule)))


def received(rule: Rule) -> list[tuple[str, str, str]]:
    """What the simulated phones got since the last look: channel, number, words."""
    notices.tell_due()
    while waiting := claiming.due():
        lane = waiting[0].lane
        for delivery in claiming.claim([one for one in waiting if one.lane == lane], 16):
            sender.send_claimed([delivery], [Carrier(None, simulated(lane.channel))])
    rows = SimulatedMessage.objects.filter(organisation=rule.organisation).order_by("at", "to")
    found = [(row.channel, row.to, row.text) for row in rows]
    rows.delete()
    return found


def test_a_guard_who_does_not_answer_the_sms_is_called_and_who_takes_it_ends_it(rule: Rule) -> None:
    marie = MemberFactory(organisation=rule.organisation, roles=[Role.AGENT])
    somebody(rule, member=marie, language="fr", display_name="Marie")
    AlertNoticeFactory(rule=rule, people=[marie.person], ways=SMS_THEN_CALL)

    alert = raise_one(rule)
    ((channel, number, words),) = received(rule)
    assert (channel, number) == (Channel.SMS, GUARD)
    assert words.startswith(f"Yard at night, {alert.site.name}, {alert.camera.name}")
    assert "1 Je prends, 2 J’ai besoin d’aide." in words
    assert words.endswith(f"[{Message.objects.get().reference}]")

    clock.move(dt.timedelta(seconds=119))
    assert received(rule) == []
    clock.move(dt.timedelta(seconds=2))
    ((channel, number, words),) = received(rule)
    assert (channel, number) == (Channel.VOICE, GUARD)
    assert words.startswith(f"Alerte à {alert.site.name}")
    assert "Tapez 1" in words

    replies.take(rule.organisation_id, Channel.SMS, text("1"))
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, marie)
    clock.move(dt.timedelta(hours=1))
    assert received(rule) == []
    assert NoticeRun.objects.get().state == RunState.DONE
    assert Entry.objects.filter(action=Action.NOTICE_SENT).count() == 2
    assert marie.display_name not in str(list(Entry.objects.values_list("details", flat=True)))


def test_who_answered_is_not_called_and_others_are(rule: Rule) -> None:
    one, other = somebody(rule), somebody(rule, "+33700000001")
    AlertNoticeFactory(rule=rule, people=[one, other], ways=SMS_THEN_CALL)
    raise_one(rule)
    assert len(received(rule)) == 2
    replies.take(rule.organisation_id, Channel.SMS, text("on my way"))
    clock.move(dt.timedelta(seconds=121))
    assert [row[:2] for row in received(rule)] == [(Channel.VOICE, "+33700000001")]


def test_an_alert_that_is_taken_in_the_console_calls_nobody(rule: Rule) -> None:
    AlertNoticeFactory(rule=rule, people=[somebody(rule)], ways=SMS_THEN_CALL)
    alert = raise_one(rule)
    assert len(received(rule)) == 1
    ada = MemberFactory(organisation=rule.organisation, roles=[Role.AGENT])
    assert client(ada).post(
        f"/api/alerts/{alert.pk}/acknowledge/", {"version": alert.version}, format="json"
    ).status_code == 200  # fmt: skip
    clock.move(dt.timedelta(seconds=121))
    assert received(rule) == []
    assert NoticeRun.objects.get().state == RunState.TAKEN


def test_who_handles_no_alerts_writes_a_line_and_takes_nothing(rule: Rule) -> None:
    neighbour = somebody(rule, display_name="Neighbour")
    AlertNoticeFactory(rule=rule, people=[neighbour])
    alert = raise_one(rule)
    received(rule)
    replies.take(rule.organisation_id, Channel.SMS, text("1"))
    alert.refresh_from_db()
    assert alert.state == AlertState.OPEN
    line = AlertLog.objects.get(kind=LogKind.COMMENTED)
    assert line.text == "Neighbour (SMS): Seen – 1"
    assert FeedEvent.objects.filter(kind="alert.changed").exists()


def test_the_second_who_takes_it_writes_a_line(rule: Rule) -> None:
    for number in ("+33600000001", "+33600000002"):
        somebody(rule, number, member=MemberFactory(organisation=rule.organisation, roles=[Role.AGENT]))
    AlertNoticeFactory(rule=rule, people=list(Person.objects.all()))
    alert = raise_one(rule)
    received(rule)
    for number in ("+33600000001", "+33600000002"):
        replies.take(rule.organisation_id, Channel.SMS, text("1", number))
    kinds = AlertLog.objects.filter(alert=alert).exclude(kind=LogKind.RAISED).values_list("kind", flat=True)
    assert list(kinds) == [LogKind.ACKNOWLEDGED, LogKind.COMMENTED]


def test_a_call_for_help_stands_before_agents_until_one_settles_it(rule: Rule) -> None:
    guard = somebody(rule)
    AlertNoticeFactory(rule=rule, people=[guard])
    raise_one(rule)
    received(rule)
    replies.take(rule.organisation_id, Channel.SMS, text("help at the gate"))
    ada = client(MemberFactory(organisation=rule.organisation, roles=[Role.AGENT]))
    (shown,) = ada.get("/api/incoming-texts/").json()["results"]
    assert (shown["kind"], shown["text"]) == ("help", "help at the gate")
    assert shown["answer"]["person"]["id"] == str(guard.pk)
    bound = ada.post(
        f"/api/incoming-texts/{shown['id']}/bind/",
        {"person": str(guard.pk), "message": shown["answer"]["message"], "kind": "safe"},
        format="json",
    )
    assert bound.status_code == 400
    done = ada.post(f"/api/incoming-texts/{shown['id']}/dismiss/", {"text": "Two colleagues went."}, format="json")
    assert done.status_code == 200
    assert Incoming.objects.get().settled_at is not None
    assert Answer.objects.count() == 1


def test_whoever_is_on_call_when_it_happens_is_told_first_by_level(rule: Rule) -> None:
    schedule = ScheduleFactory(organisation=rule.organisation, name="Night")
    first, second = somebody(rule, "+33600000002", display_name="Z"), somebody(rule, "+33600000001", display_name="Y")
    RotationFactory(schedule=schedule, people=[second], level=2)
    RotationFactory(schedule=schedule, people=[first], level=1)
    another = somebody(rule, "+33600000003", display_name="A")
    AlertNoticeFactory(rule=rule, schedule=schedule, people=[another, second])
    raise_one(rule)
    received(rule)
    assert [row.person for row in Delivery.objects.order_by("id")] == [first, second, another]


def test_profiles_and_lists_are_told_but_not_who_is_removed(rule: Rule) -> None:
    organisation = rule.organisation
    profile = Profile.objects.create(organisation=organisation, name="Guards")
    people = PersonList.objects.create(organisation=organisation, name="Cell")
    of_profile, on_list, gone = (somebody(rule, f"+3360000000{number}") for number in range(3))
    Person.objects.filter(pk=gone.pk).update(removed_at=clock.now())
    for person in (of_profile, gone):
        PersonProfile.objects.create(organisation=organisation, profile=profile, person=person)
    for person in (on_list, of_profile):
        ListEntry.objects.create(organisation=organisation, list=people, person=person)
    AlertNoticeFactory(rule=rule, profile=profile, person_list=people)
    raise_one(rule)
    assert sorted(row[1] for row in received(rule)) == ["+33600000000", "+33600000001"]


def test_a_notice_that_has_nobody_goes_to_the_supervisors_and_says_so(rule: Rule) -> None:
    empty = PersonList.objects.create(organisation=rule.organisation, name="Empty")
    AlertNoticeFactory(rule=rule, person_list=empty)
    first = raise_one(rule)
    assert received(rule) == []
    assert NoticeRun.objects.get(alert=first).state == RunState.NOBODY

    site = rule.camera.site
    somebody(rule, member=MemberFactory(site=site, roles=[Role.SUPERVISOR]))
    elsewhere = SiteFactory(organisation=rule.organisation)
    somebody(rule, "+33700000009", member=MemberFactory(site=elsewhere, roles=[Role.SUPERVISOR]))
    alert = raise_one(rule)
    assert [row[1] for row in received(rule)] == [GUARD]
    ada = client(MemberFactory(organisation=rule.organisation, roles=[Role.AGENT]))
    (shown,) = ada.get(f"/api/alerts/{alert.pk}/notices/").json()
    assert (shown["fell_back"], shown["state"]) == (True, "done")
    assert shown["reference"] == Message.objects.get().reference


def test_who_said_stop_is_called_and_who_has_no_number_is_written_down(rule: Rule) -> None:
    stopped, none = somebody(rule), somebody(rule, "")
    stopped.ways.update(stopped_at=clock.now())
    ways = [{"channel": "sms", "after_s": 0}, {"channel": "voice", "after_s": 0}]
    AlertNoticeFactory(rule=rule, people=[stopped, none], ways=ways)
    raise_one(rule)
    assert [row[:2] for row in received(rule)] == [(Channel.VOICE, GUARD)]
    failures = Delivery.objects.filter(state=DeliveryState.FAILED).values_list("person", "channel", "failure")
    assert set(failures) == {
        (stopped.pk, "sms", Failure.STOPPED),
        (none.pk, "sms", Failure.NO_ADDRESS),
        (none.pk, "voice", Failure.NO_ADDRESS),
    }


def test_what_is_over_the_limit_is_held_back_written_down_and_told_once(rule: Rule) -> None:
    Limits.objects.create(organisation=rule.organisation, alarms=3, deliveries=5)
    people = [somebody(rule, f"+3360000000{number}") for number in range(2)]
    AlertNoticeFactory(rule=rule, people=people)
    for _ in range(6):
        raise_one(rule)
    assert len(received(rule)) == 5
    assert [run.state for run in NoticeRun.objects.all()] == [RunState.DONE] * 3 + [RunState.OVER_LIMIT] * 3
    assert Delivery.objects.get(state=DeliveryState.FAILED).failure == Failure.OVER_LIMIT
    assert FeedEvent.objects.filter(kind="limits.reached").count() == 1
    assert Entry.objects.filter(action=Action.LIMIT_REACHED).count() == 1
    assert Alert.objects.count() == 6, "no alert is lost for it"


def test_urgency_follows_severity_and_late_ones_do_not_leave(rule: Rule) -> None:
    AlertNoticeFactory(rule=rule, people=[somebody(rule)])
    raise_one(rule)
    notices.tell_due()
    assert Message.objects.get().priority == Priority.ORDINARY
    clock.move(notices.WANTED_FOR + dt.timedelta(seconds=1))
    assert received(rule) == []
    assert Delivery.objects.get().failure == Failure.TOO_LATE


def test_two_responders_use_a_way_once_and_one_that_fails_stops_no_other(rule: Rule) -> None:
    AlertNoticeFactory(rule=rule, people=[somebody(rule)])
    broken = AlertNoticeFactory(rule=rule, people=[somebody(rule, "+33600000009")])
    raise_one(rule)
    NoticeRun.objects.filter(notice=broken).update(ways=[{"channel": "pigeon"}])
    assert [len(received(rule)), len(received(rule))] == [1, 0]
    run = NoticeRun.objects.get(notice=broken)
    assert (run.state, run.tries) == (RunState.WAITING, 1)
    for _ in range(19):
        clock.move(dt.timedelta(seconds=11))
        notices.tell_due()
    run.refresh_from_db()
    assert (run.state, run.tries) == (RunState.FAILED, 20)


@pytest.mark.django_db(transaction=True)
def test_an_alert_that_is_not_committed_tells_nobody_and_a_rule_without_notices_is_as_before(rule: Rule) -> None:
    raise_one(rule)
    off = AlertNoticeFactory(rule=rule, people=[somebody(rule)], enabled=False)
    AlertNoticeFactory(rule=rule, people=[somebody(rule, "")], removed_at=clock.now())
    raise_one(rule)
    assert not NoticeRun.objects.exists()
    AlertNotice.objects.filter(pk=off.pk).update(enabled=True)
    with transaction.atomic():
        raise_one(rule)
        transaction.set_rollback(True)
    assert not NoticeRun.objects.exists()
    assert Alert.objects.count() == 2


def test_the_first_way_may_wait_too(rule: Rule) -> None:
    AlertNoticeFactory(rule=rule, people=[somebody(rule)], ways=[{"channel": "sms", "after_s": 60}])
    raise_one(rule)
    assert received(rule) == []
    clock.move(dt.timedelta(seconds=59))
    assert received(rule) == []
    clock.move(dt.timedelta(seconds=2))
    assert len(received(rule)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_responders_one_uses_each_way(rule: Rule) -> None:
    AlertNoticeFactory(rule=rule, people=[somebody(rule)])
    for _ in range(6):
        raise_one(rule)
    gate = threading.Barrier(4)
    counts: list[int] = []

    def tell() -> None:
        gate.wait()
        counts.append(notices.tell_due())
        connections.close_all()

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) + notices.tell_due() == 6
    assert Delivery.objects.count() == Message.objects.count() == 6
    assert set(NoticeRun.objects.values_list("state", flat=True)) == {RunState.DONE}


@pytest.mark.django_db(transaction=True)
def test_a_real_responder_tells_calls_and_survives_being_killed(rule: Rule) -> None:
    ways = [{"channel": "sms", "after_s": 0}, {"channel": "voice", "after_s": 8}]
    AlertNoticeFactory(rule=rule, people=[somebody(rule)], ways=ways)
    got = SimulatedMessage.objects.filter(organisation=rule.organisation)
    with System() as system:
        first = system.responder(VIGIE_SIMULATE="1")
        until(lambda: "ready." in first.output, "the responder is there", 60)
        raise_one(rule)
        delivered = Delivery.objects.filter(state=DeliveryState.DELIVERED)
        until(lambda: delivered.exists(), "the SMS is there, and it is written down", 60)
        first.kill()
        run_out()
        system.responder(VIGIE_SIMULATE="1")
        until(lambda: got.filter(channel=Channel.VOICE).exists(), "the call is made", 60)
        until(lambda: NoticeRun.objects.get().state == RunState.DONE, "it is done", 60)
    assert sorted(got.values_list("channel", flat=True)) == ["sms", "voice"]


def test_notices_are_set_up_by_who_manages_rules(rule: Rule) -> None:
    organisation = rule.organisation
    api = client(MemberFactory(organisation=organisation, roles=[Role.ADMINISTRATOR]))
    guard = somebody(rule)
    body = {"rule": str(rule.pk), "name": "Guards", "people": [str(guard.pk)], "ways": SMS_THEN_CALL}
    made = api.post("/api/alert-notices/", body, format="json")
    assert made.status_code == 201, made.json()
    path = f"/api/alert-notices/{made.json()['id']}/"
    assert api.get("/api/alert-notices/", {"rule": str(rule.pk)}).json()["results"] == [made.json()]
    changed = api.patch(path, {"version": 1, "ways": [{"channel": "app"}]}, format="json").json()
    assert (changed["ways"], changed["people"], changed["version"]) == (
        [{"channel": "app", "after_s": 0}],
        [str(guard.pk)],
        2,
    )
    assert api.patch(path, {"version": 1, "name": "Late"}, format="json").status_code == 409
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    actions = [Action.NOTICE_ADDED, Action.NOTICE_CHANGED, Action.NOTICE_REMOVED]
    assert list(Entry.objects.filter(action__in=actions).order_by("id").values_list("action", flat=True)) == actions
    elsewhere = MemberFactory(site=SiteFactory(organisation=organisation), roles=[Role.ADMINISTRATOR])
    assert client(elsewhere).post("/api/alert-notices/", body, format="json").status_code == 400


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"people": []}, "people"),
        ({"people": [str(uuid4())]}, "people"),
        ({"ways": []}, "ways"),
        ({"ways": [{"channel": "pigeon"}]}, "ways.0.channel"),
        ({"ways": [{"channel": "sms", "after_s": 60}, {"channel": "voice", "after_s": 30}]}, "ways"),
        ({"ways": [{"channel": "sms", "after_s": 99_999}]}, "ways.0.after_s"),
        ({"schedule": str(uuid4())}, "schedule"),
        ({"rule": str(uuid4())}, "rule"),
    ],
)
def test_a_notice_that_makes_no_sense_is_told_where(rule: Rule, wrong: dict[str, object], field: str) -> None:
    api = client(MemberFactory(organisation=rule.organisation, roles=[Role.ADMINISTRATOR]))
    guard = somebody(rule)
    body = {"rule": str(rule.pk), "name": "Guards", "people": [str(guard.pk)], "ways": SMS_THEN_CALL, **wrong}
    answer = api.post("/api/alert-notices/", body, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field]), answer.json()
    assert not AlertNotice.objects.exists()


def test_the_watcher_can_load_it_without_the_webs_libraries() -> None:
    program = (
        "import sys\n"
        "for name in ('rest_framework', 'django_filters', 'drf_spectacular', 'channels'): sys.modules[name] = None\n"
        "from unittest import mock\n"
        "import importlib.util as util\n"
        "real = util.find_spec\n"
        "away = {'rest_framework', 'django_filters', 'drf_spectacular', 'drf_spectacular_sidecar', 'channels'}\n"
        "with mock.patch('importlib.util.find_spec', lambda name, *a: None if name in away else real(name, *a)):\n"
        "    import django; django.setup()\n"
        "from alerts import raising; print(len(raising._listeners))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= 1
