"""The map and the floor plans, used as an agent and an administrator use them, on the demo's live footage."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, an_alert, expect_told, findings, in_both_themes, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e


def site_of(visitor: Visitor, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(site for site in visitor.api("sites/")["results"] if site["name"] == name)
    return found


def plan_of(visitor: Visitor, site: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = visitor.api(f"floor-plans/?site={site['id']}")["results"][0]
    return found


def send(visitor: Visitor, method: str, path: str, body: dict[str, Any]) -> int:
    """A colleague's change, by the same session but not through the page."""
    headers = {"X-CSRFToken": visitor.api("session/")["csrf_token"], "Referer": visitor.vigie.address}
    return visitor.context.request.fetch(
        f"{visitor.vigie.address}/api/{path}", method=method, data=body, headers=headers
    ).status


def drawing(width: int = 400, height: int = 300) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#dde").save(file, "PNG")
    return file.getvalue()


def test_from_the_map_to_a_place_to_its_cameras(browser: Browser, vigie: Vigie) -> None:
    visitor = open_visitor(browser, vigie)
    visitor.sign_in("agent")
    an_alert(visitor, state="open")
    page = visitor.page
    visitor.go("/map")
    courtyard = site_of(visitor, "Courtyard")
    row = page.locator(f"[data-site='{courtyard['id']}']")
    expect(row).to_contain_text("live of 2 cameras", timeout=CEILING_MS)
    expect(row.locator("svg.sev")).not_to_have_class(re.compile("is-unknown"))
    # The marker says in words what the list says, and choosing it stands in the address.
    marker = page.locator(".map").get_by_role("button", name=re.compile("^Courtyard"))
    expect(marker).to_be_visible()
    shots.keep(page, "map")
    marker.click()
    expect(page).to_have_url(re.compile(f"site={courtyard['id']}"))
    expect(marker).to_have_attribute("aria-pressed", "true")
    expect(row.get_by_role("link", name="Its cameras")).to_have_attribute("href", f"/?site={courtyard['id']}")

    # Far away the two sites are one marker; pressing it comes closer until they are two.
    for _ in range(12):
        page.get_by_role("button", name="Farther away").click()
    both = page.locator(".map").get_by_role("button", name=re.compile("2 sites"))
    expect(both).to_be_visible()
    both.click()
    expect(marker).to_be_visible()
    page.get_by_label("Search a site").fill("main")
    expect(row).to_have_count(0)
    page.get_by_label("Search a site").fill("")

    row.get_by_role("link", name="Floor plan").click()
    expect(page).to_have_url(re.compile(f"/map/sites/{courtyard['id']}$"))
    expect(page.get_by_role("img", name="Floor plan Grounds")).to_be_visible(timeout=CEILING_MS)
    forecourt = page.locator(".plan").get_by_role("button", name=re.compile("^Forecourt"))
    expect(forecourt).to_contain_text("Live", timeout=CEILING_MS)
    # The alert is where it is: in the area of its zone, or at its camera where no area shows it.
    expect(page.locator(".plan a[href^='/alerts/']").first).to_be_visible(timeout=CEILING_MS)
    forecourt.click()
    card = page.get_by_role("region", name="Forecourt")
    expect(card.locator("[data-phase]")).to_have_attribute("data-phase", "live", timeout=CEILING_MS)
    camera = next(one for one in visitor.api("cameras/")["results"] if one["name"] == "Forecourt")
    expect(card.get_by_role("link", name="On the wall")).to_have_attribute("href", f"/?cameras={camera['id']}")
    expect(page).to_have_url(re.compile(f"camera={camera['id']}"))
    page.emulate_media(reduced_motion="reduce")
    shots.in_each_theme(page, "floor-plan")
    for theme, found in in_both_themes(page):
        assert found == [], theme
    # One press leads from the place to exactly its cameras.
    page.get_by_role("link", name="All its cameras").click()
    expect(page.get_by_role("heading", name="2 chosen cameras")).to_be_visible(timeout=CEILING_MS)
    expect(page.locator("article[data-camera]")).to_have_count(2)
    visitor.go(f"/?site={courtyard['id']}")
    expect(page.get_by_role("heading", name="Cameras of Courtyard")).to_be_visible(timeout=CEILING_MS)
    expect(page.locator("article[data-camera]")).to_have_count(2)
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("article[data-camera]")).to_have_count(4)

    visitor.go("/map")
    for theme, found in in_both_themes(page):
        assert found == [], theme
    assert visitor.complaints == []
    visitor.context.close()


