"""The first walk: somebody who has never seen it goes from the sign-in page to an alert that is dealt with.

Only what is visible on the screen is used: no address is typed but the one that was printed, no API is asked.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import shots
from tests.e2e.cameras.conftest import CAMERA_PASSWORD, CAMERA_USER
from tests.e2e.visitor import CEILING_MS, Visitor
from tests.peers.process import Peer

pytestmark = pytest.mark.e2e


def test_from_the_sign_in_page_to_a_first_alert(visitor: Visitor, rtsp_camera: Peer) -> None:
    page = visitor.page
    page.goto(visitor.vigie.address)
    page.get_by_role("button", name="English").click()  # whoever used the account before may have spoken French
    visitor.fill_in("administrator")

    add_a_camera(page, rtsp_camera.port)
    say_what_the_law_asks(page)
    draw_a_zone(page)
    page.get_by_role("button", name="Save and switch on").click()
    expect(page.get_by_text(re.compile("^Live since"))).to_be_visible(timeout=CEILING_MS)
    shots.keep(page, "walk-1-camera")

    make_a_rule(page)
    shots.keep(page, "walk-2-rule")
    deal_with_its_alert(page)
    shots.keep(page, "walk-3-alert")


def rail(page: Page, name: str) -> Locator:
    """Where one can go from every screen."""
    return page.get_by_role("navigation", name="Main").get_by_role("link", name=name)


def add_a_camera(page: Page, port: int) -> None:
    """Its address, name and password are on the camera's label."""
    rail(page, "Cameras").click()
    page.get_by_role("link", name="Add a camera").first.click()
    page.get_by_label("Address", exact=True).fill(f"rtsp://127.0.0.1:{port}/live")
    page.get_by_label("User name (optional)").fill(CAMERA_USER)
    page.get_by_label("Password (optional)").fill(CAMERA_PASSWORD)
    page.get_by_role("button", name="Test the picture").click()
    expect(page.get_by_role("img", name="Blurred picture of the camera")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name", exact=True).fill("Back door")
    page.get_by_role("button", name="Save and go on").click()


def say_what_the_law_asks(page: Page) -> None:
    """Questions that are answered by who knows the place."""
    for question, answer in (("a street", "No"), ("walk in", "No"), ("work there", "Yes")):
        asked = page.get_by_role("group", name=re.compile(question))
        asked.get_by_role("radio", name=answer).click(timeout=CEILING_MS)
    page.get_by_role("button", name="Safety of people and goods").click()
    page.get_by_role("button", name=re.compile("Legitimate interest")).click()
    page.get_by_role("switch", name=re.compile("notice")).click()
    expect(page.get_by_text("The camera may be watched.")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Save and go on").click()


def draw_a_zone(page: Page) -> None:
    """Pulled open with the mouse on the picture."""
    expect(page.get_by_role("img", name=re.compile("^Blurred picture of"))).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Add a zone").click()
    picture = page.locator("[data-drawing] svg[role=group]")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.05 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.95 * box["width"], box["y"] + 0.95 * box["height"], steps=5)
    page.mouse.up()
    page.get_by_label("Name").fill("Yard")
    page.get_by_role("button", name="Save the zone").click()
    expect(page.get_by_role("button", name=re.compile("Yard"))).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Go on").click()


def make_a_rule(page: Page) -> None:
    """The link beside the camera leads there; the sentence is the form."""
    page.get_by_role("link", name="Make a rule").click()
    page.get_by_role("radio", name="Seen in a zone").check(timeout=CEILING_MS)
    sentence = page.get_by_role("group", name=re.compile("^The rule: When "))
    zone = sentence.get_by_role("button", name=re.compile("anywhere|Yard"))
    if "Yard" not in (zone.text_content() or ""):
        zone.click()
        page.get_by_role("radio", name="Yard").check()
        page.keyboard.press("Escape")
    page.get_by_label("Name", exact=True).fill("Somebody in the yard")
    page.get_by_label("What it is for").fill("Safety of people and goods")
    page.get_by_role("button", name="Save and run silently").click()
    expect(page.get_by_role("region", name="Silent run")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="On", exact=True).click()
    expect(page.get_by_text("from now on each situation raises an alert")).to_be_visible(timeout=CEILING_MS)


def deal_with_its_alert(page: Page) -> None:
    """It comes by itself; it is taken, looked at and closed with a word."""
    rail(page, "Alerts").click()
    mine = page.locator("article[data-alert]").filter(has_text="Yard, Back door")
    expect(mine.first).to_be_visible(timeout=CEILING_MS)
    mine.first.get_by_role("link").first.click()
    page.get_by_role("button", name=re.compile("^Take")).first.click(timeout=CEILING_MS)
    expect(page.get_by_role("button", name=re.compile("^Take"))).to_have_count(0, timeout=CEILING_MS)
    expect(page.get_by_role("img", name=re.compile("Snapshot|Blurred", re.IGNORECASE)).first).to_be_visible(
        timeout=CEILING_MS
    )
    page.get_by_role("button", name=re.compile("^Resolve")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("The gardener, as announced.")
    dialog.get_by_role("button", name=re.compile("Resolve")).click()
    expect(page.get_by_text(re.compile("The gardener, as announced."))).to_be_visible(timeout=CEILING_MS)
