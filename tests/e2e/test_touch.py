"""Two fingers on a phone enlarge what is shown: the map, a floor plan, the band of the day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, expect

from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, open_visitor

pytestmark = pytest.mark.e2e


@pytest.fixture
def phone(browser: Browser, vigie: Vigie) -> Iterator[Visitor]:
    """An agent with a phone."""
    visitor = open_visitor(browser, vigie, 375, touch=True)
    visitor.sign_in("agent")
    yield visitor
    visitor.context.close()


def pinch(visitor: Visitor, where: Locator) -> None:
    """Two fingers that begin beside each other in the middle and draw apart."""
    where.scroll_into_view_if_needed()
    box = where.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.75
    session: CDPSession = visitor.context.new_cdp_session(visitor.page)

    def touch(kind: str, *apart: float) -> None:
        points = [{"x": x + side, "y": y, "id": number} for half in apart for number, side in enumerate((-half, half))]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 10)
    for half in range(14, 100, 6):
        touch("touchMove", half)
    touch("touchEnd")
    session.detach()


def test_the_map_comes_closer(phone: Visitor) -> None:
    phone.go("/map?at=47.08,2.4,9")
    ground = phone.page.get_by_role("group", name=re.compile(r"^Map\."))
    expect(ground.get_by_role("button", name=re.compile("Courtyard"))).to_be_visible(timeout=CEILING_MS)
    pinch(phone, ground)
    phone.page.wait_for_url(lambda address: zoom_of(address) > 10)  # at least twice as near


def zoom_of(address: str) -> float:
    (place,) = parse_qs(urlsplit(address).query)["at"]
    return float(place.split(",")[2])


def test_a_floor_plan_comes_closer(phone: Visitor) -> None:
    site = phone.api("floor-plans/")["results"][0]["site"]
    phone.go(f"/map/sites/{site}")
    picture = phone.page.locator(".plan img")
    expect(picture).to_be_visible(timeout=CEILING_MS)
    before = picture.bounding_box()
    pinch(phone, phone.page.locator(".plan"))
    after = picture.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > 2 * before["width"]


def test_the_band_of_a_day_comes_closer(phone: Visitor) -> None:
    phone.go("/timeline")
    band = phone.page.get_by_role("application")
    expect(band.locator("canvas").first).to_be_visible(timeout=CEILING_MS)
    pinch(phone, band)
    expect(phone.page).to_have_url(re.compile(r"from=\d+.*to=\d+"), timeout=CEILING_MS)
    first, last = (int(number) for number in re.findall(r"(?:from|to)=(\d+)", phone.page.url))
    assert last - first < 12 * 3600, "less than half of the day"
