"""Cameras in the studio, as an administrator uses it: added step by step, drawn on in three ways, copied, imported."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e import shots
from tests.e2e.cameras.conftest import CAMERA_PASSWORD, CAMERA_USER
from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, findings, open_visitor
from tests.peers.process import Peer
from tests.system import until

pytestmark = pytest.mark.e2e


@pytest.fixture
def administrator(visitor: Visitor) -> Visitor:
    visitor.sign_in("administrator")
    until(lambda: bool(visitor.api("watchers/")["watchers"]), "a watcher lives", ceiling_s=60)
    return visitor


@pytest.fixture
def with_fingers(browser: Browser, vigie: Vigie) -> Iterator[Visitor]:
    """An administrator with a phone."""
    one = open_visitor(browser, vigie, 375, touch=True)
    one.sign_in("administrator")
    yield one
    one.context.close()


def canvas(page: Page) -> Locator:
    """The picture that is drawn on, once it is there."""
    expect(page.get_by_role("img", name=re.compile("^Blurred picture of"))).to_be_visible(timeout=CEILING_MS)
    surface = page.locator("[data-drawing] svg[role=group]")
    surface.scroll_into_view_if_needed()
    return surface


def at(surface: Locator, x: float, y: float) -> tuple[float, float]:
    """Where a point of the picture, 0 to 1, lies on the page."""
    box = surface.bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def try_picture(page: Page, answer: Locator) -> None:
    """Test what is entered until it answers; while all watchers are busy the page says to try again, and so does this."""
    for _ in range(4):
        page.get_by_role("button", name="Test the picture").click()
        busy = page.get_by_text("No watcher answered in time")
        expect(answer.or_(busy)).to_be_visible(timeout=CEILING_MS)
        if answer.is_visible():
            return
    expect(answer).to_be_visible()


def pull(page: Page, surface: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move and let go with the mouse."""
    page.mouse.move(*at(surface, *start))
    page.mouse.down()
    page.mouse.move(*at(surface, *end), steps=6)
    page.mouse.up()


def darkness(visitor: Visitor, camera: str, box: tuple[float, float, float, float]) -> float:
    """How bright the camera's picture is in a part of it: mean grey level of what the API sends."""
    jpeg = visitor.context.request.get(f"{visitor.vigie.address}/api/cameras/{camera}/picture/")
    assert jpeg.status == 200, jpeg.text()
    with av.open(io.BytesIO(jpeg.body()), mode="r", format="mjpeg") as container:
        grey = np.asarray(next(iter(container.decode(video=0))).to_ndarray(format="gray"))
    height, width = grey.shape
    left, top, right, bottom = box
    return float(grey[int(top * height) : int(bottom * height), int(left * width) : int(right * width)].mean())


