"""From a firing to a committed alert, and the life of its situation after: what the watcher writes to the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Greatest

from alerts import feed, search, take_times
from alerts.firing import Firing
from alerts.models import Alert, AlertLog, LogKind
from detection.models import Camera
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record

log = structlog.get_logger(__name__)

RaisedListener = Callable[[Alert], None]
"""Told of a new alert inside its transaction: writes rows, waits for nothing and publishes nothing."""
_listeners: list[RaisedListener] = []

#: A situation that nobody has seen for this long is over, whatever became of its watcher.
STALE = timedelta(seconds=60)
#: A firing this soon after a situation's end, of a watcher that raced or came late, still belongs to it.
_OVERLAP = timedelta(seconds=3)


class Unraisable(Exception):
    """A firing that no retry can commit: its camera is no longer in the database."""


def register_raised_listener(listener: RaisedListener) -> None:
    """Have `listener` told of every new alert; called by an upper app's `ready()`, in each process that commits alerts.

    What it writes exists if and only if the alert does. What it raises undoes what it wrote, and is logged: the alert stays.
    """
    if listener not in _listeners:
        _listeners.append(listener)


def commit(firing: Firing) -> UUID:
    """Commit a firing, once: again with the same id changes nothing, and a situation has one alert.

    Returns:
        The id of the alert that stands: the firing's own, or that of the situation's earlier alert.

    Raises:
        Unraisable: the camera is gone.
        django.db.OperationalError: the database is away; try again.
    """
    with transaction.atomic():
        standing, over = _standing(firing)
        if standing is not None:
            return _extend(standing, firing)
        try:
            with transaction.atomic():
                alert = _create(firing)
        except IntegrityError:
            # Another watcher was faster, with this firing or with its own of the same situation.
            standing, _over = _standing(firing)
            if standing is None:
                raise
            return _extend(standing, firing)
        AlertLog.objects.create(organisation_id=firing.organisation, alert=alert, kind=LogKind.RAISED)
        record(
            firing.organisation,
            Action.ALERT_RAISED,
            subject=alert,
            site_id=alert.site_id,
            details={
                "rule": str(firing.rule),
                "rule_version": firing.rule_version,
                "camera": str(firing.camera),
                "severity": firing.severity,
            },
        )
        _tell(alert)
        if over is not None:
            feed.changed(over)
        feed.raised(alert)
    return alert.pk


def _tell(alert: Alert) -> None:
    """Tell who listens, each in a savepoint of its own: no error of theirs loses the alert."""
    for listener in _listeners:
        try:
            with transaction.atomic():
                listener(alert)
                # Else a wrong reference would show when it is too late to undo it alone.
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except Exception:
            if connection.needs_rollback or connection.closed_in_transaction:
                raise  # the database went away: the firing is committed again
            log.exception("alert.listener_failed", alert=str(alert.pk), listener=listener.__qualname__)


def _create(firing: Firing) -> Alert:
    try:
        camera = Camera.objects.select_related("site").get(pk=firing.camera, organisation=firing.organisation)
    except Camera.DoesNotExist as error:
        raise Unraisable(str(error)) from error
    captured_at, now = moment(firing.captured_at), clock.now()
    alert = Alert.objects.create(
        pk=firing.id,
        organisation_id=firing.organisation,
        site=camera.site,
        camera=camera,
        rule_id=firing.rule,
        rule_name=firing.rule_name,
        rule_version=firing.rule_version,
        severity=firing.severity,
        area_name=firing.area_name,
        situation=firing.situation,
        why={"code": firing.code, "params": {**firing.params, "things": firing.things}},
        captured_at=captured_at,
        raised_at=moment(firing.raised_at),
        committed_at=now,
        last_seen_at=captured_at,
        # From when people can see it, however long it waited for the database.
        take_by=take_times.take_by(firing.organisation, firing.severity, now),
    )
    search.keep(alert)
    return alert


def _standing(firing: Firing) -> tuple[Alert | None, Alert | None]:
    """The alert of the situation to which this firing belongs, locked; and one that nobody saw for long, ended here.

    The firing's own alert, where it was committed before, is one of them.
    """
    at = moment(firing.captured_at)
    belongs = Q(ended_at__isnull=True) | Q(ended_at__gte=at - _OVERLAP, captured_at__lte=at + _OVERLAP)
    found = (
        Alert.objects.select_for_update()
        .filter(belongs | Q(pk=firing.id), organisation=firing.organisation, situation=firing.situation)
        .order_by("ended_at")
        .last()  # PostgreSQL orders nulls last: one that still lasts comes before one that ended
    )
    if found is not None and found.ended_at is None and at - found.last_seen_at > STALE:
        _end(found, found.last_seen_at)
        return None, found
    return found, None


def _extend(alert: Alert, firing: Firing) -> UUID:
    at = moment(firing.captured_at)
    if alert.ended_at is None and at > alert.last_seen_at:
        alert.last_seen_at = at
        alert.save(update_fields=["last_seen_at"])
        feed.changed(alert)
    return alert.pk


def seen(alert: UUID, at: dt.datetime) -> None:
    """The situation was still there at `at`."""
    Alert.objects.filter(pk=alert, ended_at__isnull=True).update(last_seen_at=Greatest("last_seen_at", at))


def ended(alert: UUID, at: dt.datetime) -> None:
    """The situation ended; `at` is when it was last seen. Ending it twice changes nothing."""
    with transaction.atomic():
        found = Alert.objects.select_for_update().filter(pk=alert, ended_at__isnull=True).first()
        if found is not None:
            _end(found, at)
            feed.changed(found)


def end_stale() -> int:
    """End the situations whose watcher vanished or whose camera went away; how many."""
    stale = list(
        Alert.objects.filter(ended_at__isnull=True, last_seen_at__lt=clock.now() - STALE).values_list(
            "pk", "last_seen_at"
        )
    )
    for alert, last_seen in stale:
        ended(alert, last_seen)
    return len(stale)


def _end(alert: Alert, at: dt.datetime) -> None:
    alert.ended_at = alert.last_seen_at = max(at, alert.captured_at, alert.last_seen_at)
    alert.save(update_fields=["ended_at", "last_seen_at"])
    AlertLog.objects.create(organisation_id=alert.organisation_id, alert=alert, kind=LogKind.ENDED, at=alert.ended_at)


def moment(at: float) -> dt.datetime:
    """Seconds of the epoch as an aware time."""
    return dt.datetime.fromtimestamp(at, dt.UTC)
