"""The holes of a plan: all that is missing or wrong in a version now, and whether it stops the approval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from zoneinfo import ZoneInfo

from crisis.plans.check_order import order
from crisis.plans.check_parts import named_parts
from crisis.plans.check_people import gone, reached
from crisis.plans.check_words import languages, words
from crisis.plans.hole import Hole, HoleCode, Weight
from crisis.plans.models import PlanVersion
from crisis.plans.preview import Example
from crisis.plans.reach import reach_of
from crisis.plans.references import known, references
from soc import clock

__all__ = ["Hole", "HoleCode", "Weight", "holes", "stopping"]

_WEIGHTS = list(Weight)


def holes(version: PlanVersion, at: dt.datetime | None = None) -> tuple[Hole, ...]:
    """What is missing or wrong in a version, what stops the approval first; sentences in the active language. Not scoped.

    Args:
        version: which.
        at: when: who would be reached then; now, if not given.
    """
    content, organisation, site = version.content, version.organisation_id, version.plan.site_id
    named = references(content, version.risk)
    there = known(organisation, named)
    reach = reach_of(content, organisation, site, at or clock.now())
    found = [
        *order(content),
        *named_parts(content, version.risk, named, organisation, site),
        *gone(named, there),
        *reached(content, reach, organisation, ZoneInfo(version.organisation.timezone)),
        *words(content, Example.of(version)),
        *languages(content, reach.languages),
    ]
    return tuple(sorted(found, key=lambda hole: _WEIGHTS.index(hole.weight)))


def stopping(found: Collection[Hole]) -> tuple[Hole, ...]:
    """Those that stop the approval."""
    return tuple(hole for hole in found if hole.stops)
