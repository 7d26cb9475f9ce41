"""What agents do about alerts: once, in the open, and with a word for who came second."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from alerts import services
from alerts.models import Alert, AlertLog, AlertState, LogKind
from alerts.states import TRANSITIONS, Answer
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.people.models import Member
from soc.people.rights import Role
from soc.refusals import Refusal, Status
from tests.factories import AlertFactory, MemberFactory, RuleFactory, SiteFactory


def colleagues(alert: Alert, count: int = 1) -> list[Member]:
    return [
        MemberFactory(organisation=alert.organisation, roles=[Role.AGENT], display_name=f"Agent {number}")
        for number in range(count)
    ]


def api(member: Member) -> APIClient:
    made = APIClient(headers={"accept-language": "en"})
    made.force_authenticate(member)
    return made


def post(member: Member, alert: Alert, answer: str, /, **body: Any) -> Any:
    return api(member).post(f"/api/alerts/{alert.pk}/{answer}/", body, format="json")


@pytest.mark.django_db
def test_an_alert_from_open_to_resolved_with_its_log() -> None:
    alert = AlertFactory()
    anne, bert = colleagues(alert, 2)

    taken = post(anne, alert, "acknowledge", version=1)
    assert taken.status_code == 200, taken.json()
    assert taken.json()["state"] == "acknowledged"
    assert taken.json()["assigned_to"]["id"] == str(anne.pk)
    assert post(anne, alert, "assign", version=2, member=str(bert.pk)).json()["assigned_to"]["id"] == str(bert.pk)
    assert post(anne, alert, "comment", text="He has a key.").status_code == 200
    closed = post(bert, alert, "resolve", version=3, text="It was the caretaker.").json()

    assert closed["state"] == "resolved"
    assert closed["closed_by"]["name"] == bert.display_name
    assert [line["kind"] for line in closed["log"]] == ["acknowledged", "assigned", "commented", "resolved"]
    assert closed["log"][3]["text"] == "It was the caretaker."
    assert list(Entry.objects.order_by("id").values_list("action", flat=True)) == [
        Action.ALERT_ACKNOWLEDGED,
        Action.ALERT_ASSIGNED,
        Action.ALERT_COMMENTED,
        Action.ALERT_RESOLVED,
    ]
    assert "caretaker" not in str(list(Entry.objects.values_list("details", flat=True)))
    assert Personal.objects.filter(text__contains="caretaker").exists()
    assert [event.kind for event in FeedEvent.objects.all()] == ["alert.changed"] * 4


@pytest.mark.django_db
def test_who_comes_second_is_told_who_was_first_and_when() -> None:
    alert = AlertFactory(rule__camera__site__organisation__timezone="Europe/Paris")
    anne, bert = colleagues(alert, 2)
    post(anne, alert, "acknowledge", version=1)

    second = post(bert, alert, "acknowledge", version=1)

    assert second.status_code == 409
    assert second.json()["message"].startswith("Agent 0 acknowledged this alert at ")
    assert post(bert, alert, "resolve", version=1, text="").status_code == 409
    assert post(bert, alert, "false-alarm", version=2, reason="animal", text="A cat.").status_code == 200
    after = post(anne, alert, "resolve", version=3, text="")
    assert after.status_code == 409
    assert "Agent 1 marked this alert as a false alarm" in after.json()["message"]
    assert post(anne, alert, "comment", text="A large cat.").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_agents_who_acknowledge_at_once_one_is_first_and_the_others_are_told() -> None:
    alert = AlertFactory()
    agents = colleagues(alert, 6)
    gate = threading.Barrier(len(agents))
    first: list[Member] = []
    refused: list[Refusal] = []

    def acknowledge(agent: Member) -> None:
        try:
            gate.wait()
            services.acknowledge(alert, version=1, actor=agent)
            first.append(agent)
        except Refusal as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=acknowledge, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = first
    assert Alert.objects.get().acknowledged_by == winner
    assert AlertLog.objects.filter(kind=LogKind.ACKNOWLEDGED).count() == 1
    assert len(refused) == 5
    assert all(refusal.status is Status.CONFLICT and winner.display_name in refusal.sentence() for refusal in refused)


@pytest.mark.django_db
def test_an_alert_is_assigned_to_those_only_who_handle_alerts_at_its_site() -> None:
    alert = AlertFactory()
    (anne,) = colleagues(alert)
    elsewhere = SiteFactory(organisation=alert.organisation)
    for unfit in (
        MemberFactory(roles=[Role.AGENT]),
        MemberFactory(organisation=alert.organisation, roles=[Role.AUDITOR]),
        MemberFactory(site=elsewhere, roles=[Role.AGENT]),
        MemberFactory(organisation=alert.organisation, roles=[Role.AGENT], is_active=False),
    ):
        answer = post(anne, alert, "assign", version=1, member=str(unfit.pk))
        assert answer.status_code == 400
        assert "member" in answer.json()["fields"]
    assert Alert.objects.get().version == 1


@pytest.mark.django_db
def test_an_auditor_sees_and_does_not_answer_and_an_agent_of_another_site_sees_nothing() -> None:
    alert = AlertFactory(rule=RuleFactory())
    auditor = MemberFactory(organisation=alert.organisation, roles=[Role.AUDITOR])
    other = MemberFactory(site=SiteFactory(organisation=alert.organisation), roles=[Role.AGENT])

    assert api(auditor).get(f"/api/alerts/{alert.pk}/").status_code == 200
    assert post(auditor, alert, "acknowledge", version=1).status_code == 403
    assert api(other).get(f"/api/alerts/{alert.pk}/").status_code == 404
    assert post(other, alert, "acknowledge", version=1).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ("false-alarm", {"version": 1, "reason": "   "}),
        ("false-alarm", {"version": 1}),
        ("false-alarm", {"version": 1, "reason": "a cat"}),
        ("false-alarm", {"version": 1, "reason": "other", "text": " "}),
        ("comment", {"text": ""}),
        ("acknowledge", {}),
        ("assign", {"version": 1, "member": "nobody"}),
        ("resolve", {"version": 1, "text": "x" * 5_000}),
    ],
)
def test_what_is_missing_is_said(answer: str, body: dict[str, Any]) -> None:
    alert = AlertFactory()
    (anne,) = colleagues(alert)

    refused = post(anne, alert, answer, **body)

    assert refused.status_code == 400
    assert refused.json()["fields"]
    assert Alert.objects.get().state == AlertState.OPEN


def test_the_table_of_answers_is_whole_and_nothing_reopens() -> None:
    assert set(TRANSITIONS) == set(Answer)
    closed = {AlertState.RESOLVED, AlertState.FALSE_ALARM}
    for answer, step in TRANSITIONS.items():
        assert answer is Answer.COMMENT or not step.allowed & closed
        assert step.to is not AlertState.OPEN
