"""What can be asked about floor plans: reads, scoped to the member."""

from __future__ import annotations

from django.db.models import F, Prefetch, QuerySet

from detection.floor_plans.models import FloorPlan, PlacedCamera
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


def plans(member: Member, right: Right = Right.SEE_CAMERAS) -> QuerySet[FloorPlan]:
    """The plans of sites where `member` holds `right`, lowest level first, with what is on them.

    A camera that was removed, or moved to another site, is no longer there.
    """
    here = PlacedCamera.objects.filter(camera__removed_at=None, camera__site_id=F("plan__site_id"))
    return scoped(FloorPlan.objects.prefetch_related(Prefetch("cameras", here), "areas"), member, right)
