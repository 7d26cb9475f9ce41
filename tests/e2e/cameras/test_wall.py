"""The wall as it is used, on the demo's live footage: arranged, kept, shared, moved by alerts; honest when pictures fail."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, WebSocketRoute, expect

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, an_alert, in_both_themes, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e


def tile(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


def live(page: Page, name: str) -> None:
    expect(tile(page, name).locator("[data-phase='live']")).to_be_visible(timeout=CEILING_MS)


def order(page: Page) -> list[str]:
    names: list[str] = page.locator("article[data-camera]").evaluate_all("all => all.map(one => one.ariaLabel)")
    return names


def drawn(page: Page, name: str) -> int:
    return int(tile(page, name).locator("canvas[data-boxes]").get_attribute("data-boxes", timeout=CEILING_MS) or 0)


def send(visitor: Visitor, method: str, path: str, body: Any = None) -> Any:
    """Change something as this visitor's program would."""
    token = visitor.api("session/")["csrf_token"]
    answer = visitor.context.request.fetch(
        f"{visitor.vigie.address}/api/{path}",
        method=method,
        data=None if body is None else json.dumps(body),
        headers={"X-CSRFToken": token, "Referer": visitor.vigie.address, "Content-Type": "application/json"},
    )
    assert answer.ok, answer.text()
    return answer.json() if answer.status != 204 else None


def take_all(visitor: Visitor) -> None:
    for alert in visitor.api("alerts/?state=open")["results"]:
        visitor.context.request.fetch(
            f"{visitor.vigie.address}/api/alerts/{alert['id']}/acknowledge/",
            method="POST",
            data=json.dumps({"version": alert["version"]}),
            headers={
                "X-CSRFToken": visitor.api("session/")["csrf_token"],
                "Referer": visitor.vigie.address,
                "Content-Type": "application/json",
            },
        )  # a refusal is a new version: the next round takes it


def test_tiles_are_walked_and_what_is_drawn_is_switched_by_keyboard(agent: Visitor) -> None:
    page = agent.page
    agent.go("/?grid=4")
    for name in ("Forecourt", "Main gate", "Plain picture", "Reception"):
        live(page, name)
    until(lambda: drawn(page, "Forecourt") > 0, "boxes are drawn over the people of the street")
    shots.in_each_theme(page, "wall-4")

    page.keyboard.press("t")
    expect(page).to_have_url(re.compile("tracks=off"))
    expect(page.locator("canvas[data-boxes]")).to_have_count(0)
    page.keyboard.press("z")
    expect(page).to_have_url(re.compile("zones=off"))
    expect(tile(page, "Forecourt").locator("polygon")).to_have_count(0)
    page.keyboard.press("n")
    expect(tile(page, "Forecourt").get_by_text(re.compile("[0-9] (person|people)"))).to_be_visible(timeout=CEILING_MS)
    page.keyboard.press("d")
    expect(
        tile(page, "Forecourt").get_by_text(re.compile(r"[0-9.]+ s late, [0-9.]+/s, [0-9]+ left out"))
    ).to_be_visible()

    page.keyboard.press("1")
    focused = page.locator("article:focus-within")
    expect(focused).to_have_attribute("aria-label", "Forecourt")
    expect(page.get_by_role("button", name="Forecourt, tile 1 of 4")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowDown")
    expect(focused).to_have_attribute("aria-label", "Plain picture")
    page.keyboard.press("ArrowRight")
    expect(focused).to_have_attribute("aria-label", "Reception")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("large=on"))
    large, small = tile(page, "Reception").bounding_box(), tile(page, "Forecourt").bounding_box()
    assert large is not None
    assert small is not None
    assert large["width"] > 2 * small["width"]
    live(page, "Forecourt")
    shots.keep(page, "wall-large")
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("large=on"))
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("tile="))

    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Full screen")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.fullscreenElement !== null")
    assert page.evaluate("document.querySelector('.app > header').inert")
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Full screen")).to_have_attribute("aria-pressed", "false")
    assert agent.complaints == []


