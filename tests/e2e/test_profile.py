"""The own page: how the pages look follows to another computer; passkeys, codes and sessions as a person uses them."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, Page, expect

from soc import clock
from tests.e2e import shots
from tests.e2e.installation import Backstage, Vigie
from tests.e2e.test_people import CHOSEN, accept, invite
from tests.e2e.visitor import CEILING_MS, NAME, PASSWORD, Visitor, expect_told, in_both_themes, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e


@pytest.fixture
def at_name(vigie: Vigie) -> Vigie:
    """The same installation opened by name, where browsers offer passkeys."""
    return replace(vigie, address=vigie.address.replace("127.0.0.1", "localhost"))


@pytest.fixture
def newcomer(browser: Browser, at_name: Vigie, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Somebody who has just accepted an invitation, with an account of the test's own."""
    office, one = open_visitor(browser, at_name), open_visitor(browser, at_name)
    office.sign_in("administrator")
    name = re.sub(r"\W", "-", request.node.name)[:40]
    accept(one, invite(office, name, "Agent"), name)
    office.context.close()
    yield one
    one.context.close()


def with_authenticator(page: Page) -> None:
    """Give the browser a device that keeps passkeys and checks its owner (Chromium's virtual authenticator)."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_label(NAME)).to_be_visible(timeout=CEILING_MS)


def test_a_passkey_is_added_signed_in_with_and_removed(newcomer: Visitor) -> None:
    page = newcomer.page
    with_authenticator(page)
    newcomer.go("/profile?tab=ways")
    page.get_by_role("button", name="Add a passkey").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What you call the device").fill("Desk in the control room")
    dialog.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("“Desk in the control room” is added.")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_text("You: added a passkey")).to_be_visible(timeout=CEILING_MS)
    shots.in_each_theme(page, "profile-ways")

    sign_out(page)
    shots.keep(page, "sign-in-passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("#main")).to_be_visible(timeout=CEILING_MS)

    newcomer.go("/profile?tab=ways")
    page.get_by_role("button", name="Remove the passkey Desk in the control room").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Desk in the control room")).to_have_count(0, timeout=CEILING_MS)
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect_told(page, "This passkey is not taken here.")


def test_codes_from_a_phone_are_set_up_and_asked_for(newcomer: Visitor) -> None:
    page = newcomer.page
    name = newcomer.api("session/")["member"]["name"]
    newcomer.go("/profile?tab=ways")
    page.get_by_role("button", name="Set up codes").click()
    dialog = page.get_by_role("dialog")
    secret = dialog.get_by_label("Or type this into the app").input_value().replace(" ", "")
    shots.keep(page, "profile-codes")
    phone = TOTP(b32decode(secret), 6, SHA1(), 30)
    dialog.get_by_label("Code that the app shows").fill("000000")
    dialog.get_by_role("button", name="Switch on").click()
    expect(dialog.get_by_role("alert")).to_contain_text("This code is not right", timeout=CEILING_MS)
    dialog.get_by_label("Code that the app shows").fill(phone.generate(int(clock.now().timestamp())).decode())
    dialog.get_by_role("button", name="Switch on").click()
    paper = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(paper).to_have_count(10, timeout=CEILING_MS)
    on_paper = paper.first.inner_text()
    page.get_by_role("button", name="I have kept them").click()

    sign_out(page)
    page.get_by_label(NAME).fill(name)
    page.get_by_label(PASSWORD).fill(CHOSEN)
    page.locator("form button").last.click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible(timeout=CEILING_MS)
    assert [found for _theme, found in in_both_themes(page) if found] == []
    page.get_by_label("Code from your phone").fill(on_paper)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#main")).to_be_visible(timeout=CEILING_MS)
    newcomer.go("/profile?tab=ways")
    expect(page.get_by_text("9 recovery codes are left.")).to_be_visible(timeout=CEILING_MS)


def test_a_proof_is_asked_before_a_way_in_is_changed_and_what_was_begun_goes_on(
    backstage: Backstage, newcomer: Visitor
) -> None:
    page = newcomer.page
    newcomer.go("/profile")
    page.get_by_label("E-mail").fill("newcomer@example.org")
    backstage.age_proofs()
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog", name="Is it still you?")
    dialog.get_by_label("Your password").fill("not this one")
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not right", timeout=CEILING_MS)
    dialog.get_by_label("Your password").fill(CHOSEN)
    dialog.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible(timeout=CEILING_MS)
    assert newcomer.api("session/")["member"]["email"] == "newcomer@example.org"


def test_how_pages_look_follows_to_another_computer(browser: Browser, newcomer: Visitor, at_name: Vigie) -> None:
    page = newcomer.page
    name = newcomer.api("session/")["member"]["name"]
    newcomer.go("/profile")
    page.get_by_role("radio", name="Light").click()
    page.get_by_role("radio", name="High").click()
    page.get_by_role("radio", name="Compact").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    until(lambda: newcomer.api("session/")["member"]["density"] == "compact", "the choice is kept with the member")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light", "set before the first paint"

    elsewhere = open_visitor(browser, at_name)
    elsewhere.page.goto(at_name.address)
    elsewhere.page.get_by_label(NAME).fill(name)
    elsewhere.page.get_by_label(PASSWORD).fill(CHOSEN)
    elsewhere.page.locator("form button").last.click()
    expect(elsewhere.page.locator("html")).to_have_attribute("data-contrast", "more", timeout=CEILING_MS)

    # And it is listed, and ended from here.
    newcomer.go("/profile?tab=sessions")
    expect(page.get_by_text("2 browsers")).to_be_visible(timeout=CEILING_MS)
    shots.keep(page, "profile-sessions")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("You are signed in nowhere else.")).to_be_visible(timeout=CEILING_MS)
    expect(elsewhere.page.get_by_text("You were signed out.")).to_be_visible(timeout=CEILING_MS)
    elsewhere.context.close()


def test_a_token_is_made_shown_once_and_revoked(backstage: Backstage, newcomer: Visitor) -> None:
    page = newcomer.page
    newcomer.go("/profile?tab=programs")
    page.get_by_role("button", name="Make a token").first.click()
    page.get_by_label("What it is for").fill("Screen in the lobby")
    backstage.age_proofs()  # a token is a way in: whoever sits down at the desk cannot make one
    page.get_by_role("button", name="Make it").click()
    dialog = page.get_by_role("dialog", name="Is it still you?")
    dialog.get_by_label("Your password").fill(CHOSEN)
    dialog.get_by_role("button", name="Go on").click()
    token = page.get_by_label("Token", exact=True).input_value()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    program = newcomer.context.request
    address = f"{newcomer.vigie.address}/api/sites/"
    assert program.get(address, headers={"Authorization": f"Bearer {token}"}).ok
    page.get_by_role("button", name="Revoke the token Screen in the lobby").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked on")).to_be_visible(timeout=CEILING_MS)
    assert program.get(address, headers={"Authorization": f"Bearer {token}"}).status == 401


def test_axe_finds_nothing_on_any_part_of_the_profile(visitor: Visitor) -> None:
    visitor.sign_in("administrator")
    page = visitor.page
    for tab in ("", "?tab=ways", "?tab=sessions", "?tab=programs"):
        visitor.go(f"/profile{tab}")
        expect(page.get_by_text("Loading…")).to_have_count(0, timeout=CEILING_MS)
        assert [found for _theme, found in in_both_themes(page) if found] == [], tab
        shots.keep(page, f"profile{tab.replace('?tab=', '-')}")
    visitor.go("/profile?tab=ways")
    expect(page.get_by_text("this address is a number")).to_be_visible()
    expect(page.get_by_role("link", name="Open it by name")).to_have_attribute("href", re.compile("^http://localhost"))
