"""An empty installation: the printed link, the first administrator, and the steps that lead on from there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, in_both_themes, open_visitor
from tests.system import System

pytestmark = pytest.mark.e2e


@pytest.fixture
def first(system: System, browser: Browser, vigie: Vigie) -> Iterator[Visitor]:
    """The first administrator of an organisation that has nothing yet, at the printed link."""
    made = system.start("begin", ["manage.py", "make_organisation", "Empty hall", "--address", vigie.address])
    assert made.process.wait(60) == 0, made.output
    link = made.output.strip().splitlines()[-1]
    one = open_visitor(browser, vigie)
    one.page.goto(link)
    page = one.page
    page.get_by_label("Name to sign in with").fill("first-of-empty-hall")
    page.get_by_label("Name that colleagues read").fill("Alix Roy")
    page.get_by_label("Password", exact=True).fill("four words in a row")
    page.get_by_role("button", name="Begin with this password").click()
    expect(page).to_have_url(vigie.address + "/first-steps", timeout=CEILING_MS)
    yield one
    one.context.close()


def test_an_empty_installation_leads_to_its_first_rule_and_colleague(first: Visitor) -> None:
    page = first.page
    expect(page.get_by_role("heading", name="First steps")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_text("0 of 5 done")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_text("Add a site first: a camera hangs somewhere.")).to_have_count(3)
    assert [found for _theme, found in in_both_themes(page) if found] == []
    shots.in_each_theme(page, "first-steps")

    # Each step happens on its own screen, which shows the way back; what is done is read from what there is.
    page.get_by_role("link", name="Add a site").click()
    expect(page).to_have_url(re.compile("/studio/sites/new$"))
    site = first.context.request.post(
        f"{first.vigie.address}/api/sites/",
        data={"name": "Hall"},
        headers={"X-CSRFToken": first.api("session/")["csrf_token"], "Referer": first.vigie.address},
    )
    assert site.ok, site.text()
    page.get_by_role("link", name="Back to the first steps").click()
    expect(page.get_by_text("1 of 5 done")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("link", name="Add a camera").click()
    expect(page).to_have_url(re.compile("/studio/cameras/new$"))
    page.get_by_role("link", name="Back to the first steps").click()
    page.get_by_role("link", name="Invite a colleague").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name that colleagues read").fill("Sam Petit")
    dialog.get_by_role("group", name="Agent", exact=True).get_by_label("At all sites").check()
    dialog.get_by_role("button", name="Make the link").click()
    expect(dialog.get_by_label("Link", exact=True)).to_have_value(re.compile("/invitation#"), timeout=CEILING_MS)
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Back to the first steps").click()
    expect(page.get_by_text("2 of 5 done")).to_be_visible(timeout=CEILING_MS)

    # They are not forced on anybody, and come back from the menu.
    page.get_by_role("button", name="I know my way").click()
    expect(page).to_have_url(first.vigie.address + "/", timeout=CEILING_MS)
    page.reload()
    expect(page.locator("#main h1").first).to_be_visible(timeout=CEILING_MS)
    expect(page).to_have_url(first.vigie.address + "/")
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("menuitem", name="First steps").click()
    expect(page).to_have_url(first.vigie.address + "/first-steps")