def test_tiles_are_exchanged_by_mouse_and_by_keyboard_and_stay_so(agent: Visitor) -> None:
    page = agent.page
    agent.go("/?grid=4")
    live(page, "Forecourt")
    assert order(page) == ["Forecourt", "Main gate", "Plain picture", "Reception"]
    tile(page, "Forecourt").locator(".hit").drag_to(tile(page, "Reception").locator(".hit"))
    assert order(page) == ["Reception", "Main gate", "Plain picture", "Forecourt"]
    expect(page.get_by_role("status").filter(has_text="Forecourt stays at place 4.")).to_be_attached()
    expect(page).not_to_have_url(re.compile("tile="))  # a drag selects nothing
    page.reload()
    live(page, "Forecourt")
    assert order(page) == ["Reception", "Main gate", "Plain picture", "Forecourt"]

    page.get_by_role("button", name="Move Forecourt").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="Let go of Forecourt")).to_be_focused()
    assert order(page) == ["Reception", "Forecourt", "Plain picture", "Main gate"]
    page.keyboard.press("Escape")
    assert order(page) == ["Reception", "Main gate", "Plain picture", "Forecourt"]
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert order(page) == ["Reception", "Main gate", "Forecourt", "Plain picture"]
    # Without dragging, and without a keyboard: pick one up, click another.
    page.get_by_role("button", name="Move Reception").click()
    tile(page, "Forecourt").locator(".hit").click()
    assert order(page) == ["Forecourt", "Main gate", "Reception", "Plain picture"]
    live(page, "Reception")


def test_a_wall_is_kept_shared_and_changed_by_two_people(browser: Browser, vigie: Vigie, agent: Visitor) -> None:
    supervisor = open_visitor(browser, vigie)
    supervisor.sign_in("supervisor")
    page = supervisor.page
    agent.go("/")
    supervisor.go("/?grid=1%2B5")
    page.get_by_role("button", name="Choose another wall").click()
    page.get_by_role("menuitem", name="Keep as a new wall").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep the wall").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()  # it has no name yet
    dialog.get_by_label("Name").fill("Entrances")
    dialog.get_by_label("Reception").uncheck()
    dialog.get_by_label("Shared with colleagues").click()
    shots.keep(page, "wall-dialog")
    dialog.get_by_role("button", name="Keep the wall").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entrances")
    assert order(page) == ["Forecourt", "Main gate", "Plain picture"]

    # A colleague sees it without a reload, and may not change it.
    agent.page.get_by_role("button", name="Choose another wall").click()
    agent.page.get_by_role("menuitem", name=re.compile("Entrances.*shared by")).click(timeout=CEILING_MS)
    expect(agent.page.get_by_role("heading", level=1)).to_have_text("Entrances")
    agent.page.get_by_role("button", name="Choose another wall").click()
    expect(agent.page.get_by_role("menuitem", name="Delete this wall")).to_have_count(0)
    agent.page.keyboard.press("Escape")

    # An order of one's own is not kept with the wall until that is asked for.
    tile(page, "Forecourt").locator(".hit").drag_to(tile(page, "Plain picture").locator(".hit"))
    expect(page.get_by_text("Order changed, not kept")).to_be_visible()
    page.get_by_role("button", name="Choose another wall").click()
    page.get_by_role("menuitem", name="Keep the new order").click()
    expect(page.get_by_text("Order changed, not kept")).to_have_count(0)
    until(lambda: order(agent.page) == ["Plain picture", "Main gate", "Forecourt"], "the colleague's wall follows")

    # Somebody is first: who comes second is told, and nothing is lost.
    page.get_by_role("button", name="Choose another wall").click()
    page.get_by_role("menuitem", name="Name, cameras and sharing").click()
    (kept,) = [wall for wall in supervisor.api("walls/") if wall["name"] == "Entrances"]
    send(supervisor, "PATCH", f"walls/{kept['id']}/", {"version": kept["version"], "layout": "4"})
    dialog.get_by_label("Name").fill("Grounds")
    dialog.get_by_role("button", name="Keep the wall").click()
    expect(dialog.get_by_role("alert")).to_contain_text("A colleague has changed this wall")
    dialog.get_by_role("button", name="Cancel").click()

    page.get_by_role("button", name="Choose another wall").click()
    page.get_by_role("menuitem", name="Delete this wall").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete the wall").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All cameras")
    expect(agent.page.get_by_text("This wall is not there")).to_be_visible(timeout=CEILING_MS)
    assert [text for text in supervisor.complaints if "40" not in text] == []
    supervisor.context.close()


