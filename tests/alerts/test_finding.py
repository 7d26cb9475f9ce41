"""Alerts are found: by words in the reader's language, by filters, in the order that is asked for, and counted."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from alerts import raising, search
from alerts.firing import Firing
from alerts.models import Alert, AlertState, AlertWords, Rule
from soc import clock
from soc.people.models import Member
from soc.people.rights import Role
from tests.factories import AlertFactory, CameraFactory, MemberFactory, RuleFactory, SiteFactory


def client(member: Member) -> APIClient:
    made = APIClient(headers={"accept-language": "en"})
    made.force_authenticate(member)
    return made


def found(member: Member, **query: Any) -> list[str]:
    answer = client(member).get("/api/alerts/", query)
    assert answer.status_code == 200, answer.json()
    return [alert["id"] for alert in answer.json()["results"]]


def raised(rule: Rule, area: str = "", **things: int) -> str:
    at = clock.now().timestamp()
    alert = raising.commit(
        Firing(
            id=uuid4(), organisation=rule.organisation_id, camera=rule.camera_id, rule=rule.pk, rule_name=rule.name,
            rule_version=1, severity=rule.severity, area_name=area, situation=str(uuid4()), code="seen",
            things=things or {"person": 1}, params={}, captured_at=at, raised_at=at,
        )
    )  # fmt: skip
    return str(alert)


@pytest.mark.django_db
def test_an_alert_is_found_by_what_is_written_about_it() -> None:
    camera = CameraFactory(name="Forecourt", site=SiteFactory(name="Campus Nord"))
    one = raised(RuleFactory(camera=camera, name="Closed grounds"), "L'allée", bicycle=1)
    other = raised(RuleFactory(camera=camera, name="Crowd"), "Lawn", person=3)
    anne = MemberFactory(organisation=camera.organisation, roles=[Role.AGENT])

    assert found(anne, search="grounds") == [one]
    assert found(anne, search="ALLEE") == [one]
    assert found(anne, search="bicyc") == [one]  # the sentence in English
    assert found(anne, search="vélo") == [one]  # and in French, whatever the reader's language
    assert found(anne, search="forecourt crowd") == [other]
    assert set(found(anne, search="campus")) == {one, other}
    assert found(anne, search="crowd bicycle") == []
    assert set(found(anne, search="  ?! ")) == {one, other}

    client(anne).post(f"/api/alerts/{other}/comment/", {"text": "The caretaker opened the gate."}, format="json")
    assert found(anne, search="caretaker gate") == [other]

    camera.name = "Delivery road"
    camera.save()
    assert set(found(anne, search="delivery")) == {one, other}


@pytest.mark.django_db
def test_searching_reaches_no_further_than_the_reader() -> None:
    camera = CameraFactory(name="Forecourt")
    raised(RuleFactory(camera=camera, name="Closed grounds"))
    here = MemberFactory(site=camera.site, roles=[Role.AGENT])
    elsewhere = MemberFactory(site=SiteFactory(organisation=camera.organisation), roles=[Role.AGENT])
    stranger = MemberFactory(roles=[Role.AGENT])

    assert len(found(here, search="forecourt")) == 1
    for nobody in (elsewhere, stranger):
        assert found(nobody, search="grounds") == []
        assert found(nobody, search="forecourt") == []
        assert client(nobody).get("/api/alerts/counts/", {"search": "forecourt"}).json() == {"total": 0, "results": []}


@pytest.mark.django_db
@given(text=st.text(max_size=60))
def test_whatever_is_typed_is_a_search_and_no_error(text: str) -> None:
    list(search.matching(Alert.objects.all(), text.replace("\0", ""), UUID(int=1)))


@pytest.mark.django_db
def test_a_book_written_about_an_alert_is_kept_within_bounds() -> None:
    alert = Alert.objects.get(pk=raised(RuleFactory()))
    for chapter in range(12):
        search.add(alert, " ".join(f"word{chapter}x{number}" for number in range(2_500)))
    assert len(str(AlertWords.objects.get(alert=alert).words).split()) < 30_000


@pytest.mark.django_db
def test_urgency_is_what_nobody_has_taken_by_severity_then_the_newest() -> None:
    rule = RuleFactory()
    start = clock.now()
    made = [
        ("closed", AlertState.RESOLVED, 4, 1),
        ("low", AlertState.OPEN, 1, 2),
        ("old critical", AlertState.OPEN, 4, 30),
        ("taken", AlertState.ACKNOWLEDGED, 4, 3),
        ("new critical", AlertState.OPEN, 4, 20),
        ("false", AlertState.FALSE_ALARM, 2, 0),
        ("taken before", AlertState.ACKNOWLEDGED, 1, 40),
    ]
    for name, state, severity, minutes in made:
        at = start - dt.timedelta(minutes=minutes)
        AlertFactory(rule=rule, rule_name=name, state=state, severity=severity, captured_at=at)
    anne = MemberFactory(organisation=rule.organisation, roles=[Role.AGENT])
    wanted = ["new critical", "old critical", "low", "taken", "taken before", "false", "closed"]

    assert names(anne, order="urgency") == wanted
    assert paged(anne, order="urgency", page_size=2) == wanted
    assert paged(anne, page_size=3) == [
        "false",
        "closed",
        "low",
        "taken",
        "new critical",
        "old critical",
        "taken before",
    ]
    assert names(anne, state="open", severity=4) == ["new critical", "old critical"]
    assert names(anne, state=["open", "acknowledged"], severity=[1, 4], order="urgency") == wanted[:5]


def names(member: Member, **query: Any) -> list[str]:
    return [alert["rule"]["name"] for alert in client(member).get("/api/alerts/", query).json()["results"]]


def paged(member: Member, **query: Any) -> list[str]:
    """All pages, one after the other."""
    api = client(member)
    shown: list[str] = []
    answer = api.get("/api/alerts/", query).json()
    while True:
        shown += [alert["rule"]["name"] for alert in answer["results"]]
        if answer["next"] is None:
            return shown
        answer = api.get(answer["next"]).json()


@pytest.mark.django_db
def test_a_cursor_of_ones_own_making_is_refused() -> None:
    anne = MemberFactory(roles=[Role.AGENT])
    for cursor in ("x", "W10=", "bnVsbA==", "WzEsIm5vdyIsMl0="):
        answer = client(anne).get("/api/alerts/", {"cursor": cursor})
        assert answer.status_code == 400
        assert answer.json()["fields"]["cursor"]


@pytest.mark.django_db
def test_alerts_are_counted_by_state_and_severity_and_mine_are_mine() -> None:
    rule = RuleFactory()
    anne, bert = (MemberFactory(organisation=rule.organisation, roles=[Role.AGENT]) for _ in range(2))
    AlertFactory(rule=rule, severity=4)
    AlertFactory(rule=rule, severity=4, assigned_to=anne, escalated_at=clock.now())
    AlertFactory(rule=rule, severity=2, state=AlertState.RESOLVED, assigned_to=bert)

    counted = client(anne).get("/api/alerts/counts/").json()

    assert counted == {
        "total": 3,
        "results": [
            {"state": "open", "severity": 4, "count": 2},
            {"state": "resolved", "severity": 2, "count": 1},
        ],
    }
    assert client(anne).get("/api/alerts/counts/", {"mine": "true"}).json()["total"] == 1
    assert client(bert).get("/api/alerts/counts/", {"mine": "true"}).json()["results"][0]["state"] == "resolved"
    assert client(bert).get("/api/alerts/counts/", {"escalated": "true"}).json()["total"] == 1
    assert client(bert).get("/api/alerts/counts/", {"escalated": "false"}).json()["total"] == 2


@pytest.mark.django_db
def test_what_came_before_like_an_alert_is_counted_with_how_it_ended() -> None:
    rule = RuleFactory()
    now = clock.now()

    def before(days: float, **over: Any) -> Alert:
        made: Alert = AlertFactory(rule=over.pop("rule", rule), captured_at=now - dt.timedelta(days=days), **over)
        return made

    alert = before(0)
    same_kind = RuleFactory(camera=rule.camera)
    other_kind = RuleFactory(camera=rule.camera)
    counted = [
        before(1, state=AlertState.FALSE_ALARM),
        before(2, state=AlertState.FALSE_ALARM, rule=same_kind),
        before(3, state=AlertState.RESOLVED),
        before(4),
    ]
    before(31, state=AlertState.FALSE_ALARM)
    before(1, rule=other_kind, why={"code": "stays", "params": {}})
    before(1, rule=RuleFactory(camera__site=rule.camera.site))
    before(-1)
    anne = MemberFactory(organisation=rule.organisation, roles=[Role.AGENT])

    similar = client(anne).get(f"/api/alerts/{alert.pk}/similar/").json()

    assert {key: similar[key] for key in ("days", "total", "false_alarms", "resolved")} == {
        "days": 30, "total": 4, "false_alarms": 2, "resolved": 1,
    }  # fmt: skip
    assert [one["id"] for one in similar["alerts"]] == [str(one.pk) for one in counted]