def test_a_site_is_put_on_the_map_and_gets_a_plan(browser: Browser, vigie: Vigie) -> None:
    visitor = open_visitor(browser, vigie)
    visitor.sign_in("administrator")
    page = visitor.page
    visitor.go("/studio/sites")
    page.get_by_role("link", name="Add a site").click()
    page.get_by_label("Name", exact=True).fill("Depot")
    page.get_by_label("Latitude, degrees").fill("forty-five")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Enter degrees as a number")).to_be_visible()
    page.get_by_label("Latitude, degrees").fill("45.18850, 5.72450")  # both in one field
    page.keyboard.press("Tab")
    expect(page.get_by_label("Longitude, degrees")).to_have_value("5.72450")
    pin = page.get_by_role("button", name=re.compile("^The site: latitude 45.1885"))
    pin.press("ArrowRight")
    expect(page.get_by_label("Longitude, degrees")).not_to_have_value("5.72450")
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Depot", timeout=CEILING_MS)  # not saved, not lost
    shots.keep(page, "site")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"/studio/sites/[0-9a-f-]{36}$"), timeout=CEILING_MS)
    saved = site_of(visitor, "Depot")
    assert abs(saved["latitude"] - 45.1885) < 0.001

    page.get_by_role("button", name="Add a floor plan").click()
    page.get_by_label("Name of the plan").fill("Hall")
    page.get_by_label("Picture").set_input_files(
        {"name": "hall.svg", "mimeType": "image/svg+xml", "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}
    )
    page.get_by_role("button", name="Add the plan").click()
    expect_told(page, "PNG, JPEG or WebP")
    page.get_by_label("Picture").set_input_files({"name": "hall.png", "mimeType": "image/png", "buffer": drawing()})
    expect(page.get_by_role("img", name="The picture you chose")).to_be_visible()
    page.get_by_role("button", name="Add the plan").click()
    expect(page).to_have_url(re.compile(r"/plans/[0-9a-f-]{36}$"), timeout=CEILING_MS)
    expect(page.get_by_role("heading", name="Hall, Depot")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Remove this plan…").click()
    page.get_by_role("button", name="Remove the plan").click()
    expect(page).to_have_url(re.compile(f"/studio/sites/{saved['id']}$"), timeout=CEILING_MS)
    assert visitor.api(f"floor-plans/?site={saved['id']}")["results"] == []
    assert findings(page) == []
    visitor.context.close()


def press(page: Page, key: str, times: int) -> None:
    for _ in range(times):
        page.keyboard.press(key)


def test_a_plan_is_edited_by_mouse_and_keys_undone_kept_and_refused(browser: Browser, vigie: Vigie) -> None:
    visitor = open_visitor(browser, vigie)
    visitor.sign_in("administrator")
    page = visitor.page
    site = site_of(visitor, "Main gate")
    plan = plan_of(visitor, site)
    camera = next(one for one in visitor.api("cameras/")["results"] if one["name"] == "Reception")

    def placed(of: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = next(one for one in of["cameras"] if one["camera"] == camera["id"])
        return found

    before = placed(plan)
    visitor.go(f"/studio/sites/{site['id']}/plans/{plan['id']}")
    marker = page.locator(f"[data-camera='{camera['id']}']")
    marker.focus()
    press(page, "ArrowLeft", 4)
    press(page, "Shift+ArrowRight", 2)
    expect(marker).to_have_accessible_name(re.compile(r"^Reception: 74 % .* looks to 315°"))
    page.get_by_role("button", name="Undo").click()  # the turn
    expect(marker).to_have_accessible_name(re.compile("looks to 305°"))
    box = marker.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 16, box["y"] + 16)
    page.mouse.down()
    page.mouse.move(box["x"] + 16, box["y"] + 76, steps=4)
    page.mouse.up()
    expect(marker).not_to_have_accessible_name(re.compile("46 % from the top"))

    page.get_by_role("button", name="Add an area").click()
    page.get_by_label("Name", exact=True).fill("Lobby")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()  # what is not saved is still there
    expect(page.get_by_text("This was left unsaved")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_role("button", name="Lobby")).to_be_visible()
    shots.keep(page, "plan-editor")
    assert findings(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="All saved")).to_be_visible(timeout=CEILING_MS)
    after = plan_of(visitor, site)
    assert (round(placed(after)["x"], 2), placed(after)["direction"]) == (round(before["x"] - 0.04, 2), 305)
    assert placed(after)["y"] > before["y"]
    assert "Lobby" in [area["name"] for area in after["areas"]]

    # A colleague is first: it is told at once, and nothing is written over.
    marker.focus()
    press(page, "ArrowUp", 1)
    assert send(visitor, "PATCH", f"floor-plans/{plan['id']}/", {"version": after["version"], "level": 3}) == 200
    expect(page.get_by_text("A colleague has changed this plan")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Save", exact=True).click()
    expect_told(page, "A colleague has changed this plan meanwhile")
    page.get_by_role("button", name="Show what is saved now").click()
    expect(page.get_by_label("Level")).to_have_value("3")
    until(lambda: plan_of(visitor, site)["level"] == 3, "the colleague's change stands")
    restored = {"version": after["version"] + 1, "level": 0, "cameras": plan["cameras"], "areas": plan["areas"]}
    assert send(visitor, "PATCH", f"floor-plans/{plan['id']}/", restored) == 200
    visitor.context.close()
