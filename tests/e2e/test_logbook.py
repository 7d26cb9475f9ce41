"""Duty and the logbook as two colleagues use them, each in a browser of their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, an_alert, findings, in_both_themes, open_visitor

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("alerts")]


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


def test_one_writes_the_other_sees_it_and_corrects_it(colleagues: tuple[Visitor, Visitor]) -> None:
    agent, supervisor = colleagues
    alert = an_alert(agent)
    for one in colleagues:
        one.go("/logbook")
    page = agent.page
    page.keyboard.press("n")
    page.get_by_label("What happened", exact=True).fill("A van stood at the gate, its driver waited for a delivery.")
    page.get_by_label("Category", exact=True).first.select_option("Visitor or delivery")
    page.get_by_label("Site", exact=True).first.select_option("Main gate")
    page.get_by_label("Where (optional)").fill("Barrier")

    # What is begun survives a reload.
    page.reload()
    expect(page.get_by_label("What happened", exact=True)).to_have_value(
        "A van stood at the gate, its driver waited for a delivery.", timeout=CEILING_MS
    )
    page.get_by_role("button", name="Link an alert or a camera").click()
    picker = page.get_by_role("dialog", name="Alerts and cameras it is about")
    picker.get_by_label("Find an alert or a camera").fill("main")
    picker.get_by_label("Main gate", exact=True).check()
    page.keyboard.press("Escape")
    shots.keep(page, "logbook-writing")
    page.get_by_role("button", name="Write it").click()
    mine = page.locator("article", has_text="A van stood at the gate")
    expect(mine).to_contain_text("Camille Martin", timeout=CEILING_MS)

    theirs = supervisor.page.locator("article", has_text="A van stood at the gate")
    expect(theirs).to_contain_text("Main gate, Barrier", timeout=CEILING_MS)
    number = theirs.get_attribute("data-entry") or ""
    expect(supervisor.page.get_by_text(f"New entry {number} by Camille Martin")).to_be_attached()

    # The supervisor corrects it: the old one stays, struck out, on both screens.
    supervisor.page.get_by_role("button", name=f"More for entry {number}").click()
    supervisor.page.get_by_role("menuitem", name="Correct…").click()
    dialog = supervisor.page.get_by_role("dialog", name=f"Correct {number}")
    dialog.get_by_label("What happened", exact=True).fill("Two vans stood at the gate.")
    dialog.get_by_role("button", name="Write it").click()
    for one in colleagues:
        old = one.page.locator(f"article[data-entry='{number}']")
        expect(old.locator("s")).to_have_text("A van stood at the gate, its driver waited for a delivery.")
        expect(old).to_contain_text("Corrected by Sacha Bernard", timeout=CEILING_MS)
        expect(one.page.locator("article", has_text="Two vans stood at the gate.")).to_contain_text(
            f"Corrects {number}"
        )

    # From an alert, prefilled.
    agent.go(f"/alerts/{alert['id']}")
    page.get_by_role("link", name="Write in the logbook").click()
    expect(page.get_by_label("Category", exact=True).first).to_have_value(
        next(one["id"] for one in agent.api("logbook/categories/") if one["key"] == "incident"), timeout=CEILING_MS
    )
    expect(page.get_by_label("Site", exact=True).first).to_have_value(alert["site"]["id"])
    page.get_by_label("What happened", exact=True).fill("Went to look: nobody there any more.")
    page.keyboard.press("Control+Enter")
    about = page.locator("article", has_text="Went to look")
    expect(about.get_by_role("link", name=alert["rule"]["name"])).to_have_attribute("href", f"/alerts/{alert['id']}")

    # Filters live in the address; a colleague who gets the link sees the same.
    page.get_by_label("Search in the logbook").fill("vans")
    expect(page).to_have_url(re.compile(r"/logbook\?q=vans$"), timeout=CEILING_MS)
    expect(page.locator("article")).to_have_count(1, timeout=CEILING_MS)
    supervisor.go("/logbook?q=nothing-like-this")
    expect(supervisor.page.get_by_text("No entry matches these filters")).to_be_visible(timeout=CEILING_MS)

    agent.go("/logbook")
    expect(page.locator("article").nth(2)).to_be_visible(timeout=CEILING_MS)
    shots.in_each_theme(page, "logbook")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    assert agent.complaints + supervisor.complaints == []


def test_an_administrator_changes_the_categories_and_who_writes_sees_it_at_once(
    browser: Browser, vigie: Vigie, colleagues: tuple[Visitor, Visitor]
) -> None:
    agent, _ = colleagues
    agent.go("/logbook")
    expect(agent.page.get_by_role("button", name="Categories…")).to_have_count(0)
    agent.page.get_by_role("button", name="What did you see or do?").click()
    offered, searched = (agent.page.get_by_label("Category", exact=True).nth(at) for at in (0, 1))
    administrator = open_visitor(browser, vigie)
    administrator.sign_in("administrator")
    administrator.go("/logbook")
    page = administrator.page
    page.get_by_role("button", name="Categories…").click()
    expect(page).to_have_url(re.compile(r"categories=open"))
    dialog = page.get_by_role("dialog", name="Categories of the logbook")
    said = dialog.get_by_role("status")

    weather = dialog.get_by_role("group", name="Weather")
    weather.get_by_label("English").fill("patrol")
    page.keyboard.press("Enter")
    expect(weather.get_by_role("alert")).to_have_text("Another category has this name already.", timeout=CEILING_MS)
    shots.keep(page, "logbook-categories-refused")
    weather.get_by_label("English").fill("Storms and floods")
    weather.get_by_role("button", name="Save Weather").click()
    expect(said).to_have_text("Storms and floods is saved.", timeout=CEILING_MS)
    expect(offered.locator("option", has_text="Storms and floods")).to_have_count(1, timeout=CEILING_MS)

    storms = dialog.get_by_role("group", name="Storms and floods")
    up = storms.get_by_role("button", name="Move Storms and floods up")
    up.focus()
    for place in (6, 5):
        page.keyboard.press("Enter")
        expect(said).to_have_text(f"Storms and floods is now number {place} of 11.", timeout=CEILING_MS)
        expect(dialog.get_by_role("group").nth(place - 1)).to_have_accessible_name("Storms and floods")
        expect(up).to_be_focused()
    storms.get_by_role("switch", name="Offered").click()
    expect(said).to_have_text("Storms and floods is not offered any more.", timeout=CEILING_MS)
    expect(offered.locator("option", has_text="Storms and floods")).to_have_count(0, timeout=CEILING_MS)
    expect(searched.locator("option", has_text="Storms and floods")).to_have_count(1)

    new = dialog.get_by_role("form", name="A new category")
    new.get_by_label("English").fill("Lost property")
    new.get_by_label("Français").fill("Objets trouvés")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Lost property is added, at the end of the list.", timeout=CEILING_MS)
    expect(offered.locator("option").last).to_have_text("Lost property", timeout=CEILING_MS)

    # A colleague is first: that is told, and what the colleague wrote is shown.
    damage = dialog.get_by_role("group", name="Damage")
    damage.get_by_label("English").fill("Breakage")
    known = next(one for one in administrator.api("logbook/categories/") if one["key"] == "damage")
    changed = administrator.context.request.patch(
        f"{vigie.address}/api/logbook/categories/{known['id']}/",
        data={"version": known["version"], "names": {"fr": "Dégâts"}},
        headers={"X-CSRFToken": administrator.api("session/")["csrf_token"], "Referer": vigie.address},
    )
    assert changed.ok
    damage.get_by_role("button", name="Save Damage").click()
    told = "A colleague has changed this category meanwhile. Look at it and enter your change again."
    expect(dialog.get_by_role("alert")).to_have_text(told, timeout=CEILING_MS)
    expect(damage.get_by_label("Français")).to_have_value("Dégâts", timeout=CEILING_MS)
    expect(damage.get_by_label("English")).to_have_value("Damage")

    shots.in_each_theme(page, "logbook-categories")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    page.set_viewport_size({"width": 375, "height": 812})
    shots.in_each_theme(page, "logbook-categories-narrow")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).not_to_have_url(re.compile("categories"))
    assert agent.complaints == []
    refusals = [one for one in administrator.complaints if "400" in one or "409" in one]
    assert administrator.complaints == refusals, "the two above"
    administrator.context.close()


def test_it_is_printed_on_numbered_pages_that_say_whose_it_is(
    colleagues: tuple[Visitor, Visitor], tmp_path: Path
) -> None:
    agent, _ = colleagues
    category = agent.api("logbook/categories/")[0]["id"]
    token = agent.api("session/")["csrf_token"]
    for number in range(30):
        agent.context.request.post(
            f"{agent.vigie.address}/api/logbook/",
            data={"category": category, "text": f"Patrol {number}: all doors closed.", "site": None},
            headers={"X-CSRFToken": token, "Referer": agent.vigie.address},
        )
    agent.go("/logbook?q=patrol")
    expect(agent.page.locator("article")).to_have_count(30, timeout=CEILING_MS)
    agent.page.evaluate("window.print = () => { document.body.dataset.printed = 'yes' }")
    agent.page.get_by_role("button", name="Print").click()
    expect(agent.page.locator("body")).to_have_attribute("data-printed", "yes", timeout=CEILING_MS)
    paper = tmp_path / "logbook.pdf"
    paper.write_bytes(agent.page.pdf(prefer_css_page_size=True))
    pages = paper.read_bytes().count(b"/Type /Page\n") + paper.read_bytes().count(b"/Type /Page ")
    assert pages >= 2
    agent.page.emulate_media(media="print")
    expect(agent.page.get_by_text("Printed by Camille Martin")).to_be_visible()
    expect(agent.page.get_by_text("Campus Demo").last).to_be_visible()
    expect(agent.page.get_by_role("navigation")).to_be_hidden()
    expect(agent.page.get_by_label("Search in the logbook")).to_be_hidden()
