"""Duty and the logbook as two colleagues use them, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, findings, open_visitor

pytestmark = pytest.mark.e2e


@pytest.fixture
def colleagues(browser: Browser, vigie: Vigie) -> Iterator[tuple[Visitor, Visitor]]:
    """An agent and a supervisor."""
    both = open_visitor(browser, vigie), open_visitor(browser, vigie)
    for one, role in zip(both, ("agent", "supervisor"), strict=True):
        one.sign_in(role)
    yield both
    for one in both:
        one.context.close()


def test_duty_is_taken_up_in_the_bar_and_seen_by_a_colleague_at_once(colleagues: tuple[Visitor, Visitor]) -> None:
    agent, supervisor = colleagues
    supervisor.page.get_by_role("button", name="Nobody is on duty").click()
    shown = supervisor.page.get_by_role("dialog", name="On duty")
    expect(shown).to_contain_text("Nobody is on duty. Take it up")

    agent.page.get_by_role("button", name="Nobody is on duty").click()
    own = agent.page.get_by_role("dialog", name="On duty")
    own.get_by_label("Where you take up duty").select_option("Courtyard")
    own.get_by_role("button", name="Take up duty").click()
    expect(own).to_contain_text("Camille Martin (you)", timeout=CEILING_MS)
    expect(shown).to_contain_text("Camille Martin", timeout=CEILING_MS)
    expect(shown).to_contain_text("Courtyard · since")
    assert findings(agent.page) == []

    own.get_by_role("button", name="End duty").click()
    expect(shown).to_contain_text("Nobody is on duty. Take it up", timeout=CEILING_MS)
