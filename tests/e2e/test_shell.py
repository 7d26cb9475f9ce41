"""The frame around every screen: where one can go, which keys do what, contrast, and a screen on the wall."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, findings, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e


def test_the_question_mark_shows_the_keys_and_they_can_be_switched_off(visitor: Visitor) -> None:
    visitor.arrive("agent")
    page = visitor.page
    page.locator("#main").press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("Show these keys")
    shots.keep(page, "keys")
    keys.get_by_role("switch").click()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)

    # Nothing happens any more; the menu still leads there, and switches them on again.
    page.locator("#main").press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("menuitem", name="Keys").click()
    keys.get_by_role("switch").click()
    page.keyboard.press("Escape")
    page.locator("#main").press("?")
    expect(keys).to_be_visible()


def test_a_screen_on_the_wall_has_no_controls_and_larger_type(browser: Browser, vigie: Vigie) -> None:
    one = open_visitor(browser, vigie, 1920)
    one.arrive("agent")
    size = body_size(one.page)
    one.page.get_by_role("button", name="Your menu").click()
    one.page.get_by_role("menuitem", name="Wall display").click()
    expect(one.page).to_have_url(re.compile(r"display=wall"))
    expect(one.page.get_by_role("navigation")).to_have_count(0)
    until(lambda: body_size(one.page) >= 1.5 * size, "its words are larger, once its part of the script is there")
    expect(one.page.locator("article[data-camera]").first).to_be_visible(timeout=CEILING_MS)
    shots.in_each_theme(one.page, "wall-display")
    one.page.keyboard.press("Escape")
    expect(one.page.get_by_role("navigation", name="Main")).to_be_visible()
    one.context.close()


def body_size(page: Page) -> float:
    """The size of plain words, pixels."""
    size: float = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    return size


def test_high_contrast_follows_the_system_and_axe_finds_nothing_in_it(visitor: Visitor) -> None:
    visitor.page.emulate_media(contrast="more", reduced_motion="reduce")
    visitor.sign_in("agent")
    visitor.go("/alerts")
    shots.in_each_theme(visitor.page, "high-contrast")
    assert findings(visitor.page) == []


def test_what_does_not_fit_on_a_phone_is_behind_more(browser: Browser, vigie: Vigie) -> None:
    one = open_visitor(browser, vigie, 375)
    one.arrive("administrator")
    rail = one.page.get_by_role("navigation", name="Main")
    shown = rail.get_by_role("link").filter(visible=True)
    if rail.get_by_role("button", name="More").is_visible():
        expect(shown).to_have_count(4)
        rail.get_by_role("button", name="More").click()
        one.page.get_by_role("menuitem", name="Rules").click()
    else:
        rail.get_by_role("link", name="Rules").click()
    expect(one.page).to_have_url(re.compile(r"/studio/rules$"))
    expect(one.page.get_by_role("heading", level=1)).to_be_visible(timeout=CEILING_MS)
    one.context.close()


def test_the_statement_can_be_read_without_signing_in(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(visitor.vigie.address)
    page.get_by_role("button", name="Français").click()
    page.get_by_role("link", name="Accessibilité : non conforme").click()
    expect(page.get_by_role("heading", name="Déclaration d’accessibilité")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_text("L’exploitant n’a pas encore indiqué d’adresse.")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_role("link", name="Écrire au Défenseur des droits")).to_be_visible()


def test_the_page_of_components_stands_in_both_themes(visitor: Visitor) -> None:
    visitor.sign_in("agent")
    visitor.go("/kit")
    page = visitor.page
    expect(page.get_by_role("region", name="Dark")).to_be_visible()
    expect(page.get_by_role("region", name="Light")).to_be_visible()
    # Ten thousand rows, of which only what is seen exists.
    rows = page.get_by_role("list", name="Ten thousand rows").first.get_by_role("listitem")
    expect(rows.first).to_be_visible()
    assert rows.count() < 60
    shots.keep(page, "kit")