def test_a_camera_is_added_step_by_step_and_watched(administrator: Visitor, rtsp_camera: Peer) -> None:
    visitor, page = administrator, administrator.page
    visitor.go("/studio/cameras")
    page.get_by_role("link", name="Add a camera").click()

    # 1. Address and test. Credentials in the address move to their fields.
    secret = CAMERA_PASSWORD.replace(" ", "%20").replace("'", "%27")
    page.get_by_label("Address", exact=True).fill(f"rtsp://{CAMERA_USER}:wrong@127.0.0.1:{rtsp_camera.port}/live")
    try_picture(page, page.get_by_text("user name or password"))
    expect(page.get_by_label("User name (optional)")).to_have_value(CAMERA_USER)
    page.get_by_label("Address", exact=True).fill(f"rtsp://{CAMERA_USER}:{secret}@127.0.0.1:{rtsp_camera.port}/live")
    try_picture(page, page.get_by_role("img", name="Blurred picture of the camera"))
    expect(page.get_by_label("Address", exact=True)).to_have_value(f"rtsp://127.0.0.1:{rtsp_camera.port}/live")
    shots.keep(page, "studio-camera-1-address")
    page.get_by_role("button", name="Go on").click()

    # 2. Name. What was entered survives a reload, but for the password.
    page.get_by_label("Name", exact=True).fill("North gate")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text(re.compile("What you had entered"))).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_label("Name", exact=True)).to_have_value("North gate")
    assert secret not in page.evaluate("JSON.stringify(localStorage)")
    assert CAMERA_PASSWORD not in page.evaluate("JSON.stringify(localStorage)")
    page.get_by_role("button", name="Address and test").click()
    page.get_by_label("Password", exact=False).fill(CAMERA_PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Save and go on").click()
    expect(page).to_have_url(re.compile(r"/studio/cameras/[0-9a-f-]{36}\?step=law$"), timeout=CEILING_MS)
    camera = page.url.split("/")[-1].split("?")[0]
    assert visitor.api(f"cameras/{camera}/")["enabled"] is False

    # 3. The law, in plain words.
    allows = page.get_by_role("complementary", name="What may be switched on")
    road, public, work = (
        page.get_by_role("group", name=re.compile(question)) for question in ("a street", "walk in", "work there")
    )
    road.get_by_role("radio", name="No").click()
    public.get_by_role("radio", name="Yes").click()
    expect(page.get_by_role("radio", name=re.compile("A place open to the public"))).to_be_checked()
    expect(allows).to_contain_text("number of the authorisation", timeout=CEILING_MS)
    expect(allows).to_contain_text("Rules that stay off")
    shots.keep(page, "studio-camera-3-law-public")
    public.get_by_role("radio", name="No").click()
    work.get_by_role("radio", name="Yes").click()
    page.get_by_role("button", name="Safety of people and goods").click()
    page.get_by_role("button", name=re.compile("Legitimate interest")).click()
    page.get_by_role("switch", name=re.compile("notice")).click()
    expect(allows).to_contain_text("The camera may be watched.", timeout=CEILING_MS)
    expect(allows).to_contain_text("Rules that may be on")
    shots.keep(page, "studio-camera-3-law")
    assert findings(page) == []
    page.get_by_role("button", name="Save and go on").click()

    # 4. A zone pulled open with the mouse, one put down corner by corner, a line, and a private area that is black.
    surface = canvas(page)
    drawing = page.locator("[data-drawing]")
    drawing.get_by_role("button", name="Add a zone").click()
    pull(page, surface, (0.2, 0.5), (0.8, 0.996))
    drawing.get_by_label("Name").fill("Forecourt")
    drawing.get_by_role("button", name="Save the zone").click()
    expect(drawing.get_by_role("button", name=re.compile("Forecourt"))).to_be_visible(timeout=CEILING_MS)
    drawing.get_by_role("button", name="Add a zone").click()
    for corner in ((0.1, 0.1), (0.4, 0.1), (0.25, 0.4), (0.1, 0.1)):
        page.mouse.click(*at(surface, *corner))
    expect(drawing.get_by_role("button", name=re.compile("^Corner 3 of 3"))).to_be_visible()
    shots.keep(page, "studio-camera-4-drawing")
    drawing.get_by_role("button", name="Cancel").click()
    drawing.get_by_role("button", name="Add a private area").click()
    pull(page, surface, (0.6, 0.1), (0.9, 0.4))
    drawing.get_by_role("button", name="Save the private area").click()
    expect(drawing.get_by_role("button", name=re.compile("Private area 1"))).to_be_visible(timeout=CEILING_MS)
    until(lambda: darkness(visitor, camera, (0.63, 0.13, 0.87, 0.37)) < 8, "the private area is black in the picture")
    assert darkness(visitor, camera, (0.1, 0.6, 0.5, 0.9)) > 30
    saved = visitor.api(f"cameras/{camera}/")
    (zone,) = [one for one in saved["zones"] if not one["private"]]
    assert zone["polygon"][2][1] == 1, "a corner near the edge lies on it"
    shots.keep(page, "studio-camera-4-drawn")
    assert findings(page) == []
    page.get_by_role("button", name="Go on").click()

    # 5. Cost, review, on.
    expect(page.get_by_role("status").filter(has_text="processor core")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_role("heading", name="Once more before it is switched on")).to_be_visible()
    shots.keep(page, "studio-camera-5-watch")
    assert findings(page) == []
    page.get_by_role("button", name="Save and switch on").click()
    expect(page.get_by_text(re.compile("^Live since"))).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_role("link", name="Make a rule")).to_be_visible()
    shots.keep(page, "studio-camera-5-live")


