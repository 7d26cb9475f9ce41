"""What tests of the ways in share: a story with a guard who has an account and a phone, and a plan that tells the staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from crisis.entrances.models import Entrance, EntranceCall
from crisis.plans.models import Plan
from soc.journal.models import Entry
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.people.rights import Role
from tests.crisis.story import CHOICES, Story, message, words
from tests.factories import EntranceFactory, MemberFactory


@dataclass
class Site:
    """A story, its plan, and who is there."""

    story: Story
    plan: Plan
    guard: Person
    staff: Person
    responder: Member

    def entrance(self, kind: str, how: str = "start", **more: Any) -> Any:
        return EntranceFactory(plan=self.plan, kind=kind, how=how, **more)

    def journalled(self, *prefixes: str) -> list[str]:
        rows = Entry.objects.filter(organisation=self.story.organisation).order_by("id")
        return [one for one in rows.values_list("action", flat=True) if one.startswith(prefixes or ("entrance",))]

    def refused(self) -> list[str]:
        rows = Entry.objects.filter(organisation=self.story.organisation, action="entrance_refused").order_by("id")
        return [str(one.details["refused"]) for one in rows]


def outcomes(entrance: Entrance) -> list[str]:
    """What came in by an entrance, the first first."""
    return list(EntranceCall.objects.filter(entrance=entrance).order_by("id").values_list("outcome", flat=True))


@pytest.fixture
def site(db: None, settings: Any) -> Site:
    story = Story()
    responder = MemberFactory(organisation=story.organisation, roles=[Role.RESPONDER], display_name="Guard A")
    guard = story.person("Guard A", "Guards", member=responder)
    staff = story.person("Staff 1", "Staff")
    plan = story.plan(
        message("staff", story.profile("Staff"), words("Stay inside.", "Restez à l'intérieur."), choices=CHOICES)
    )
    return Site(story, plan, guard, staff, responder)
