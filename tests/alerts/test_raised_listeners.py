"""Who listens to alerts writes in their transaction, and loses none of them."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction

from alerts import raising
from alerts.firing import Firing
from alerts.models import Alert, AlertLog, LogKind, Rule
from soc import clock
from soc.broadcast.models import FeedEvent
from tests.factories import RuleFactory


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raising, "_listeners", [])


def firing(rule: Rule, situation: str = "") -> Firing:
    at = clock.now().timestamp()
    return Firing(
        id=uuid4(), organisation=rule.organisation_id, camera=rule.camera_id, rule=rule.pk, rule_name=rule.name,
        rule_version=1, severity=2, area_name="", situation=situation or str(uuid4()), code="seen", things={"person": 1},
        params={}, captured_at=at, raised_at=at,
    )  # fmt: skip


def writes(alert: Alert) -> None:
    AlertLog.objects.create(organisation_id=alert.organisation_id, alert=alert, kind=LogKind.COMMENTED, text="told")


@pytest.mark.django_db
def test_a_new_alert_is_told_once_and_what_extends_it_is_not() -> None:
    told: list[Alert] = []
    raising.register_raised_listener(told.append)
    raising.register_raised_listener(told.append)
    rule = RuleFactory()
    first = firing(rule, "one")
    alert = raising.commit(first)
    raising.commit(first)
    raising.commit(firing(rule, "one"))
    assert [one.pk for one in told] == [alert]


@pytest.mark.django_db(transaction=True)
def test_what_a_listener_writes_is_undone_with_the_alert() -> None:
    rule = RuleFactory()
    raising.register_raised_listener(writes)
    with transaction.atomic():
        raising.commit(firing(rule))
        transaction.set_rollback(True)
    assert not Alert.objects.exists()
    assert not AlertLog.objects.exists()


def _raises(alert: Alert) -> None:
    writes(alert)
    raise LookupError("a listener's own error")


def _writes_nonsense(alert: Alert) -> None:
    writes(alert)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


def _names_what_is_not_there(alert: Alert) -> None:
    AlertLog.objects.create(organisation_id=alert.organisation_id, alert_id=uuid4(), kind=LogKind.COMMENTED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wrong", [_raises, _writes_nonsense, _names_what_is_not_there])
def test_a_listener_that_fails_loses_neither_the_alert_nor_what_others_write(wrong: raising.RaisedListener) -> None:
    rule = RuleFactory()
    raising.register_raised_listener(wrong)
    raising.register_raised_listener(writes)
    alert = raising.commit(firing(rule))
    assert Alert.objects.get().pk == alert
    assert sorted(AlertLog.objects.values_list("kind", flat=True)) == [LogKind.COMMENTED, LogKind.RAISED]
    assert FeedEvent.objects.get().kind == "alert.raised"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_meanwhile_is_waited_for() -> None:
    rule = RuleFactory()

    def loses_the_connection(_alert: Alert) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    raising.register_raised_listener(loses_the_connection)
    one = firing(rule)
    with pytest.raises(OperationalError):
        raising.commit(one)
    connection.close()
    assert not Alert.objects.exists()
    raising._listeners.clear()
    assert raising.commit(one) == one.id
    assert clock.now() - Alert.objects.get().committed_at < dt.timedelta(minutes=1)