def test_an_alert_brings_its_camera_forward_but_not_in_place_of_the_one_in_use(agent: Visitor) -> None:
    page = agent.page
    an_alert(agent, state="open")
    plain = next(one["id"] for one in agent.api("cameras/")["results"] if one["name"] == "Plain picture")
    agent.go(f"/?grid=1&page=3&tile={plain}")
    live(page, "Plain picture")
    expect(page.locator("article[data-alert]").first).to_be_visible(timeout=CEILING_MS)  # the alerts are here
    assert order(page) == ["Plain picture"]

    page.keyboard.press("Escape")  # no longer in use
    forward = page.get_by_text("In place of Plain picture, for an alert")
    expect(forward).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_role("status").filter(has_text="comes forward in place of Plain picture")).to_be_attached()
    shots.keep(page, "wall-forward")
    guest = order(page)[0]
    tile(page, guest).get_by_role("button", name="Take").click()
    expect(tile(page, guest)).to_have_class(re.compile("selected"))  # who takes it keeps it before their eyes
    page.keyboard.press("Escape")

    def back() -> bool:
        take_all(agent)
        return order(page) == ["Plain picture"]

    until(back, "the camera is back in its place when no alert is left")
    expect(forward).to_have_count(0)


def test_a_camera_that_is_down_says_since_when_why_and_when_it_is_tried_again(browser: Browser, vigie: Vigie) -> None:
    one = open_visitor(browser, vigie)
    one.sign_in("administrator")
    site = one.api("sites/")["results"][0]["id"]
    facts = {
        "source": "file", "place": "private", "purpose": "Safety", "legal_basis": "Interest", "notice_displayed": True,
    }  # fmt: skip
    broken = send(one, "POST", "cameras/", {**facts, "site": site, "name": "Workshop door", "address": "gone.mp4"})
    try:
        one.go("/?grid=9")
        down = tile(one.page, "Workshop door")
        expect(down.get_by_text(re.compile(r"Down since \d\d:\d\d:\d\d"))).to_be_visible(timeout=CEILING_MS)
        expect(down.get_by_text("There is no such file")).to_be_visible()
        expect(down.get_by_text(re.compile(r"Next try in \d+ seconds?\.|Trying now\."))).to_be_visible(
            timeout=CEILING_MS
        )
        expect(down.locator(".screen")).to_be_hidden()
        plain = next(camera for camera in one.api("cameras/")["results"] if camera["name"] == "Plain picture")
        area = send(
            one, "POST", f"cameras/{plain['id']}/zones/",
            {"name": "Windows", "private": True, "polygon": [[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]]},
        )  # fmt: skip
        expect(tile(one.page, "Plain picture").get_by_text("Windows, private")).to_be_visible(timeout=CEILING_MS)
        until(lambda: darkest(one.page, "Plain picture") < 12, "the private area is black in the picture")
        shots.in_each_theme(one.page, "wall-down")
        wrong = {theme: found for theme, found in in_both_themes(one.page) if found}
        assert wrong == {}
        send(one, "DELETE", f"cameras/{plain['id']}/zones/{area['id']}/")
    finally:
        send(one, "DELETE", f"cameras/{broken['id']}/")
    expect(tile(one.page, "Workshop door")).to_have_count(0, timeout=CEILING_MS)
    one.context.close()


def darkest(page: Page, name: str) -> float:
    """How bright the upper left quarter of a picture is, 0 to 255."""
    return float(
        tile(page, name)
        .locator("canvas")
        .first.evaluate(
            """canvas => {
                const data = canvas.getContext('2d').getImageData(0, 0, canvas.width / 2 - 8, canvas.height / 2 - 8).data
                let sum = 0
                for (let at = 0; at < data.length; at += 4) sum += data[at] + data[at + 1] + data[at + 2]
                return sum / (data.length / 4 * 3)
            }"""
        )
    )


