"""Studio, rules: built as a sentence, tried at once, run silently, switched on, changed and gone back to; on live cameras."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, an_alert, findings, in_both_themes, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e


def value(page: Page, name: str) -> Locator:
    """A value of the sentence."""
    return page.locator(f"button[data-slot='{name}']")


def card(page: Page) -> Locator:
    return page.locator(".value-card")


def test_a_rule_is_built_tried_switched_on_and_changed(visitor: Visitor) -> None:
    visitor.sign_in("administrator")
    an_alert(visitor)  # the cameras are watched by now
    visitor.go("/studio/rules")
    page = visitor.page
    expect(page.locator("li[data-rule]").first).to_contain_text("When ", timeout=CEILING_MS)
    shots.keep(page, "rules")
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_label("Camera").select_option(label="Forecourt")
    page.get_by_role("radio", name="Stays longer than").check()
    expect(value(page, "seconds")).to_contain_text("1 min")
    page.get_by_role("radio", name="Seen in a zone").check()

    # By keyboard: the class, then the zone; by mouse the severity and the quiet time.
    value(page, "labels").press("Enter")
    card(page).get_by_role("searchbox").fill("bic")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(value(page, "labels")).to_contain_text("a person or a bicycle")
    expect(value(page, "labels")).to_be_focused()
    value(page, "zone").press("Enter")
    card(page).get_by_role("radio", name="Walkway").check()
    page.keyboard.press("Escape")
    value(page, "severity").click()
    card(page).get_by_role("radio", name="High").check()
    card(page).get_by_role("button", name="Done").click()
    value(page, "quiet").click()
    card(page).get_by_role("button", name="none", exact=True).click()
    page.keyboard.press("Escape")
    sentence = (
        "When a person or a bicycle is seen in “Walkway”, at any time, raise a high alert, then be ready again at once."
    )
    expect(page.get_by_role("group", name=f"The rule: {sentence}")).to_be_visible()

    # The trial runs by itself; somebody always walks there.
    trial = page.get_by_role("region", name="Trial on the last 15 minutes")
    expect(trial).to_contain_text(re.compile(r"It would have raised [1-9]\d* alerts? in the last"), timeout=CEILING_MS)
    shots.keep(page, "rule-new")

    # What was not saved survives a reload.
    page.get_by_label("Name", exact=True).fill("Somebody stays")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("These changes were not saved last time.")).to_be_visible(timeout=CEILING_MS)
    expect(value(page, "labels")).to_contain_text("a person or a bicycle")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Somebody stays")

    page.get_by_role("button", name="Save and run silently").click()
    expect(page.get_by_text("Say what the rule is for. The law asks for it.").first).to_be_visible(timeout=CEILING_MS)
    page.get_by_label("What it is for").fill("Safety of people")
    page.get_by_role("button", name="Save and run silently").click()
    expect(page).to_have_url(re.compile(r"/studio/rules/[0-9a-f-]{36}$"), timeout=CEILING_MS)
    rule = page.url.rsplit("/", 1)[1]
    silent = page.get_by_role("region", name="Silent run")
    expect(silent).to_contain_text(re.compile(r"Would have raised [1-9]\d* alerts? since"), timeout=CEILING_MS)
    shots.keep(page, "rule-silent")

    page.get_by_role("button", name="On", exact=True).click()
    expect(page.get_by_text("from now on each situation raises an alert")).to_be_visible(timeout=CEILING_MS)
    until(lambda: bool(visitor.api(f"alerts/?rule={rule}")["results"]), "its alert arrives", ceiling_s=60)
    alert = visitor.api(f"alerts/?rule={rule}")["results"][0]
    said = visitor.api(f"alerts/{alert['id']}/")["rule_sentence"]["en"]
    assert said.replace("\u00a0", " ") == sentence

    # A change leaves the saved version on until it is saved.
    value(page, "severity").click()
    card(page).get_by_role("radio", name="Low").check()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Version 2 stays on until you save.")).to_be_visible()
    assert visitor.api(f"rules/{rule}/")["severity"] == 3
    page.get_by_label("Why you change it").fill("Too loud at night")
    page.get_by_role("button", name="Save version 3").click()
    expect(page.get_by_text("Version 3 is on")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("tab", name="Versions").click()
    newest = page.locator("ol > li").first
    expect(newest).to_contain_text(
        re.compile(r"version 3.*Alix Dubois.*“Too loud at night”.*Severity.*high.*low", re.S), timeout=CEILING_MS
    )
    shots.keep(page, "rule-versions")
    page.locator("ol > li").nth(1).get_by_role("button", name="Go back to this version").click()
    expect(page.locator("ol > li").first).to_contain_text("Went back to version 2.", timeout=CEILING_MS)
    assert findings(page) == []

    page.get_by_role("tab", name="Rule", exact=True).click()
    page.get_by_role("button", name="Remove this rule…").click()
    page.get_by_role("button", name="Remove the rule").click()
    expect(page).to_have_url(visitor.vigie.address + "/studio/rules", timeout=CEILING_MS)


def test_two_who_change_one_rule_are_told_and_lose_nothing(browser: Browser, vigie: Vigie) -> None:
    first, second = open_visitor(browser, vigie), open_visitor(browser, vigie)
    second.page.route_web_socket(re.compile("/ws/feed/"), lambda _socket: None)
    for one in (first, second):
        one.sign_in("administrator")
    rule = next(one for one in first.api("rules/")["results"] if one["name"] == "Somebody lingers")
    for one in (first, second):
        one.go(f"/studio/rules/{rule['id']}")
    change_severity(first.page, "Critical")
    first.page.get_by_role("button", name=re.compile("^Save version")).click()
    expect(first.page.get_by_text(f"Version {rule['version'] + 1} is on")).to_be_visible(timeout=CEILING_MS)

    value(second.page, "seconds").click()
    card(second.page).get_by_role("button", name="30 s", exact=True).click()
    second.page.keyboard.press("Escape")
    second.page.get_by_role("button", name=re.compile("^Save version")).click()
    told = second.page.get_by_role("alert").filter(has_text="changed this rule at")
    expect(told).to_contain_text("Alix Dubois changed this rule at", timeout=CEILING_MS)
    expect(told).to_contain_text("Severity")
    expect(value(second.page, "severity")).to_contain_text("critical")
    expect(value(second.page, "seconds")).to_contain_text("30")
    shots.keep(second.page, "rule-meanwhile")
    second.page.get_by_role("button", name=re.compile("^Save version")).click()

    # The first one's page follows by itself.
    expect(value(first.page, "seconds")).to_contain_text("30", timeout=CEILING_MS)
    saved: dict[str, Any] = first.api(f"rules/{rule['id']}/")
    assert (saved["severity"], saved["settings"]["seconds"]) == (4, 30)
    for one in (first, second):
        one.context.close()


def change_severity(page: Page, word: str) -> None:
    value(page, "severity").click()
    card(page).get_by_role("radio", name=word).check()
    page.keyboard.press("Escape")


def test_the_list_is_narrowed_in_the_address_and_says_who_may_switch(browser: Browser, vigie: Vigie) -> None:
    agent = open_visitor(browser, vigie)
    agent.sign_in("agent", "fr")
    until(lambda: agent.api("session/")["member"]["language"] == "fr", "the choice is kept with the member")
    agent.go("/studio/rules?q=bicy&state=on")
    rows = agent.page.locator("li[data-rule]")
    expect(rows).to_have_count(1, timeout=CEILING_MS)
    expect(rows).to_contain_text("Quand un vélo apparaît dans « Drive »")
    expect(agent.page.get_by_role("combobox", name=re.compile("^État de"))).to_have_count(0)
    rows.get_by_role("link", name="Bicycle on the drive").click()
    expect(agent.page.get_by_text("Quand un vélo").first).to_be_visible(timeout=CEILING_MS)
    assert agent.page.locator("button[data-slot]").count() == 0
    assert {theme: found for theme, found in in_both_themes(agent.page) if found} == {}
    agent.context.close()
