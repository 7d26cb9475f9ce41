"""The feed and the alert page, as agents and their supervisor use them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e import shots
from tests.e2e.installation import Backstage, Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, an_alert, asked_twice, findings, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e


def row(page: Page, alert: str) -> Any:
    return page.locator(f"article[data-alert='{alert}']")


def post(visitor: Visitor, path: str, body: object) -> None:
    """Answer through the API, as another window of the same member."""
    token = visitor.api("session/")["csrf_token"]
    headers = {"X-CSRFToken": token, "Referer": visitor.vigie.address}
    answer = visitor.context.request.post(f"{visitor.vigie.address}/api/{path}", data=body, headers=headers)
    assert answer.ok, answer.text()


def test_one_takes_it_by_keyboard_and_the_other_sees_who(
    backstage: Backstage, vigie: Vigie, agent: Visitor, supervisor: Visitor
) -> None:
    first, second = agent.page, supervisor.page
    agent.go("/alerts?search=keyboard")
    supervisor.go("/alerts?search=keyboard")
    expect(first.get_by_text("No alert matches these filters")).to_be_visible(timeout=CEILING_MS)
    (alert,) = backstage.raise_alerts("Keyboard", 1, 4)

    expect(row(first, alert)).to_be_visible(timeout=CEILING_MS)  # it comes by itself
    expect(first.get_by_role("log", name="New alerts")).to_contain_text("Critical", timeout=CEILING_MS)
    first.keyboard.press("j")
    expect(row(first, alert).locator("h3 a")).to_be_focused(timeout=CEILING_MS)
    shots.keep(first, "alerts-critical")
    first.keyboard.press("a")

    expect(row(second, alert)).to_have_attribute("data-state", "acknowledged", timeout=CEILING_MS)
    name = agent.api("session/")["member"]["display_name"]
    expect(row(second, alert)).to_contain_text(name)
    first.keyboard.press("j")
    first.keyboard.press("Enter")
    expect(first).to_have_url(re.compile(f"/alerts/{alert}"))
    # Who looks is seen by who looks too.
    second.goto(f"{vigie.address}/alerts/{alert}")
    expect(second.locator(".seen")).to_contain_text(name, timeout=CEILING_MS)
    other = supervisor.api("session/")["member"]["display_name"]
    expect(first.locator(".seen")).to_contain_text(other, timeout=CEILING_MS)


def test_many_are_answered_and_what_a_colleague_did_first_is_said(
    backstage: Backstage, agent: Visitor, supervisor: Visitor
) -> None:
    alerts = backstage.raise_alerts("Bulkhead", 4, 2)
    page = agent.page
    agent.go("/alerts?search=bulkhead")
    expect(row(page, alerts[3])).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="3 more within 10 min").click()
    expect(row(page, alerts[0])).to_be_visible(timeout=CEILING_MS)
    page.keyboard.press("Escape")
    row(page, alerts[3]).locator("h3 a").focus()
    page.keyboard.press("x")
    row(page, alerts[0]).locator("h3 a").focus()
    page.keyboard.press("Shift+X")
    bulk = page.get_by_role("group", name="Answer the selected alerts")
    expect(bulk).to_contain_text("4 selected")
    shots.keep(page, "alerts-bulk")

    # While the answer is on its way, a colleague closes one of them.
    def first(route: Route) -> None:
        post(supervisor, f"alerts/{alerts[1]}/resolve/", {"version": 1, "text": ""})
        route.continue_()

    page.route("**/api/alerts/bulk/", first)
    bulk.get_by_role("button", name="False alarm…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="An animal").check()
    dialog.get_by_role("button", name="Mark as a false alarm").click()

    expect(page.get_by_role("dialog")).to_contain_text("1 alert was not answered", timeout=CEILING_MS)
    expect(page.get_by_role("dialog")).to_contain_text("resolved this alert at")
    page.keyboard.press("Escape")
    states = {alert: agent.api(f"alerts/{alert}/") for alert in alerts}
    assert [states[alert]["state"] for alert in alerts] == ["false_alarm", "resolved", "false_alarm", "false_alarm"]
    assert states[alerts[0]]["false_alarm_reason"] == "animal"


def test_what_nobody_takes_comes_to_the_supervisor_wherever_she_is(
    backstage: Backstage, agent: Visitor, supervisor: Visitor
) -> None:
    supervisor.go("/studio/cameras")
    agent.go("/alerts?search=overdue")
    (alert,) = backstage.raise_alerts("Overdue", 1, 4, 1.5)

    told = supervisor.page.get_by_role("alert", name="Alerts that nobody took in time")
    expect(told).to_contain_text("Overdue", timeout=CEILING_MS)
    shots.keep(supervisor.page, "alerts-escalated-supervisor")
    assert findings(supervisor.page) == []
    expect(row(agent.page, alert)).to_contain_text("With the supervisor since", timeout=CEILING_MS)
    expect(agent.page.get_by_role("alert", name="Alerts that nobody took in time")).to_be_empty()
    shots.keep(agent.page, "alerts-escalated-agent")

    told.get_by_role("button", name="Take").click()
    expect(told).not_to_contain_text("Overdue", timeout=CEILING_MS)
    expect(row(agent.page, alert)).to_have_attribute("data-state", "acknowledged", timeout=CEILING_MS)
    supervisor.go(f"/alerts/{alert}")
    expect(supervisor.page.locator("[data-kind='escalated']")).to_contain_text("Nobody took it within")


def test_a_clip_is_walked_frame_by_frame(agent: Visitor) -> None:
    alert = alert_with_clip(agent)
    page = agent.page
    agent.go(f"/alerts/{alert['id']}")
    video = page.locator("video")
    expect(page.get_by_text("The rule fired here")).to_be_visible(timeout=CEILING_MS)  # it stops where it fired
    times = agent.api(f"alerts/{alert['id']}/")["clip_times"]
    fired = int(video.get_attribute("data-frame") or "-1")
    assert 0 < fired < len(times["frames"])

    page.locator("h1").click()  # the focus is on no control
    page.keyboard.press("ArrowRight")
    expect(video).to_have_attribute("data-frame", str(fired + 1))
    until(lambda: shown_frame(page, times["frames"]) == fired + 1, "the next frame is on the screen")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    until(lambda: shown_frame(page, times["frames"]) == fired - 1, "the frame before is on the screen")
    page.keyboard.press("Space")
    # No further than that: the clip of a watcher that is slow may end with the next frame.
    until(lambda: int(video.get_attribute("data-frame") or "0") > fired, "it plays on")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_text("The rule fired here")).to_be_visible()
    strip = page.get_by_role("slider", name="Place in the clip")
    strip.focus()
    page.keyboard.press("End")
    expect(video).to_have_attribute("data-frame", str(len(times["frames"]) - 1))
    expect(page.locator(".film img")).to_have_count(10, timeout=CEILING_MS)
    page.keyboard.press("Home")
    shots.in_each_theme(page, "alert")
    assert findings(page) == []


def shown_frame(page: Page, frames: list[int]) -> int:
    """The frame that the video stands at, by its own clock."""
    at = float(page.locator("video").evaluate("video => video.seeking ? -1 : video.currentTime * 1000"))
    return max((index for index, shown in enumerate(frames) if shown <= at), default=-1)


def alert_with_clip(visitor: Visitor) -> dict[str, Any]:
    """An alert of the demo whose clip is there."""
    an_alert(visitor)

    def found() -> list[dict[str, Any]]:
        alerts: list[dict[str, Any]] = visitor.api("alerts/?page_size=100")["results"]
        return [
            alert
            for alert in alerts
            if any(one["kind"] == "clip" and one["ready"] for one in alert["recordings"]) and alert["ended_at"]
        ]

    until(lambda: bool(found()), "an alert has its clip", ceiling_s=180)
    return found()[0]


def test_a_false_alarm_has_a_reason_and_helps_to_judge_the_next(backstage: Backstage, agent: Visitor) -> None:
    before, alert = backstage.raise_alerts("Shadows", 2, 2)
    page = agent.page
    agent.go(f"/alerts/{before}")
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Something else").check()
    dialog.get_by_role("button", name="Mark as a false alarm").click()
    expect(dialog.get_by_role("alert")).to_contain_text("say in a few words")
    dialog.get_by_role("radio", name="A shadow or reflection").check()
    dialog.get_by_role("button", name="Mark as a false alarm").click()
    expect(page.locator("header .standing")).to_contain_text("False alarm", timeout=CEILING_MS)
    expect(page.locator("[data-kind='false_alarm']")).to_contain_text("A shadow or reflection")

    agent.go(f"/alerts/{alert}")
    expect(page.get_by_role("region", name="Like this before")).to_contain_text("shadow", timeout=CEILING_MS)
    page.get_by_label("Comment").fill("Clouds over the lawn")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary")).to_contain_text("Clouds over the lawn", timeout=CEILING_MS)
    agent.go("/alerts")
    page.keyboard.press("/")
    page.keyboard.type("clouds shadows")
    expect(row(page, alert)).to_be_visible(timeout=CEILING_MS)
    expect(page).to_have_url(re.compile("search=clouds"))
    expect(row(page, before)).to_have_count(0)


def test_the_help_names_the_keys_of_the_screen(agent: Visitor) -> None:
    agent.go("/alerts")
    agent.page.keyboard.press("?")
    dialog = agent.page.get_by_role("dialog")
    for words in ("Next alert", "Take", "Select or not", "Search", "Only mine"):
        expect(dialog).to_contain_text(words)


def test_a_page_with_a_clip_asks_nothing_twice(agent: Visitor) -> None:
    """Other pages do so without cameras, where no alert is raised meanwhile: in `tests/e2e/test_screens.py`."""
    assert asked_twice(agent, f"/alerts/{alert_with_clip(agent)['id']}") == {}


def test_the_times_to_take_an_alert_are_the_organisations(browser: Browser, vigie: Vigie) -> None:
    one = open_visitor(browser, vigie)
    one.sign_in("administrator")
    one.go("/alerts")
    one.page.get_by_role("button", name="Times to take…").click()
    dialog = one.page.get_by_role("dialog")
    expect(dialog.get_by_label("Critical")).to_have_value("60", timeout=CEILING_MS)
    dialog.get_by_label("Low").select_option("3600")
    dialog.get_by_role("button", name="Save").click()
    until(lambda: one.api("alerts/take-times/")["low_s"] == 3600, "the time is kept")
    one.context.close()
