"""One answer to many alerts, who has seen them, and false alarms by reason."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from alerts.models import Alert, AlertSighting, AlertState
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from tests.factories import AlertFactory, MemberFactory, RuleFactory, SiteFactory

pytestmark = pytest.mark.django_db


def client(member: Member) -> APIClient:
    made = APIClient(headers={"accept-language": "en"})
    made.force_authenticate(member)
    return made


def bulk(member: Member, answer: str, alerts: list[Any], /, **words: Any) -> Any:
    body = {"answer": answer, "alerts": [{"id": str(pk), "version": version} for pk, version in alerts], **words}
    return client(member).post("/api/alerts/bulk/", body, format="json")


def people(alert: Alert, count: int = 1) -> list[Member]:
    return [
        MemberFactory(organisation=alert.organisation, roles=[Role.AGENT], display_name=f"Agent {number}")
        for number in range(count)
    ]


def test_many_are_answered_and_each_says_what_became_of_it() -> None:
    rule = RuleFactory()
    free, taken, stale = (AlertFactory(rule=rule) for _ in range(3))
    hidden = AlertFactory(rule__camera__site=SiteFactory(organisation=rule.organisation))
    anne = MemberFactory(site=rule.camera.site, roles=[Role.AGENT], display_name="Anne")
    (bert,) = people(free)
    assert bulk(bert, "acknowledge", [(taken.pk, 1)]).json()["results"][0]["done"] is True

    answer = bulk(anne, "acknowledge", [(free.pk, 1), (taken.pk, 1), (stale.pk, 7), (hidden.pk, 1), (uuid4(), 1)])

    assert answer.status_code == 200, answer.json()
    results = answer.json()["results"]
    assert [one["done"] for one in results] == [True, False, False, False, False]
    assert results[0]["alert"]["assigned_to"]["name"] == "Anne"
    assert results[1]["code"] == "alert_changed"
    assert results[1]["message"].startswith("Agent 0 acknowledged this alert at ")
    assert results[1]["alert"]["assigned_to"]["name"] == "Agent 0"
    assert results[2]["code"] == "alert_changed"
    assert [one["code"] for one in results[3:]] == ["not_found", "not_found"]
    assert results[3]["alert"] is None
    assert Alert.objects.get(pk=hidden.pk).state == AlertState.OPEN
    assert Entry.objects.filter(action=Action.ALERT_ACKNOWLEDGED).count() == 2


def test_every_answer_can_be_given_to_many() -> None:
    alerts = [AlertFactory(rule=rule) for rule in [RuleFactory()] * 2]
    anne, bert = people(alerts[0], 2)
    wanted = [(alert.pk, 1) for alert in alerts]

    assert all(one["done"] for one in bulk(anne, "assign", wanted, member=str(bert.pk)).json()["results"])
    assert all(one["done"] for one in bulk(anne, "comment", wanted, text="Both.").json()["results"])
    second = [(pk, 2) for pk, _version in wanted]
    first, last = bulk(anne, "false_alarm", second, reason="shadow").json()["results"]
    assert first["alert"]["false_alarm_reason"] == last["alert"]["false_alarm_reason"] == "shadow"
    for alert in Alert.objects.all():
        assert alert.state == AlertState.FALSE_ALARM
        assert alert.assigned_to == bert


@pytest.mark.parametrize(
    ("answer", "words"),
    [("assign", {}), ("false_alarm", {}), ("comment", {"text": " "}), ("false_alarm", {"reason": "other"})],
)
def test_an_answer_without_its_words_changes_nothing_and_says_so(answer: str, words: dict[str, Any]) -> None:
    alert = AlertFactory()
    (anne,) = people(alert)

    (result,) = bulk(anne, answer, [(alert.pk, 1)], **words).json()["results"]

    assert result["done"] is False
    assert result["message"]
    assert Alert.objects.get().version == 1


@pytest.mark.parametrize("answer", ["reopen", ""])
def test_what_is_no_answer_is_refused(answer: str) -> None:
    alert = AlertFactory()
    (anne,) = people(alert)
    assert bulk(anne, answer, [(alert.pk, 1)]).status_code == 400
    assert bulk(anne, "acknowledge", []).status_code == 400
    assert bulk(anne, "acknowledge", [(uuid4(), 1)] * 201).status_code == 400
    assert bulk(anne, "acknowledge", [(uuid4(), 1)]).status_code == 404


def test_an_auditor_answers_none() -> None:
    alert = AlertFactory()
    auditor = MemberFactory(organisation=alert.organisation, roles=[Role.AUDITOR])
    assert bulk(auditor, "acknowledge", [(alert.pk, 1)]).status_code == 403


def test_who_opens_an_alert_is_written_down_once_and_colleagues_are_told() -> None:
    alert = AlertFactory()
    anne, bert = people(alert, 2)
    for member in (anne, anne, bert):
        assert client(member).post(f"/api/alerts/{alert.pk}/seen/").status_code == 204

    assert list(AlertSighting.objects.values_list("member", flat=True)) == [anne.pk, bert.pk]
    assert Entry.objects.filter(action=Action.ALERT_SEEN).count() == 2
    events = list(FeedEvent.objects.order_by("number"))
    assert [event.kind for event in events] == ["alert.seen"] * 2
    assert events[0].payload["member"] == {"id": str(anne.pk), "name": "Agent 0"}
    seen_by = client(bert).get(f"/api/alerts/{alert.pk}/").json()["seen_by"]
    assert [one["member"]["name"] for one in seen_by] == ["Agent 0", "Agent 1"]
    assert Alert.objects.get().version == 1


def test_a_false_alarms_reason_stays_when_it_is_commented() -> None:
    alert = AlertFactory()
    (anne,) = people(alert)
    api = client(anne)
    body = {"version": 1, "reason": "other", "text": "A plastic bag."}
    closed = api.post(f"/api/alerts/{alert.pk}/false-alarm/", body, format="json").json()
    assert closed["false_alarm_reason"] == "other"
    after = api.post(f"/api/alerts/{alert.pk}/comment/", {"text": "Again."}, format="json").json()
    assert after["false_alarm_reason"] == "other"
    entry = Entry.objects.get(action=Action.ALERT_FALSE)
    assert entry.details["reason"] == "other"
    assert "plastic" not in str(entry.details)
