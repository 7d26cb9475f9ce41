"""Screens on the real system: signed in and out, in one's language, by keyboard, honest when refused."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.installation import Backstage, Vigie
from tests.e2e.visitor import (
    CEILING_MS,
    NAME,
    PASSWORD,
    Visitor,
    an_alert,
    asked_twice,
    in_both_themes,
    open_visitor,
)
from tests.system import until

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("alerts")]

FIRST_SCRIPT_BYTES = 150_000


def test_axe_finds_nothing_on_what_is_open_to_all(visitor: Visitor) -> None:
    visitor.page.emulate_media(reduced_motion="reduce")
    visitor.page.goto(visitor.vigie.address)
    expect(visitor.page.get_by_label(NAME)).to_be_visible(timeout=CEILING_MS)
    wrong = {f"sign-in {theme}": found for theme, found in in_both_themes(visitor.page) if found}
    visitor.go("/accessibility")
    wrong |= {f"open statement {theme}": found for theme, found in in_both_themes(visitor.page) if found}
    assert wrong == {}


def test_the_first_screen_needs_little_script(backstage: Backstage, browser: Browser, vigie: Vigie) -> None:
    backstage.quiet()  # a plan that asks, and an instruction, bring their own
    backstage.tell("stand-down")
    one = open_visitor(browser, vigie)
    scripts: dict[str, int] = {}
    one.page.on(
        "response",
        lambda answer: (
            scripts.__setitem__(answer.url, len(gzip.compress(answer.body()))) if answer.url.endswith(".js") else None
        ),
    )
    one.page.goto(vigie.address)
    one.fill_in("agent")
    expect(one.page.locator("article[data-camera]").first).to_be_visible(timeout=CEILING_MS)
    assert scripts
    assert sum(scripts.values()) < FIRST_SCRIPT_BYTES
    one.context.close()


@pytest.mark.parametrize("path", ["/alerts", "/alerts?state=open,acknowledged&severity=3", "/"])
def test_nothing_is_asked_twice(visitor: Visitor, path: str) -> None:
    visitor.sign_in("agent")
    assert asked_twice(visitor, path) == {}


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "The name or the password is not right."), ("fr", "mot de passe")]
)
def test_a_wrong_password_is_told_in_a_sentence(visitor: Visitor, language: str, sentence: str) -> None:
    visitor.page.goto(visitor.vigie.address)
    visitor.page.get_by_role("button", name={"en": "English", "fr": "Français"}[language]).click()
    # Its texts are loaded first; until then the page, and what it asks the server for, speak the language before.
    expect(visitor.page.locator("html")).to_have_attribute("lang", language)
    visitor.page.get_by_label(NAME).fill("nobody-of-this-name")
    visitor.page.get_by_label(PASSWORD).fill("not the password")
    visitor.page.locator("form button").last.click()
    expect(visitor.page.get_by_role("alert")).to_contain_text(sentence, timeout=CEILING_MS)
    expect(visitor.page.get_by_label(NAME)).to_have_value("nobody-of-this-name")


def test_who_is_signed_out_comes_back_to_where_they_were(visitor: Visitor) -> None:
    visitor.page.goto(visitor.vigie.address + "/alerts?severity=3")
    expect(visitor.page).to_have_url(re.compile(r"/sign-in\?next=%2Falerts%3Fseverity%3D3$"))
    visitor.page.get_by_role("button", name="English").click()  # whoever used the account before may have spoken French
    visitor.fill_in("supervisor")
    expect(visitor.page).to_have_url(visitor.vigie.address + "/alerts?severity=3", timeout=CEILING_MS)
    chip = visitor.page.get_by_role("group", name="Severity").get_by_role("button", name=re.compile("^High"))
    expect(chip).to_have_attribute("aria-pressed", "true")

    # The session ends elsewhere: the page says so and leads back.
    token = visitor.api("session/")["csrf_token"]
    visitor.context.request.delete(
        f"{visitor.vigie.address}/api/session/", headers={"X-CSRFToken": token, "Referer": visitor.vigie.address}
    )
    expect(visitor.page.get_by_text("You were signed out.")).to_be_visible(timeout=CEILING_MS)
    visitor.fill_in("supervisor")
    expect(visitor.page).to_have_url(visitor.vigie.address + "/alerts?severity=3", timeout=CEILING_MS)


def test_the_language_follows_the_member(browser: Browser, vigie: Vigie) -> None:
    first = open_visitor(browser, vigie)
    first.arrive("auditor", "en")
    first.page.get_by_role("button", name="Your menu").click()
    first.page.get_by_role("menuitem", name="Français").click()
    expect(first.page.get_by_role("link", name="Alertes")).to_be_visible(timeout=CEILING_MS)
    expect(first.page.locator("html")).to_have_attribute("lang", "fr")
    until(lambda: first.api("session/")["member"]["language"] == "fr", "the choice is kept with the member")
    first.context.close()

    elsewhere = open_visitor(browser, vigie)
    elsewhere.page.goto(vigie.address)
    elsewhere.fill_in("auditor")
    expect(elsewhere.page.get_by_role("link", name="Alertes")).to_be_visible(timeout=CEILING_MS)
    elsewhere.context.close()


def test_the_language_of_one_member_is_not_given_to_the_next_at_the_same_desk(
    browser: Browser, visitor: Visitor
) -> None:
    before = open_visitor(browser, visitor.vigie)
    before.sign_in("agent", "en")
    before.context.close()
    page = visitor.page
    visitor.arrive("supervisor", "fr")
    page.get_by_role("button", name="Votre menu").click()
    page.get_by_role("menuitem", name="Se déconnecter").click()
    expect(page.get_by_label(NAME)).to_be_visible(timeout=CEILING_MS)
    visitor.fill_in("agent")
    expect(page.get_by_role("link", name="Alerts")).to_be_visible(timeout=CEILING_MS)
    assert visitor.api("session/")["member"]["language"] == "en"


@pytest.mark.parametrize(("role", "path"), [("responder", "/alerts"), ("agent", "/studio/cameras/new")])
def test_a_page_of_another_role_is_refused_in_words(visitor: Visitor, role: str, path: str) -> None:
    visitor.sign_in(role)
    visitor.go(path)
    expect(visitor.page.get_by_role("heading", name="This page is not for your role")).to_be_visible()


def test_the_feed_is_walked_and_an_alert_taken_by_keyboard(visitor: Visitor) -> None:
    visitor.sign_in("agent")
    an_alert(visitor, state="open")
    visitor.go("/alerts?state=open")
    page = visitor.page
    first = page.locator("article[data-alert]").first
    expect(first).to_be_visible(timeout=CEILING_MS)
    page.keyboard.press("j")
    focused = page.locator("article[data-alert]:focus-within")
    expect(focused).to_have_count(1)
    taken = focused.get_attribute("data-alert")
    page.keyboard.press("a")
    expect(page.locator(f"article[data-alert='{taken}']")).to_have_count(0, timeout=CEILING_MS)
    assert visitor.api(f"alerts/{taken}/")["state"] == "acknowledged"


def test_who_comes_second_is_told_who_was_first(browser: Browser, vigie: Vigie) -> None:
    """The second person's feed is cut, so that the page shows what is no longer so."""
    first, second = open_visitor(browser, vigie), open_visitor(browser, vigie)
    second.page.route_web_socket(re.compile("/ws/feed/"), lambda _socket: None)
    first.sign_in("agent")
    second.sign_in("supervisor")
    alert = an_alert(first, state="open")
    for one in (first, second):
        one.go(f"/alerts/{alert['id']}")
    take = "header .acts button:has-text('Take')"
    first.page.locator(take).click()
    expect(first.page.locator(take)).to_have_count(0, timeout=CEILING_MS)
    second.page.locator(take).click()
    agent = first.api("session/")["member"]["display_name"]
    expect(second.page.locator(".notices")).to_contain_text(agent, timeout=CEILING_MS)
    expect(second.page.locator("header .standing")).to_contain_text(agent, timeout=CEILING_MS)
    for one in (first, second):
        one.context.close()


def test_an_alert_is_commented_and_closed_as_a_false_alarm_with_its_reason(visitor: Visitor) -> None:
    visitor.sign_in("agent")
    alert = an_alert(visitor, state="open")
    visitor.go(f"/alerts/{alert['id']}")
    page = visitor.page
    page.get_by_label("Comment").fill("Nobody there now")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary")).to_contain_text("Nobody there now", timeout=CEILING_MS)
    page.get_by_role("button", name="False alarm…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Mark as a false alarm").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Choose a reason")
    dialog.get_by_role("radio", name="Weather or light").check()
    dialog.get_by_role("button", name="Mark as a false alarm").click()
    expect(page.locator("header .standing")).to_contain_text("False alarm", timeout=CEILING_MS)
    assert visitor.api(f"alerts/{alert['id']}/")["false_alarm_reason"] == "weather"
