"""A plan under way: started by two gestures, directed on one screen, asked about on every screen, ended by asking twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import shots
from tests.e2e.installation import Backstage, Vigie
from tests.e2e.visitor import CEILING_MS, WIDTHS, Visitor, in_both_themes, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def _alone(backstage: Backstage) -> None:
    """No other plan asks or is under way."""
    backstage.quiet()


def activation_of(page: Page) -> str:
    expect(page).to_have_url(re.compile(r"/crisis/activations/[0-9a-f-]{36}"), timeout=CEILING_MS)
    return page.url.split("/activations/")[1][:36]


def under_way(visitor: Visitor, plan: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visitor.api(f"activations/?plan={plan}")["results"]
    return found


def start(visitor: Visitor, name: str, people: int, *, drill: bool = False) -> str:
    """By two gestures; the activation's id."""
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")  # axe must not meet a colour on its way to another
    visitor.go("/crisis")
    page.get_by_role("button", name="Start a plan…").click()
    dialog = page.get_by_role("dialog", name="Start a plan")
    dialog.get_by_label("Site", exact=True).select_option("Courtyard")
    dialog.get_by_text(name, exact=True).click()
    if drill:
        dialog.get_by_text("As an exercise").click()
    dialog.get_by_role("button", name="Prepare").click()
    what = "Start the exercise" if drill else "Start"
    confirm = dialog.get_by_role("button", name=f"{what} “{name}” for {people} people")
    expect(confirm).to_be_enabled(timeout=CEILING_MS)
    confirm.click()
    return activation_of(page)


def test_two_gestures_start_it_and_the_second_names_what_is_about_to_happen(
    backstage: Backstage, visitor: Visitor
) -> None:
    plan = backstage.make_plan("Gas leak", 18)
    visitor.sign_in("agent")
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")  # axe must not meet a colour on its way to another
    visitor.go("/crisis")
    page.get_by_role("button", name="Start a plan…").click()
    dialog = page.get_by_role("dialog", name="Start a plan")
    dialog.get_by_label("Site", exact=True).select_option("Courtyard")
    dialog.get_by_text("Gas leak", exact=True).click()
    shots.in_each_theme(page, "crisis-choose")
    dialog.get_by_role("button", name="Prepare").click()
    expect(dialog).to_contain_text("20 people are told by", timeout=CEILING_MS)
    expect(dialog).to_contain_text("No emergency number (15, 17, 18, 112, 114) is dialled by itself")
    expect(dialog).to_contain_text(re.compile(r"It is dropped in 0:\d\d"))
    shots.in_each_theme(page, "crisis-prepared")
    for theme, found in in_both_themes(page):
        assert found == [], theme
    assert under_way(visitor, plan) == []
    dialog.get_by_role("button", name="Back").click()
    dialog.get_by_role("button", name="Prepare").click()
    confirm = dialog.get_by_role("button", name="Start “Gas leak” for 20 people")
    # A double click is one gesture.
    expect(confirm).to_be_disabled()
    expect(confirm).to_be_enabled(timeout=CEILING_MS)
    confirm.click()
    activation_of(page)
    expect(page.get_by_role("heading", name="Gas leak")).to_be_visible(timeout=CEILING_MS)
    assert len(under_way(visitor, plan)) == 1
    stand_down(page, "Gas leak")
    assert visitor.complaints == []


def stand_down(page: Page, name: str) -> None:
    page.get_by_role("button", name="Stand down…").click()
    dialog = page.get_by_role("dialog", name="Stand down?")
    end = dialog.get_by_role("button", name=f"Stand down “{name}”")
    end.click()
    expect(dialog.get_by_role("alert")).to_contain_text("Tick that it is over for everybody.")
    dialog.get_by_text("Yes, it is over for everybody").click()
    end.click()
    expect(page.get_by_text(re.compile(r"Stood down \d\d:\d\d"))).to_be_visible(timeout=CEILING_MS)