def test_a_zone_is_drawn_by_keyboard_and_a_crossed_one_refused(administrator: Visitor) -> None:
    visitor, page = administrator, administrator.page
    (camera,) = [one for one in visitor.api("cameras/")["results"] if one["name"] == "Forecourt"]
    visitor.go(f"/studio/cameras/{camera['id']}?step=draw")
    canvas(page)
    drawing = page.locator("[data-drawing]")
    add = drawing.get_by_role("button", name="Add a zone")
    add.focus()
    page.keyboard.press("Enter")
    cross = drawing.get_by_role("button", name=re.compile("^Cross, 50 %"))
    expect(cross).to_be_focused()
    moves = {"r": "Shift+ArrowRight", "l": "Shift+ArrowLeft", "u": "Shift+ArrowUp", "d": "Shift+ArrowDown"}
    for keys in ("", "rrrr", "dddd", "llll"):  # a square, corner by corner
        for key in keys:
            page.keyboard.press(moves[key])
        page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")  # on the first corner: closed
    corner = drawing.get_by_role("button", name=re.compile("^Corner 1 of 4, 50 %"))
    corner.focus()
    for _ in range(8):
        page.keyboard.press("Shift+ArrowRight")  # past the other side: the outline crosses itself
    page.keyboard.press("ArrowDown")
    expect(drawing.get_by_role("alert")).to_contain_text("crosses")
    expect(drawing.get_by_role("button", name="Save the zone")).to_be_disabled()
    shots.keep(page, "studio-camera-crossed")
    for _ in range(9):
        page.keyboard.press("Control+z")
    expect(drawing.get_by_role("alert")).to_have_count(0)
    page.keyboard.press("Insert")
    expect(drawing.get_by_role("button", name=re.compile("^Corner 2 of 5, 60 %"))).to_be_focused()
    page.keyboard.press("Delete")
    expect(drawing.get_by_role("button", name=re.compile("^Corner 2 of 4"))).to_be_focused()
    drawing.get_by_label("Name").fill("Drawn by keyboard")
    page.keyboard.press("Enter")
    mine = drawing.get_by_role("button", name=re.compile("Drawn by keyboard"))
    expect(mine).to_be_visible(timeout=CEILING_MS)

    mine.click()
    drawing.get_by_role("button", name="Remove…").click()
    page.get_by_role("button", name="Remove it").click()
    expect(mine).to_have_count(0, timeout=CEILING_MS)

    # One that rules use stays; the dialog leads to them.
    drawing.get_by_role("button", name=re.compile("^Walkway")).click()
    drawing.get_by_role("button", name="Remove…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Somebody lingers")).to_be_visible(timeout=CEILING_MS)
    assert findings(page) == []


def test_a_zone_is_drawn_with_a_finger_on_a_phone(with_fingers: Visitor) -> None:
    visitor, page = with_fingers, with_fingers.page
    (camera,) = [one for one in visitor.api("cameras/")["results"] if one["name"] == "Plain picture"]
    visitor.go(f"/studio/cameras/{camera['id']}?step=draw")
    surface = canvas(page)
    drawing = page.locator("[data-drawing]")
    drawing.get_by_role("button", name="Add a zone").tap()
    surface.scroll_into_view_if_needed()
    for point in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2)):
        page.touchscreen.tap(*at(surface, *point))
    expect(drawing.get_by_role("button", name=re.compile("^Corner 4 of 4"))).to_be_visible()
    shots.keep(page, "studio-camera-touch")
    drawing.get_by_label("Name").fill("Drawn by finger")
    drawing.get_by_role("button", name="Save the zone").tap()
    expect(drawing.get_by_role("button", name=re.compile("Drawn by finger"))).to_be_visible(timeout=CEILING_MS)
    (zone,) = [one for one in visitor.api(f"cameras/{camera['id']}/")["zones"] if one["name"] == "Drawn by finger"]
    assert np.allclose(zone["polygon"], [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]], atol=0.02)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert findings(page) == []


