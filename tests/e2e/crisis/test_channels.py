"""Ways to reach people: what is simulated says so, a provider is set up, tried on oneself, put in order; limits."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import shots
from tests.e2e.program import Api
from tests.e2e.visitor import CEILING_MS, WIDTHS, Visitor, in_both_themes
from tests.peers.mail_server import MailServer

pytestmark = pytest.mark.e2e

SECRET = "correct horse battery staple"


def looks_right(page: Page, name: str) -> None:
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
        for theme, found in in_both_themes(page):
            shots.keep(page, f"{name}-{width}-{theme}")
            assert found == [], (width, theme, found)
    page.set_viewport_size({"width": 1280, "height": 1800})
    shots.keep(page, f"{name}-whole")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_provider_is_set_up_tried_on_oneself_and_put_in_order(program: Api, visitor: Visitor) -> None:
    visitor.sign_in("administrator")
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")
    visitor.go("/people/directory")
    page.get_by_role("navigation", name="Rooms beside this one").get_by_role("link", name="Channels").click()
    expect(page.get_by_role("heading", name="Ways to reach people")).to_be_visible(timeout=CEILING_MS)
    for channel in ("SMS", "Voice call", "E-mail"):
        expect(page.get_by_role("region", name=channel)).to_contain_text("Simulated", timeout=CEILING_MS)
    expect(page.get_by_role("region", name="App")).to_contain_text("Always there")
    looks_right(page, "channels")
    try:
        with MailServer() as server:
            set_up(page, server)
            expect(page.get_by_role("region", name="E-mail")).to_contain_text("In service", timeout=CEILING_MS)
            expect(page.get_by_role("region", name="E-mail")).not_to_contain_text("Simulated")
            change_limits(page)
            looks_right(page, "channels-set-up")
    finally:
        # The next tests find the simulation again.
        for one in program.get("/api/providers/").json():
            if one["channel"] == "email":
                program.delete(f"/api/providers/{one['id']}/")
        now = program.get("/api/message-limits/").json()
        program.patch("/api/message-limits/", {"version": now["version"], "alarms": 20, "deliveries": 1000})
    refused = [one for one in visitor.complaints if "400" in one]
    assert visitor.complaints == refused, "what was entered wrong, twice"


def set_up(page: Page, server: MailServer) -> None:
    page.get_by_role("link", name="Add a provider: E-mail").click()
    expect(page.get_by_role("heading", name="New provider: E-mail")).to_be_visible(timeout=CEILING_MS)
    page.get_by_label("Name", exact=True).fill("Town mail")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is needed.").first).to_be_visible(timeout=CEILING_MS)
    shots.keep(page, "provider-wrong")
    page.get_by_label("Server").fill("127.0.0.1")
    page.get_by_label(re.compile("^Port")).fill(str(server.port))
    page.get_by_label(re.compile("^Encryption")).select_option("none")
    page.get_by_label("Sender", exact=True).fill("vigie@town.example")
    page.get_by_label("To which address").fill("me@town.example")
    page.get_by_role("button", name="Send the test message").click()
    expect(page.get_by_text("The provider took it. Look whether it arrived: me@town.example.")).to_be_visible(
        timeout=CEILING_MS
    )
    assert "TEST of Vigie" in str(server.kept[-1]["Subject"])
    looks_right(page, "provider")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Town mail")).to_be_visible(timeout=CEILING_MS)

    # A password is kept, goes nowhere else, and never comes back.
    page.get_by_label(re.compile("^User name")).fill("vigie")
    page.get_by_label(re.compile("^Password")).fill(SECRET)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is kept and not shown again.")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_label(re.compile("^Password"))).to_have_value("")
    assert SECRET not in page.content()
    page.get_by_label("Server").fill("mx.example.org")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The address is another one now: enter this again.").first).to_be_visible(
        timeout=CEILING_MS
    )
    assert SECRET not in str(page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })"))
    page.get_by_label("Server").fill("127.0.0.1")

    page.get_by_role("link", name="All ways to reach people").click()
    page.get_by_role("link", name="Add a provider: E-mail").click()
    page.get_by_label("Name", exact=True).fill("Second mail")
    page.get_by_label("Server").fill("127.0.0.1")
    page.get_by_label(re.compile("^Port")).fill("9")
    page.get_by_label(re.compile("^Encryption")).select_option("none")
    page.get_by_label("Sender", exact=True).fill("vigie@town.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Second mail")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("link", name="All ways to reach people").click()
    email = page.get_by_role("region", name="E-mail")
    expect(email.get_by_role("listitem").first).to_contain_text("Town mail")
    email.get_by_role("button", name="Try Second mail earlier").click()
    expect(email.get_by_role("listitem").first).to_contain_text("Second mail", timeout=CEILING_MS)
    email.get_by_role("button", name="Test message by Second mail").click()
    dialog = page.get_by_role("dialog", name="Test message by Second mail")
    dialog.get_by_label("To which address").fill("me@town.example")
    dialog.get_by_role("button", name="Send the test message").click()
    expect(dialog.get_by_text("It did not leave: the provider did not answer.")).to_be_visible(timeout=CEILING_MS)
    shots.keep(page, "provider-test-failed")
    dialog.get_by_role("button", name="Close").click()


def change_limits(page: Page) -> None:
    panel = page.get_by_role("region", name="Limits a minute")
    panel.get_by_label("Alarms a minute").fill("many")
    panel.get_by_role("button", name="Save the limits").click()
    expect(panel.get_by_role("alert")).to_contain_text("Enter a whole number.")
    panel.get_by_label("Alarms a minute").fill("12")
    panel.get_by_role("button", name="Save the limits").click()
    expect(page.get_by_text("The limits hold from now on.")).to_be_visible(timeout=CEILING_MS)


def test_how_long_messages_and_recordings_are_kept_is_set(program: Api, visitor: Visitor) -> None:
    visitor.sign_in("administrator", "fr")
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")
    visitor.go("/crisis/channels")
    expect(page.get_by_role("region", name="Durée de conservation")).to_be_visible(timeout=CEILING_MS)
    looks_right(page, "channels-fr")
    page.set_viewport_size({"width": 375, "height": 4200})
    shots.keep(page, "channels-fr-375-whole")
    page.set_viewport_size({"width": 1280, "height": 800})
    assert visitor.complaints == []
    visitor.context.clear_cookies()
    visitor.sign_in("administrator")
    visitor.complaints.clear()
    visitor.go("/crisis/channels")
    panel = page.get_by_role("region", name="How long it is kept")
    messages = panel.get_by_role("form", name="Messages, answers and plans that are over")
    recordings = panel.get_by_role("form", name="Recordings")
    days = messages.get_by_label("Days after the message")
    try:
        expect(days).to_have_value("365", timeout=CEILING_MS)
        for wrong in ("29", "3651", "soon"):
            days.fill(wrong)
            messages.get_by_role("button", name="Save the days").click()
            expect(messages.get_by_role("alert")).to_have_text("Enter a whole number from 30 to 3,650.")
        days.fill("400")
        messages.get_by_role("button", name="Save the days").click()
        expect(page.get_by_text("The days hold from now on.")).to_be_visible(timeout=CEILING_MS)

        # A colleague was first: theirs is said, what was typed stays and goes over it only when it is sent once more.
        now = program.get("/api/message-retention/").json()
        assert now["days"] == 400
        assert program.patch("/api/message-retention/", {"version": now["version"], "days": 900}).status_code == 200
        days.fill("500")
        messages.get_by_role("button", name="Save the days").click()
        expect(messages.get_by_role("alert")).to_contain_text("set it to 900 days meanwhile", timeout=CEILING_MS)
        expect(days).to_have_value("500")
        messages.get_by_role("button", name="Save the days").click()
        asked = page.get_by_role("alertdialog", name="Keep it 500 days only?")
        shots.keep(page, "keeping-asked")
        asked.get_by_role("button", name="Cancel").click()
        assert program.get("/api/message-retention/").json()["days"] == 900
        messages.get_by_role("button", name="Save the days").click()
        asked.get_by_role("button", name="Erase what is older").click()
        expect(messages.get_by_role("button", name="Save the days")).to_be_disabled(timeout=CEILING_MS)
        assert program.get("/api/message-retention/").json()["days"] == 500

        recordings.get_by_label("Days without use").fill("366")
        recordings.get_by_role("button", name="Save the days").click()
        expect(recordings.get_by_role("alert")).to_have_text("Enter a whole number from 1 to 365.")
        recordings.get_by_label("Days without use").fill("45")
        recordings.get_by_role("button", name="Save the days").click()
        expect(recordings.get_by_role("button", name="Save the days")).to_be_disabled(timeout=CEILING_MS)
        assert program.get("/api/sound-recordings/policy/").json()["days"] == 45
    finally:
        now = program.get("/api/message-retention/").json()
        program.patch("/api/message-retention/", {"version": now["version"], "days": 365})
        program.patch("/api/sound-recordings/policy/", {"days": 30})
    assert [one for one in visitor.complaints if "409" not in one] == []


def test_who_does_not_administer_is_not_shown_the_providers(visitor: Visitor) -> None:
    visitor.sign_in("agent")
    visitor.go("/crisis")
    expect(visitor.page.get_by_role("link", name="Channels")).to_have_count(0)
    visitor.go("/crisis/channels")
    expect(visitor.page.get_by_role("heading", name="This page is not for your role")).to_be_visible()
