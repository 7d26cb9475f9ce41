"""What can be asked of connected objects and scripts, scoped to the member."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from crisis.devices.models import ActionRun, Connection, Device, Script, ScriptRun, StepRun
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


def connections(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[Connection]:
    """Brokers within reach, by name. One for all sites is seen by who reaches all of them."""
    return scoped(Connection.objects.filter(removed_at=None).select_related("site"), member, right)


def devices(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[Device]:
    """Devices within reach, by name."""
    return scoped(Device.objects.filter(removed_at=None).select_related("site", "connection"), member, right)


def scripts(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[Script]:
    """Scripts within reach, by name. One for all sites is seen by who reaches all of them."""
    return scoped(Script.objects.filter(removed_at=None).select_related("site"), member, right)


def runs(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[ScriptRun]:
    """Runs within reach, the latest first, with their steps and actions."""
    steps = StepRun.objects.select_related("device").prefetch_related(
        Prefetch("actions", queryset=ActionRun.objects.order_by("repetition"))
    )
    shown = ScriptRun.objects.select_related("site", "actor").prefetch_related(Prefetch("steps", queryset=steps))
    return scoped(shown, member, right)
