"""Browser tests of plans, what they reach, and how they begin and end: nothing here needs a camera."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.installation import Vigie
from tests.e2e.visitor import Visitor, open_visitor


@pytest.fixture
def responder(browser: Browser, vigie: Vigie) -> Iterator[Visitor]:
    """The responder of the demo, on a phone."""
    one = open_visitor(browser, vigie, 375, touch=True)
    one.arrive("responder")
    yield one
    one.context.close()
