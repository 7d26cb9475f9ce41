"""Two people at one plan at the same moment: one of them is told, and nobody approves what changed under their eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from crisis.plans import approval, services
from crisis.plans.models import PlanVersion, VersionState
from soc.refusals import Refusal
from tests.crisis.plans.conftest import RISK, House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as made:
        yield made


def at_once(pool: ThreadPoolExecutor, *acts: Callable[[], Any]) -> list[str]:
    """What became of each: "done", or the code of its refusal."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        try:
            together.wait(10)
            act()
        except Refusal as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    return [one.result(60) for one in [pool.submit(run, act) for act in acts]]


def made() -> House:
    house = House()
    house.person()
    return house


def test_of_two_who_save_at_once_one_is_told(pool: ThreadPoolExecutor) -> None:
    house = made()
    plan = house.plan()

    def save(name: str) -> Callable[[], Any]:
        document = house.document(house.message(name=name))
        return lambda: services.save_draft(house.author, plan.pk, document, RISK, edits=2)

    assert sorted(at_once(pool, save("One"), save("Two"))) == ["changed_meanwhile", "done"]


def test_of_two_who_approve_at_once_one_does(pool: ThreadPoolExecutor) -> None:
    house = made()
    plan = house.plan()
    waiting = approval.submit(house.author, plan.pk, edits=2)

    def approve(by: Any) -> Callable[[], Any]:
        return lambda: approval.approve(by, plan.pk, edits=waiting.edits)

    assert sorted(at_once(pool, approve(house.approver), approve(house.colleague))) == ["done", "no_draft"]
    assert PlanVersion.objects.get(plan=plan).state == VersionState.APPROVED


def test_of_one_who_sends_back_and_one_who_approves_one_is_told(pool: ThreadPoolExecutor) -> None:
    house = made()
    plan = house.plan()
    waiting = approval.submit(house.author, plan.pk, edits=2)
    told = at_once(
        pool,
        lambda: approval.approve(house.approver, plan.pk, edits=waiting.edits),
        lambda: approval.send_back(house.colleague, plan.pk, "Change it.", edits=waiting.edits),
    )
    assert told in (["done", "no_draft"], ["not_in_review", "done"])


def test_two_plans_of_one_name_do_not_begin_at_once(pool: ThreadPoolExecutor) -> None:
    house = made()
    told = at_once(
        pool,
        lambda: services.add_plan(house.author, house.site.pk, "Fire"),
        lambda: services.add_plan(house.colleague, house.site.pk, "Fire"),
    )
    assert sorted(told) == ["done", "name_taken"]