def test_an_agent_directs_it_on_one_screen(backstage: Backstage, visitor: Visitor) -> None:
    backstage.make_plan("Intruder", 40)
    visitor.page.emulate_media(reduced_motion="reduce")
    visitor.sign_in("agent")
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")  # axe must not meet a colour on its way to another
    activation = start(visitor, "Intruder", 42)
    steps = page.get_by_role("region", name="Steps")
    expect(steps.locator("li", has_text="Staff on site: go inside")).to_contain_text("done", timeout=CEILING_MS)
    expect(page.get_by_role("link", name=re.compile("Crisis"))).to_contain_text("1")
    answers = page.get_by_role("region", name="Answers", exact=True)
    expect(answers).to_contain_text("of 42", timeout=CEILING_MS)

    # Answers come: counted live; who calls for help stands above everything.
    until(lambda: not visitor.api(f"activations/{activation}/")["reach"][0]["waiting"], "the messages have left", 60)
    for name in ("Staff 001", "Staff 002", "Guard 001"):
        backstage.answer(activation, name, "safe")
    backstage.answer(activation, "Staff 031", "help", "Building B, room 204", "Door blocked, 2 of us")
    card = page.get_by_role("article", name="Staff 031")
    expect(card).to_contain_text("Building B, room 204", timeout=CEILING_MS)
    expect(card).to_contain_text("Door blocked, 2 of us")
    expect(card).to_contain_text("nobody yet")
    expect(answers.get_by_role("button", name="Safe 3 of 42")).to_be_visible(timeout=CEILING_MS)
    backstage.answer(activation, "Staff 031", "help", "Building B, room 204", "Hurry")
    expect(card).to_contain_text("Called 2 times", timeout=CEILING_MS)
    card.get_by_role("button", name="Send somebody…").click()
    dialog = page.get_by_role("dialog", name="Who goes to Staff 031?")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say who goes.")
    dialog.get_by_label("Who goes").fill("Guard A")
    dialog.get_by_role("button", name="Send").click()
    expect(card).to_contain_text("Guard A goes", timeout=CEILING_MS)

    # The people behind a counter, by channel, in words.
    answers.get_by_role("button", name=re.compile("^No answer")).click()
    people = page.get_by_role("region", name="No answer")
    expect(people.get_by_role("listitem").filter(has_text="Staff 003")).to_contain_text("SMS: ", timeout=CEILING_MS)
    people.get_by_role("searchbox", name="Search a name").fill("Staff 012")
    expect(people.get_by_role("listitem")).to_have_count(1, timeout=CEILING_MS)
    people.get_by_role("searchbox", name="Search a name").fill("")

    # Orders: a step by hand, the checklist, the sheet, the logbook, a message, an instruction, command.
    parents = steps.locator("li", has_text="Families told")
    expect(parents).to_contain_text("waits for your word")
    parents.get_by_role("button", name="Let go now").click()
    expect(parents).to_contain_text("done", timeout=CEILING_MS)
    page.get_by_role("button", name="Hold the next step").click()
    expect(steps.locator("li", has_text="Calling who has not answered")).to_contain_text("held", timeout=CEILING_MS)
    checklist = page.get_by_role("region", name="Checklist", exact=True)
    expect(checklist.locator("li", has_text="Check door 3")).to_contain_text("late")
    checklist.get_by_role("button", name="Tick off: Check door 3").click()
    expect(checklist).to_contain_text("1 of 3", timeout=CEILING_MS)
    steps.get_by_role("button", name="Read the sheet…").click()
    sheet = page.get_by_role("dialog", name="What to say to Police")
    expect(sheet.get_by_role("link", name="Call 17")).to_have_attribute("href", "tel:17", timeout=CEILING_MS)
    shots.in_each_theme(page, "crisis-sheet")
    sheet.get_by_label(re.compile("Their reference")).fill("22/1183")
    sheet.get_by_role("button", name="They were told").click()
    expect(checklist).to_contain_text("2 of 3", timeout=CEILING_MS)
    page.keyboard.press("l")
    page.keyboard.type("North gate is open.")
    page.keyboard.press("Enter")
    log = page.get_by_role("region", name="Logbook")
    expect(log).to_contain_text("North gate is open.", timeout=CEILING_MS)
    page.get_by_role("button", name="Send a message…").click()
    message = page.get_by_role("dialog", name="Send a message")
    message.get_by_label("Message in English").fill("Police are at the gate {1}.")
    message.get_by_role("button", name="Send to everybody").click()
    expect(message.get_by_role("alert")).to_contain_text("every language: English and French")
    message.get_by_label("Message in French").fill("La police est au portail.")
    shots.in_each_theme(page, "crisis-message")
    message.get_by_role("button", name="Send to everybody").click()
    expect(steps).to_contain_text("Further message by Camille Martin", timeout=CEILING_MS)
    page.get_by_role("button", name="Speak an instruction…").click()
    spoken = page.get_by_role("dialog", name="Speak an instruction")
    spoken.get_by_label("Instruction in English").fill("Come out by the north door.")
    spoken.get_by_label("Instruction in French").fill("Sortez par la porte nord.")
    spoken.get_by_role("button", name="Speak it now").click()
    expect(page.get_by_text("Sortez par la porte nord.")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Hand over…").click()
    command = page.get_by_role("dialog", name="Who directs?")
    command.get_by_label("Deputises").select_option("Sacha Bernard")
    command.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("Sacha Bernard deputises", exact=True)).to_be_visible(timeout=CEILING_MS)

    page.keyboard.press("Escape")
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        shots.in_each_theme(page, f"crisis-{width}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
        for theme, found in in_both_themes(page):
            assert found == [], (width, theme, found)
    page.set_viewport_size({"width": 1280, "height": 800})

    card.get_by_role("button", name="Helped…").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Staff 031 has help").click()
    expect(page.get_by_text("1 call is closed")).to_be_visible(timeout=CEILING_MS)
    stand_down(page, "Intruder")
    expect(page.get_by_role("button", name="Stand down…")).to_have_count(0)
    visitor.go("/crisis")
    expect(page.get_by_role("region", name="Past")).to_contain_text("Intruder", timeout=CEILING_MS)
    shots.in_each_theme(page, "crisis-list")
    assert visitor.complaints == []


def test_a_plan_that_asks_is_on_every_screen_and_waits_for_the_verification(
    backstage: Backstage, browser: Browser, vigie: Vigie, visitor: Visitor
) -> None:
    plan = backstage.make_plan("Fire in the workshop", 5)
    visitor.sign_in("agent")
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")  # axe must not meet a colour on its way to another
    backstage.raise_alerts("Lawn")
    visitor.go("/logbook")
    activation = backstage.ask(plan, 600)
    banner = page.get_by_role("alert", name="Waiting for a decision")
    expect(banner).to_contain_text("Shall “Fire in the workshop” start?", timeout=CEILING_MS)
    expect(banner).to_contain_text("If nobody decides, it is dropped.")
    shots.in_each_theme(page, "crisis-banner")
    for theme, found in in_both_themes(page):
        assert found == [], theme
    auditor = open_visitor(browser, vigie)
    auditor.sign_in("auditor")
    auditor.go(f"/crisis/activations/{activation}")
    expect(auditor.page.get_by_text("Who directs plans at this site decides.")).to_be_visible(timeout=CEILING_MS)
    expect(auditor.page.get_by_role("button", name="Start…")).to_have_count(0)
    auditor.context.close()

    banner.get_by_role("link", name="Look").click()
    expect(banner).to_be_empty()
    page.get_by_role("button", name="Start…").click()
    dialog = page.get_by_role("dialog", name="Start “Fire in the workshop”")
    expect(dialog).to_contain_text("They wait for your verification.", timeout=CEILING_MS)
    confirm = dialog.get_by_role("button", name="Start “Fire in the workshop” for 7 people")
    expect(confirm).to_be_enabled(timeout=CEILING_MS)
    confirm.click()
    steps = page.get_by_role("region", name="Steps")
    police = steps.locator("li", has_text="Police called")
    expect(police).to_contain_text("waits for verification", timeout=CEILING_MS)
    page.get_by_role("link", name="See the alert").click()
    plans = page.get_by_role("region", name="Plans")
    expect(plans).to_contain_text("Not verified yet", timeout=CEILING_MS)
    shots.in_each_theme(page, "crisis-alert")
    plans.get_by_role("link", name="Fire in the workshop").click()
    page.get_by_role("button", name="Record the verification…").click()
    verify = page.get_by_role("dialog", name="How was it verified?")
    verify.get_by_role("button", name="It is real: record it").click()
    expect(verify.get_by_role("alert")).to_contain_text("Choose how it was verified.")
    verify.get_by_text("on the live picture").click()
    shots.in_each_theme(page, "crisis-verify")
    verify.get_by_role("button", name="It is real: record it").click()
    expect(page.get_by_text(re.compile("Verified .* by Camille Martin: on the live picture"))).to_be_visible(
        timeout=CEILING_MS
    )
    expect(police).to_contain_text("running", timeout=CEILING_MS)
    stand_down(page, "Fire in the workshop")
    assert visitor.complaints == []


def test_a_drill_is_marked_and_says_so_in_french(
    backstage: Backstage, browser: Browser, vigie: Vigie, visitor: Visitor
) -> None:
    backstage.make_plan("Evacuation", 3)
    visitor.sign_in("agent")
    activation = start(visitor, "Evacuation", 5, drill=True)
    expect(visitor.page.get_by_text("Exercise: every message says so.")).to_be_visible(timeout=CEILING_MS)
    phone = open_visitor(browser, vigie, 375)
    phone.page.emulate_media(reduced_motion="reduce")
    phone.sign_in("supervisor", "fr")
    phone.go(f"/crisis/activations/{activation}")
    expect(phone.page.get_by_text("Exercice : chaque message le dit.")).to_be_visible(timeout=CEILING_MS)
    expect(phone.page.get_by_role("region", name="Étapes")).to_contain_text("Police called")
    assert phone.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shots.in_each_theme(phone.page, "crisis-375-fr")
    phone.context.close()
    stand_down(visitor.page, "Evacuation")
