"""Who directs holds a button and speaks, here a beeping microphone: a responder's page says who it is and plays it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import shots
from tests.e2e.crisis.test_crisis import stand_down, start
from tests.e2e.installation import Backstage, Vigie
from tests.e2e.visitor import CEILING_MS, WIDTHS, Visitor, browsers_program, findings, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e


@pytest.fixture
def speaking_browser(browser: Browser) -> Iterator[Browser]:
    """Chromium with a microphone that beeps, and loudspeakers that play by themselves."""
    kind = browser.browser_type
    running = kind.launch(
        executable_path=browsers_program(),
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
        ],
    )
    yield running
    running.close()


def played(page: Page) -> float:
    """Seconds of live voice that a page has played."""
    text = page.locator("[data-talks]").get_attribute("data-played", timeout=CEILING_MS)
    return float(text or 0)


def test_what_an_agent_says_is_played_on_a_responders_page(
    backstage: Backstage, vigie: Vigie, speaking_browser: Browser
) -> None:
    backstage.make_plan("Gas in the hall", 3)
    agent = open_visitor(speaking_browser, vigie)
    responder = open_visitor(speaking_browser, vigie, 375, touch=True)
    responder.arrive("responder")
    phone = responder.page
    switch = phone.get_by_role("switch", name="Speak instructions by themselves")
    if switch.get_attribute("aria-checked") != "true":
        switch.tap()
    agent.sign_in("agent")
    activation = start(agent, "Gas in the hall", 5)
    desk = agent.page
    button = desk.get_by_role("button", name="Hold to speak")
    expect(button).to_be_visible(timeout=CEILING_MS)
    shots.keep(desk, "talk-1280")

    button.hover()
    desk.mouse.down()
    expect(desk.get_by_role("button", name="Everyone connected hears you")).to_be_visible(timeout=CEILING_MS)
    strip = phone.get_by_role("region", name="Live voice")
    expect(strip).to_contain_text("is speaking", timeout=CEILING_MS)
    until(lambda: played(phone) > 0.5, "the phone plays what is said")
    first = played(phone)
    until(lambda: played(phone) > first + 0.5, "and goes on playing")
    expect(strip).to_contain_text("You hear it live.")
    shots.keep(phone, "talk-375")
    assert findings(phone) == []
    shots.keep(desk, "talk-live-1280")
    desk.mouse.up()
    expect(desk.get_by_role("button", name="Hold to speak")).to_be_visible(timeout=CEILING_MS)
    expect(strip).to_have_count(0, timeout=CEILING_MS)
    assert played(desk) == 0, "nobody hears oneself"
    expect(desk.get_by_text(re.compile(r"spoke live for 0:\d\d"))).to_be_visible(timeout=CEILING_MS)
    _a_recording_is_made_on_the_spot_and_heard(agent, phone, activation)
    for width in WIDTHS:
        desk.set_viewport_size({"width": width, "height": WIDTHS[width]})
        shots.keep(desk, f"talk-orders-{width}")
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
    desk.set_viewport_size({"width": 1280, "height": 800})
    stand_down(desk, "Gas in the hall")
    assert [one for one in (*agent.complaints, *responder.complaints) if "404" not in one] == []
    for one in (agent, responder):
        one.context.close()


def _a_recording_is_made_on_the_spot_and_heard(agent: Visitor, phone: Page, activation: str) -> None:
    desk = agent.page
    desk.get_by_role("button", name="Speak an instruction…").or_(
        desk.get_by_role("button", name=re.compile("instruction", re.IGNORECASE)).first
    ).first.click()
    dialog = desk.get_by_role("dialog")
    boxes = dialog.get_by_role("textbox")
    recordings = dialog.get_by_role("group", name="Recording")
    recordings.first.get_by_role("button", name="Record").click()
    expect(recordings.first.get_by_role("alert")).to_contain_text("Write first what the recording says")
    boxes.nth(0).fill("Leave by the north gate.")
    boxes.nth(1).fill("Sortez par la porte nord.")
    recordings.first.get_by_role("button", name="Record").click()
    expect(recordings.first.get_by_role("timer")).to_contain_text("0:02", timeout=CEILING_MS)
    recordings.first.get_by_role("button", name="Stop and keep").click()
    expect(recordings.first.get_by_role("button", name="Leave out")).to_be_visible(timeout=CEILING_MS)
    shots.keep(desk, "recording-made-1280")
    assert findings(desk) == []
    dialog.locator("button.primary").click()
    expect(phone.get_by_role("alert").get_by_text("Leave by the north gate.")).to_be_visible(timeout=CEILING_MS)
    given = agent.api(f"activations/{activation}/")["instruction"]
    assert len(given["recorded"]) == 1
    until(
        lambda: bool(
            phone.evaluate(
                "id => performance.getEntriesByType('resource').some(one => one.name.includes(`${id}/sound/`))",
                given["id"],
            )
        ),
        "the recording is played",
    )
