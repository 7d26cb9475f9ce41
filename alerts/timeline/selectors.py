"""Reads a stretch of time of the cameras in a member's reach, in a few queries however much happened."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, FloatField, Func, IntegerField, Prefetch, Q, QuerySet
from django.db.models.functions import Cast, Floor

from alerts.models import UNCLOSED, Alert, AlertState, Recording, RecordingKind, Severity
from alerts.rules.forms import why_text
from alerts.timeline.asked import Asked
from alerts.timeline.wire import Timeline, TimelineAlert, TimelineLane, TimelineOutage
from alerts.wire import Named
from detection.models import Camera, Outage, WatchState
from detection.reasons import Reason
from soc import clock
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

BEFORE = dt.timedelta(days=1)
"""A situation that began longer before the time asked for, and is over, is not looked for."""


def timeline(member: Member, asked: Asked) -> Timeline:
    """What happened at the cameras that the member sees."""
    found = _alerts(member, asked)
    began = found.filter(captured_at__gte=asked.since)
    tally = _tally(began)
    binned = sum(row.count for row in tally) > asked.most
    bins = _bins(began, asked) if binned else {}
    alerts = {} if binned else _one_by_one(found)
    cameras = _cameras(member, asked, {row.camera for row in tally} | set(alerts))
    outages = _outages(member, asked)
    totals: dict[UUID, int] = defaultdict(int)
    severities = [0] * len(Severity)
    for row in tally:
        totals[row.camera] += row.count
        severities[row.severity - 1] += row.count
    return Timeline(
        since=asked.since,
        until=asked.until,
        day=asked.day,
        now=clock.now(),
        timezone=member.organisation.timezone,
        binned=binned,
        bin_s=asked.bin_s,
        total=sum(totals.values()),
        severities=severities,
        unclosed=sum(row.unclosed for row in tally),
        results=[
            TimelineLane(
                camera=Named(id=camera.pk, name=camera.name),
                site=Named(id=camera.site_id, name=camera.site.name),
                total=totals.get(camera.pk, 0),
                alerts=alerts.get(camera.pk, []),
                bins=bins.get(camera.pk, []),
                outages=outages.get(camera.pk, []),
            )
            for camera in cameras
        ],
    )


def _alerts(member: Member, asked: Asked) -> QuerySet[Alert]:
    """The alerts that began in this time, and those whose situation reaches into it."""
    recent = Q(captured_at__gte=asked.since) | Q(captured_at__gte=asked.since - BEFORE, ended_at__gte=asked.since)
    rows = Alert.objects.filter(recent | Q(ended_at=None), captured_at__lt=asked.until)
    if asked.site is not None:
        rows = rows.filter(site_id=asked.site)
    if asked.camera is not None:
        rows = rows.filter(camera_id=asked.camera)
    if asked.rule is not None:
        rows = rows.filter(rule_id=asked.rule)
    if asked.severities:
        rows = rows.filter(severity__in=asked.severities)
    if asked.states:
        rows = rows.filter(state__in=asked.states)
    return scoped(rows, member, Right.SEE_ALERTS)


def _cameras(member: Member, asked: Asked, with_alerts: Iterable[UUID]) -> list[Camera]:
    """The lanes: cameras that stand, and those removed since that had an alert then."""
    rows = Camera.objects.filter(Q(removed_at=None) | Q(pk__in=list(with_alerts))).select_related("site")
    if asked.site is not None:
        rows = rows.filter(site_id=asked.site)
    if asked.camera is not None:
        rows = rows.filter(pk=asked.camera)
    if asked.rule is not None:
        rows = rows.filter(rules=asked.rule)
    return list(scoped(rows, member, Right.SEE_ALERTS).order_by("site__name", "name", "pk"))


@dataclass(frozen=True, slots=True)
class _Count:
    """How many alerts of a severity a camera had."""

    camera: UUID
    severity: int
    count: int
    unclosed: int


def _tally(began: QuerySet[Alert]) -> list[_Count]:
    rows = (
        began.order_by()
        .values("camera_id", "severity")
        .annotate(count=Count("pk"), unclosed=Count("pk", filter=Q(state__in=UNCLOSED)))
    )
    return [_Count(row["camera_id"], row["severity"], row["count"], row["unclosed"]) for row in rows]


def _bins(began: QuerySet[Alert], asked: Asked) -> dict[UUID, list[list[int]]]:
    """Counts by severity of each piece of time, made by the database: the answer does not grow with the alerts."""
    seconds = Func(F("captured_at"), template="EXTRACT(EPOCH FROM %(expressions)s)", output_field=FloatField())
    index = Cast(Floor((Cast(seconds, FloatField()) - asked.since.timestamp()) / asked.bin_s), IntegerField())
    rows = (
        began.order_by()
        .annotate(piece=index)
        .values("camera_id", "piece", "severity")
        .annotate(count=Count("pk"), unclosed=Count("pk", filter=Q(state__in=UNCLOSED)))
    )
    counted: dict[UUID, dict[int, list[int]]] = defaultdict(dict)
    for row in rows:
        piece = min(max(0, row["piece"]), asked.bins - 1)
        counts = counted[row["camera_id"]].setdefault(piece, [piece, 0, 0, 0, 0, 0])
        counts[row["severity"]] += row["count"]
        counts[5] += row["unclosed"]
    return {camera: [pieces[piece] for piece in sorted(pieces)] for camera, pieces in counted.items()}


def _one_by_one(found: QuerySet[Alert]) -> dict[UUID, list[TimelineAlert]]:
    kept = Recording.objects.filter(destroyed_at=None).exclude(sha256="").only("id", "alert_id", "kind")
    rows = found.select_related("acknowledged_by", "closed_by").prefetch_related(Prefetch("recordings", queryset=kept))
    lanes: dict[UUID, list[TimelineAlert]] = defaultdict(list)
    for alert in rows.order_by("captured_at", "pk"):
        lanes[alert.camera_id].append(_alert(alert))
    return lanes


def _alert(alert: Alert) -> TimelineAlert:
    kept = {recording.kind: recording.pk for recording in alert.recordings.all()}
    return TimelineAlert(
        id=alert.pk,
        version=alert.version,
        at=alert.captured_at,
        until=alert.ended_at,
        seen=alert.last_seen_at,
        severity=alert.severity,
        state=AlertState(alert.state),
        rule=alert.rule_id,
        name=alert.rule_name,
        area=alert.area_name,
        why=why_text(str(alert.why["code"]), alert.why["params"]),
        taken_at=alert.acknowledged_at,
        taken_by=alert.acknowledged_by.display_name if alert.acknowledged_by else None,
        closed_at=alert.closed_at,
        closed_by=alert.closed_by.display_name if alert.closed_by else None,
        snapshot=kept.get(RecordingKind.SNAPSHOT),
        clip=kept.get(RecordingKind.CLIP),
    )


def _outages(member: Member, asked: Asked) -> dict[UUID, list[TimelineOutage]]:
    rows = Outage.objects.filter(Q(until=None) | Q(until__gt=asked.since), since__lt=asked.until)
    if asked.site is not None:
        rows = rows.filter(camera__site_id=asked.site)
    if asked.camera is not None:
        rows = rows.filter(camera_id=asked.camera)
    lanes: dict[UUID, list[TimelineOutage]] = defaultdict(list)
    for outage in scoped(rows, member, Right.SEE_ALERTS).order_by("since", "pk"):
        lanes[outage.camera_id].append(
            TimelineOutage(
                since=outage.since,
                until=outage.until,
                state=WatchState(outage.state),
                reason=outage.reason,
                sentence=str(Reason(outage.reason).label) if outage.reason in Reason.values else "",
            )
        )
    return lanes
