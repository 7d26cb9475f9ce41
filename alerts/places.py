"""Where alerts stand now: how many are not closed in each zone of each camera, and which of them comes first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from alerts.models import UNCLOSED, Alert, AlertState
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


@dataclass(frozen=True, slots=True)
class Place:
    """A zone of a camera (or its whole picture) in which alerts are not closed.

    Attributes:
        site: whose camera it is.
        camera: which camera.
        zone: its zone, as the rule has it now; ``None`` for a line or the whole picture.
        waiting: how many nobody has taken.
        taken: how many somebody has in hand.
        alert: the one that comes first: not taken before taken, then the most severe, then the newest.
        severity: its severity.
    """

    site: UUID
    camera: UUID
    zone: UUID | None
    waiting: int
    taken: int
    alert: UUID
    severity: int


def places(member: Member) -> list[Place]:
    """The places of alerts that are not closed, in two queries however many alerts there are."""
    unclosed = scoped(Alert.objects.filter(state__in=UNCLOSED), member, Right.SEE_ALERTS).order_by()
    counts = unclosed.values_list("camera_id", "rule__zone_id").annotate(
        waiting=Count("pk", filter=Q(state=AlertState.OPEN)), taken=Count("pk", filter=~Q(state=AlertState.OPEN))
    )
    of = {(camera, zone): (waiting, taken) for camera, zone, waiting, taken in counts}
    return [
        Place(first.site_id, first.camera_id, zone, *of.get((first.camera_id, zone), (0, 0)), first.pk, first.severity)
        for first in _firsts(unclosed)
        for zone in [first.rule.zone_id]
    ]


def _firsts(unclosed: QuerySet[Alert]) -> QuerySet[Alert]:
    """The alert that comes first in each place."""
    waits = Case(When(state=AlertState.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    ordered = unclosed.order_by("camera_id", "rule__zone_id", waits, "-severity", "-captured_at", "pk")
    return ordered.distinct("camera_id", "rule__zone_id").select_related("rule")
