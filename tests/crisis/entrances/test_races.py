"""Two people at the ways in of one site at the same moment: one of them is told, in words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from crisis.entrances import services
from crisis.entrances.models import Entrance, EntranceKind
from soc.people.models import Member
from soc.people.rights import Role
from soc.refusals import Refusal
from tests.crisis.story import Story, message, words
from tests.factories import EntranceFactory, MemberFactory

pytestmark = pytest.mark.django_db(transaction=True)
TAKEN = "name_taken: Another trigger at this site has this name."


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def writers(story: Story) -> list[Member]:
    return [MemberFactory(organisation=story.organisation, roles=[Role.ADMINISTRATOR]) for _ in range(2)]


@pytest.mark.parametrize("new", [True, False], ids=["two new ones", "two that are there"])
def test_of_two_who_give_one_name_at_once_the_second_is_told_that_it_is_taken(
    story: Story, writers: list[Member], monkeypatch: pytest.MonkeyPatch, new: bool
) -> None:
    plan = story.plan(message("in", story.profile("staff"), words("In.", "Dedans.")))
    there = [EntranceFactory(plan=plan, kind=EntranceKind.WEBHOOK, name=f"Name {number}") for number in range(2)]
    # Both have begun, and read what is there, before either goes on to write.
    together = Barrier(2)
    plan_of, locked = services._plan, services._locked

    monkeypatch.setattr(services, "_plan", lambda *asked: (plan_of(*asked), together.wait(10))[0])
    monkeypatch.setattr(services, "_locked", lambda *asked: (locked(*asked), together.wait(10))[0])

    def give(number: int) -> str:
        try:
            if new:
                services.add(writers[number], EntranceKind.WEBHOOK, {"name": "Gas alarm", "plan": plan.pk})
            else:
                services.change(writers[number], there[number].pk, {"name": "Gas alarm"}, version=1)
        except Refusal as refused:
            return f"{refused.code}: {refused.field_sentences()['name']}"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(one.result(60) for one in [pool.submit(give, number) for number in range(2)])
    assert told == ["done", TAKEN]
    assert Entrance.objects.filter(name="Gas alarm").count() == 1
