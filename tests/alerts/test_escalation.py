"""An alert that nobody takes within its time goes to the supervisor: once, in the open, with or without a broker."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from rest_framework.test import APIClient

from alerts import escalation, raising
from alerts.firing import Firing
from alerts.models import Alert, AlertLog, LogKind, Rule, Severity
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from tests.factories import AlertFactory, MemberFactory, RuleFactory
from tests.system import System, until


def firing(rule: Rule, severity: Severity) -> Firing:
    at = clock.now().timestamp()
    return Firing(
        id=uuid4(), organisation=rule.organisation_id, camera=rule.camera_id, rule=rule.pk, rule_name=rule.name,
        rule_version=1, severity=severity, area_name="Lawn", situation=str(uuid4()), code="seen",
        things={"person": 1}, params={}, captured_at=at, raised_at=at,
    )  # fmt: skip


def client(member: Member, language: str = "en") -> APIClient:
    made = APIClient(headers={"accept-language": language})
    made.force_authenticate(member)
    return made


def someone(alert: Alert, role: Role = Role.AGENT) -> Member:
    return MemberFactory(organisation=alert.organisation, roles=[role])


@pytest.mark.django_db
def test_each_severity_has_its_time_and_what_is_taken_in_time_stays_where_it_is() -> None:
    rule = RuleFactory()
    raised = {severity: raising.commit(firing(rule, severity)) for severity in Severity}

    assert escalation.escalate_due() == 0
    clock.move(dt.timedelta(seconds=61))
    assert escalation.escalate_due() == 1
    assert Alert.objects.exclude(escalated_at=None).get().pk == raised[Severity.CRITICAL]

    high = Alert.objects.get(pk=raised[Severity.HIGH])
    answer = client(someone(high)).post(f"/api/alerts/{high.pk}/acknowledge/", {"version": 1}, format="json")
    assert answer.status_code == 200
    clock.move(dt.timedelta(days=1))
    assert escalation.escalate_due() == 1
    escalated = set(Alert.objects.exclude(escalated_at=None).values_list("pk", flat=True))
    assert escalated == {raised[Severity.CRITICAL], raised[Severity.MEDIUM]}
    assert Alert.objects.get(pk=raised[Severity.LOW]).take_by is None


@pytest.mark.django_db
def test_escalating_is_logged_journalled_and_told_once_and_takes_no_answer_away() -> None:
    alert = AlertFactory(take_by=clock.now() - dt.timedelta(seconds=1))

    assert [escalation.escalate_due(), escalation.escalate_due()] == [1, 0]

    assert AlertLog.objects.get().kind == LogKind.ESCALATED
    entry = Entry.objects.get()
    assert (entry.action, entry.actor_id, entry.subject_id) == (Action.ALERT_ESCALATED, None, str(alert.pk))
    (event,) = FeedEvent.objects.all()
    assert event.kind == "alert.changed"
    assert event.payload["escalated_at"]
    # Who looked before it was escalated is not told to look again.
    taken = client(someone(alert)).post(f"/api/alerts/{alert.pk}/acknowledge/", {"version": 1}, format="json")
    assert taken.status_code == 200
    assert taken.json()["log"][0]["kind"] == "escalated"


@pytest.mark.django_db(transaction=True)
def test_of_many_responders_one_escalates_each_alert() -> None:
    rule = RuleFactory()
    for _ in range(12):
        AlertFactory(rule=rule, take_by=clock.now() - dt.timedelta(seconds=1))
    gate = threading.Barrier(4)
    counts: list[int] = []

    def escalate() -> None:
        gate.wait()
        counts.append(escalation.escalate_due())
        connections.close_all()

    threads = [threading.Thread(target=escalate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) + escalation.escalate_due() == 12
    assert AlertLog.objects.filter(kind=LogKind.ESCALATED).count() == 12


@pytest.mark.django_db(transaction=True)
def test_a_responder_escalates_without_a_broker() -> None:
    alert = AlertFactory(take_by=clock.now() - dt.timedelta(seconds=1))
    with System() as system:
        responder = system.start(
            "responder",
            [
                "-m",
                "celery",
                "-A",
                "soc.celery",
                "worker",
                "--pool",
                "threads",
                "-Q",
                "urgent,crisis,default",
                "-c",
                "1",
            ],
            REDIS_URL="redis://127.0.0.1:1/0",
        )
        until(lambda: Alert.objects.get(pk=alert.pk).escalated_at is not None, "the alert is escalated", ceiling_s=60)
        responder.kill()


@pytest.mark.django_db
def test_the_organisation_sets_its_times_and_two_who_do_are_told() -> None:
    rule = RuleFactory()
    ada = MemberFactory(organisation=rule.organisation, roles=[Role.ADMINISTRATOR])
    api = client(ada)
    assert api.get("/api/alerts/take-times/").json() == {
        "critical_s": 60, "high_s": 180, "medium_s": 600, "low_s": None, "version": 1,
    }  # fmt: skip

    changed = api.patch("/api/alerts/take-times/", {"version": 1, "critical_s": 20, "high_s": None}, format="json")

    assert changed.status_code == 200, changed.json()
    assert changed.json()["critical_s"] == 20
    assert changed.json()["medium_s"] == 600
    late = api.patch("/api/alerts/take-times/", {"version": 1, "critical_s": 30}, format="json")
    assert late.status_code == 409
    critical, high = (raising.commit(firing(rule, one)) for one in (Severity.CRITICAL, Severity.HIGH))
    times = {alert.pk: alert for alert in Alert.objects.all()}
    assert times[critical].take_by == times[critical].committed_at + dt.timedelta(seconds=20)
    assert times[high].take_by is None
    assert Entry.objects.filter(action=Action.TAKE_TIMES_CHANGED).get().details["after"]["critical_s"] == 20


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("roles", "body", "status"),
    [
        ({"roles": [Role.AGENT]}, {"version": 1, "critical_s": 20}, 403),
        ({"roles": [Role.ADMINISTRATOR], "here": True}, {"version": 1, "critical_s": 20}, 403),
        ({"roles": [Role.ADMINISTRATOR]}, {"version": 1, "critical_s": 1}, 400),
        ({"roles": [Role.ADMINISTRATOR]}, {"critical_s": 20}, 400),
    ],
)
def test_who_may_not_or_enters_nonsense_is_told(roles: dict[str, Any], body: dict[str, Any], status: int) -> None:
    rule = RuleFactory()
    here = roles.pop("here", False)
    where = {"site": rule.camera.site} if here else {"organisation": rule.organisation}
    answer = client(MemberFactory(**where, **roles)).patch("/api/alerts/take-times/", body, format="json")
    assert answer.status_code == status
    assert answer.json()["message"]