def test_the_list_is_narrowed_switched_and_settings_are_copied(administrator: Visitor) -> None:
    visitor, page = administrator, administrator.page
    visitor.go("/studio/cameras")
    expect(page.get_by_text(re.compile("room for"))).to_be_visible(timeout=CEILING_MS)
    shots.keep(page, "studio-cameras")
    page.get_by_role("searchbox").fill("plain")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Plain picture"))
    expect(row).to_be_visible()
    expect(page.get_by_role("link", name="Main gate")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?q=plain$"))
    page.get_by_role("checkbox", name="Choose Plain picture").check()
    page.get_by_role("button", name="Switch off").click()
    expect(row).to_contain_text("switched off", timeout=CEILING_MS)
    assert findings(page) == []
    page.get_by_role("checkbox", name="Choose Plain picture").check()
    page.get_by_role("button", name="Switch on").click()
    expect(row).to_contain_text("Live since", timeout=CEILING_MS)

    row.get_by_role("link", name="Plain picture").click()
    page.get_by_label("Days that snapshots and clips are kept").fill("9")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Plain picture is saved.")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Copy settings to others…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name=re.compile("^Reception")).check()
    dialog.get_by_role("button", name="See what changes").click()
    expect(dialog).to_contain_text("Days that snapshots and clips are kept: 30 → 9", timeout=CEILING_MS)
    shots.keep(page, "studio-camera-copy")
    assert findings(page) == []
    dialog.get_by_role("button", name="Copy to 1 camera").click()
    dialog.get_by_role("button", name="Close").click()
    (reception,) = [one for one in visitor.api("cameras/")["results"] if one["name"] == "Reception"]
    assert reception["retention_days"] == 9


def test_cameras_are_imported_from_a_french_table(administrator: Visitor) -> None:
    visitor, page = administrator, administrator.page
    visitor.go("/studio/cameras/import")
    rows = "Nom;Site;Adresse;Mot de passe\r\nQuai Évêché;Courtyard;bikes.mp4;\r\nRue;Nulle part;vtest.avi;\r\n=1+1;Courtyard;vtest.avi;\r\nParking;Courtyard;rtsp://me:hunter2-secret@127.0.0.1:9/x;\r\n"
    page.get_by_label("CSV file").set_input_files(
        {"name": "caméras.csv", "mimeType": "text/csv", "buffer": rows.encode("cp1252")}
    )
    table = page.get_by_role("region", name="Rows of the table")
    expect(table).to_contain_text("Quai Évêché", timeout=CEILING_MS)
    expect(table).to_contain_text("There is no site named “Nulle part”")
    expect(table).to_contain_text("formula")
    expect(page.locator("body")).not_to_contain_text("hunter2")
    page.get_by_role("checkbox", name=re.compile("Add sites that do not exist")).check()
    expect(table).to_contain_text("Nulle part (new site)", timeout=CEILING_MS)
    page.get_by_role("checkbox", name="Add line 2, Quai Évêché").check()
    page.get_by_role("checkbox", name="Add line 3, Rue").uncheck()
    shots.keep(page, "studio-cameras-import")
    assert findings(page) == []
    page.get_by_role("button", name="Add 2 cameras").click()
    expect(table.get_by_text("Added", exact=True)).to_have_count(2, timeout=CEILING_MS)
    page.get_by_role("button", name="Test them").click()
    tests = page.get_by_role("region", name="Test what was added")
    expect(tests).to_contain_text("2 of 2 tested, 1 work", timeout=CEILING_MS)
    shots.keep(page, "studio-cameras-import-tested")
    names = {one["name"] for one in visitor.api("cameras/")["results"]}
    assert {"Quai Évêché", "Parking"} <= names
    assert "Rue" not in names


def test_two_people_who_change_one_camera_are_told(browser: Browser, vigie: Vigie) -> None:
    first, second = open_visitor(browser, vigie), open_visitor(browser, vigie)
    for one in (first, second):
        one.sign_in("administrator")
    (camera,) = [one for one in first.api("cameras/")["results"] if one["name"] == "Main gate"]
    for one in (first, second):
        one.go(f"/studio/cameras/{camera['id']}")
    second.page.get_by_label("Days that snapshots and clips are kept").fill("20")
    first.page.get_by_label("Seconds of clip after it").fill("8")
    first.page.get_by_role("button", name="Save", exact=True).click()
    told = second.page.get_by_role("alert").filter(has_text="A colleague has changed this camera")
    expect(told).to_be_visible(timeout=CEILING_MS)
    told.get_by_role("button").click()
    expect(second.page.get_by_label("Seconds of clip after it")).to_have_value("8", timeout=CEILING_MS)
    second.page.get_by_role("button", name="Save", exact=True).click()
    expect(second.page.get_by_text("Main gate is saved.")).to_be_visible(timeout=CEILING_MS)
    kept = first.api(f"cameras/{camera['id']}/")
    assert (kept["retention_days"], kept["clip_after_s"]) == (20, 8)
    for one in (first, second):
        one.context.close()
