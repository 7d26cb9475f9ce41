"""What can be asked of safeguard plans: reads, scoped to the member. Who is vulnerable is asked for elsewhere (`vulnerable`)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import Prefetch, QuerySet

from crisis.audits.pcs.models import (
    CellPost,
    CommandCell,
    Director,
    PcsExercise,
    SafeguardPlan,
    Shelter,
    Volunteer,
)
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

EXERCISE_EVERY_YEARS: Final = 5
"""Code de la sécurité intérieure, L731-3 and following: an exercise of the plan at least every five years."""


def plans(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[SafeguardPlan]:
    """The plans in the member's reach, with everything that their page reads."""
    rows = SafeguardPlan.objects.select_related("organisation", "site").prefetch_related(
        Prefetch("directors", queryset=Director.objects.select_related("person")),
        Prefetch(
            "cells",
            queryset=CommandCell.objects.prefetch_related(
                Prefetch("posts", queryset=CellPost.objects.select_related("person"))
            ),
        ),
        "sheets",
        Prefetch("shelters", queryset=Shelter.objects.select_related("contact")),
        Prefetch("volunteers", queryset=Volunteer.objects.select_related("person")),
        Prefetch("exercises", queryset=PcsExercise.objects.select_related("member")),
    )
    return scoped(rows, member, right)


def exercise_due(plan: SafeguardPlan) -> dt.date | None:
    """By when the next exercise is held: five years after the last one, or after the plan was adopted; ``None``: not adopted."""
    last = max((one.held_on for one in plan.exercises.all()), default=plan.adopted_on)
    if last is None:
        return None
    try:
        return last.replace(year=last.year + EXERCISE_EVERY_YEARS)
    except ValueError:  # 29 February
        return last.replace(year=last.year + EXERCISE_EVERY_YEARS, day=28)