def test_only_tiles_in_sight_are_sent_and_jpeg_serves_where_webcodecs_is_missing(
    browser: Browser, vigie: Vigie
) -> None:
    one = open_visitor(browser, vigie)
    one.context.add_init_script("delete window.VideoDecoder")
    feeds: list[WebSocket] = []
    asked: list[dict[str, str]] = []

    def listen(socket: WebSocket) -> None:
        if "/live/" in socket.url:
            feeds.append(socket)
            socket.on("framesent", lambda text: asked.append(json.loads(text)))

    one.page.on("websocket", listen)
    one.sign_in("agent")
    # A camera in use, whose view raises no alert: nothing but the page's change brings or takes it.
    plain = next(camera["id"] for camera in one.api("cameras/")["results"] if camera["name"] == "Plain picture")
    one.go(f"/?grid=1&page=3&tile={plain}")
    live(one.page, "Plain picture")
    wishes = [wish for wish in asked if "watch" in wish]
    assert {wish["format"] for wish in wishes} == {"jpeg"}
    assert wishes[-1]["watch"] == plain
    with feeds[-1].expect_event("framesent", lambda text: json.loads(text) == {"unwatch": plain}, timeout=CEILING_MS):
        one.page.get_by_role("button", name="Previous cameras").click()
    one.context.close()


TURN_TO = """async hidden => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    document.dispatchEvent(new Event('visibilitychange'))
    for (let turn = 0; turn < 10; turn += 1) await null  // the page draws itself anew; nothing can have come by the network
    return document.querySelector('.pic').dataset.phase
}"""
"""The tab is left or come back to, as the browser tells it; what the first tile says at once."""


def test_an_old_picture_is_never_shown_as_live_when_the_tab_is_come_back_to(agent: Visitor) -> None:
    page = agent.page
    # In use, so that no alert takes its place meanwhile.
    plain = next(one["id"] for one in agent.api("cameras/")["results"] if one["name"] == "Plain picture")
    agent.go(f"/?grid=1&page=3&tile={plain}")
    live(page, "Plain picture")
    page.evaluate(TURN_TO, True)
    shown_ms = 2_500  # after which a picture counts as old: `STALE_AFTER` in `live/tile-state.ts`
    page.wait_for_function(
        "([from, old]) => performance.now() - from > old", arg=[page.evaluate("performance.now()"), shown_ms]
    )
    assert page.evaluate(TURN_TO, False) == "stale"
    live(page, "Plain picture")


def test_a_slow_connection_is_said_on_the_tile_and_in_the_bar(browser: Browser, vigie: Vigie) -> None:
    one = open_visitor(browser, vigie)

    def lose_most(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        count = 0

        def pass_on(message: str | bytes) -> None:
            nonlocal count
            count += isinstance(message, bytes)
            if isinstance(message, str) or count % 4 == 0:
                route.send(message)

        server.on_message(pass_on)

    one.page.route_web_socket(re.compile("/ws/live/"), lose_most)
    one.context.add_init_script("delete window.VideoDecoder")  # each JPEG can be shown by itself
    one.sign_in("agent")
    one.go("/?grid=1")
    expect(one.page.get_by_text(re.compile(r"^Slow: [0-9.]+ pictures/s"))).to_be_visible(timeout=CEILING_MS)
    expect(one.page.locator("header [role=status]").first).to_contain_text("Slow")
    shots.keep(one.page, "wall-slow")
    one.context.close()


@pytest.mark.parametrize("width", [375, 1280, 1920])
def test_it_looks_right_in_french_at_every_width(browser: Browser, vigie: Vigie, width: int) -> None:
    one = open_visitor(browser, vigie, width)
    one.sign_in("supervisor", "fr")
    one.go("/?grid=1%2B5&counts=on&figures=on")
    live(one.page, "Forecourt")
    until(lambda: drawn(one.page, "Forecourt") > 0, "boxes are drawn")
    shots.in_each_theme(one.page, f"wall-fr-{width}")
    assert one.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if width == 1920:
        one.go("/?grid=4&display=wall")
        live(one.page, "Forecourt")
        expect(one.page.get_by_role("button", name="Plein écran")).to_be_hidden()
        shots.keep(one.page, "wall-display")
    one.context.close()
