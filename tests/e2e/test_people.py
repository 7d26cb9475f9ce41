"""People in the browser: who is invited comes in by the link, works with the roles given, and is helped and let go again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, NAME, PASSWORD, Visitor, expect_told, findings, in_both_themes, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e

CHOSEN = "four words in a row"


@pytest.fixture
def guest(browser: Browser, vigie: Vigie) -> Iterator[Visitor]:
    """Somebody else, at another desk."""
    one = open_visitor(browser, vigie)
    yield one
    one.context.close()


def invite(visitor: Visitor, name: str, role: str, site: str | None = None) -> str:
    """Invite somebody by the form, and return the link that is shown."""
    page = visitor.page
    visitor.go("/studio/people")
    page.get_by_role("button", name="Invite somebody").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name that colleagues read").fill(name)
    roles = dialog.get_by_role("group", name=role, exact=True)
    roles.get_by_label(site or "At all sites", exact=True).check()
    dialog.get_by_role("button", name="Make the link").click()
    shown = dialog.get_by_label("Link", exact=True)
    expect(shown).to_have_value(re.compile("/invitation#"), timeout=CEILING_MS)
    shots.keep(page, "people-invited")
    link = shown.input_value()
    dialog.get_by_role("button", name="Close").click()
    return link


def accept(guest: Visitor, link: str, name: str) -> None:
    """Open the link, choose a name and a password."""
    page = guest.page
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_contain_text("invites you", timeout=CEILING_MS)
    page.get_by_label("Name to sign in with").fill(name)
    page.get_by_label(PASSWORD).fill(CHOSEN)
    shots.keep(page, "people-invitation")
    page.get_by_role("button", name="Begin with this password").click()
    expect(page.locator("#main")).to_be_visible(timeout=CEILING_MS)
    expect(page).to_have_url(guest.vigie.address + "/")


def test_who_is_invited_comes_in_by_the_link_and_works_with_the_roles_given(visitor: Visitor, guest: Visitor) -> None:
    visitor.sign_in("administrator")
    here = visitor.api("sites/")["results"][0]
    site = here["name"]
    link = invite(visitor, "Nadia Benali", "Agent", site)
    page = visitor.page
    visitor.go("/studio/people?tab=invitations")
    expect(page.get_by_role("list", name="Invitations")).to_contain_text("Nadia Benali")
    guest.page.goto(link)
    assert findings(guest.page) == []

    accept(guest, link, "nadia")
    expect(page.get_by_role("list", name="Invitations")).to_contain_text(
        "Accepted on", timeout=CEILING_MS
    )  # by the feed
    assert {camera["site"] for camera in guest.api("cameras/")["results"]} == {here["id"]}
    assert guest.page.get_by_role("link", name="Rules").count()
    guest.go("/studio/people")
    expect(guest.page.get_by_role("button", name="Invite somebody")).to_have_count(0)

    # The link is used up.
    late = visitor.context.browser
    assert late is not None
    third = open_visitor(late, visitor.vigie)
    third.page.goto(link)
    expect(third.page.get_by_role("heading", name="This link opens nothing")).to_be_visible(timeout=CEILING_MS)
    third.context.close()

    # Her roles change: who changes them sees it saved, a refusal is shown where one looks.
    visitor.go("/studio/people?q=nadia")
    page.get_by_role("link", name="Nadia Benali").click()
    expect(page.get_by_role("heading", name="Nadia Benali")).to_be_visible(timeout=CEILING_MS)
    agent = page.get_by_role("group", name="Agent", exact=True)
    auditor = page.get_by_role("group", name="Auditor", exact=True)
    agent.get_by_label(site, exact=True).uncheck()
    auditor.get_by_label("At all sites").check()
    page.get_by_role("button", name="Save the roles").click()
    expect(page.get_by_text("The roles of Nadia Benali are saved.")).to_be_visible(timeout=CEILING_MS)
    expect(guest.page.get_by_text("You were signed out.")).to_be_visible(timeout=CEILING_MS)

    # She forgot her password: a link gives a new one.
    page.get_by_role("button", name="Make a link to sign in anew").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Make the link").click()
    shown = page.get_by_role("dialog").get_by_label("Link", exact=True)
    expect(shown).to_have_value(re.compile("/reset#"), timeout=CEILING_MS)
    anew = shown.input_value()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    guest.page.goto(anew)
    guest.page.get_by_label(PASSWORD).fill(CHOSEN + " anew")
    guest.page.get_by_role("button", name="Take this password").click()
    expect(guest.page.get_by_label(NAME)).to_be_visible(timeout=CEILING_MS)
    guest.page.get_by_label(NAME).fill("nadia")
    guest.page.get_by_label(PASSWORD).fill(CHOSEN + " anew")
    guest.page.locator("form button").last.click()
    expect(guest.page.locator("#main")).to_be_visible(timeout=CEILING_MS)

    # And she leaves.
    shots.in_each_theme(page, "people-member")
    page.get_by_role("button", name="Switch off").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Nadia Benali is switched off.")).to_be_visible(timeout=CEILING_MS)
    expect(guest.page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=CEILING_MS)


def test_refusals_are_shown_where_one_looks(visitor: Visitor) -> None:
    visitor.sign_in("administrator")
    me = visitor.api("session/")["member"]["id"]
    visitor.go(f"/studio/people/{me}")
    page = visitor.page
    page.get_by_role("group", name="Administrator", exact=True).get_by_label("At all sites").uncheck()
    page.get_by_role("button", name="Save the roles").click()
    expect_told(page, "You cannot take the administrator's role from yourself")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Save the roles")).to_have_count(0)
    # An open form is kept over a reload.
    page.get_by_role("group", name="Auditor", exact=True).get_by_label("At all sites").check()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    ticked = page.get_by_role("group", name="Auditor", exact=True).get_by_label("At all sites")
    expect(ticked).to_be_checked(timeout=CEILING_MS)
    page.get_by_role("button", name="Undo").click()


def test_the_lists_are_filtered_in_the_address_and_have_nothing_that_axe_finds(visitor: Visitor) -> None:
    visitor.sign_in("administrator")
    page = visitor.page
    visitor.go("/studio/people")
    rows = page.get_by_role("list", name="Members").get_by_role("listitem")
    expect(rows.first).to_be_visible(timeout=CEILING_MS)
    everyone = rows.count()
    assert everyone >= 5
    page.get_by_label("Role", exact=True).select_option("auditor")
    expect(page).to_have_url(re.compile("role=auditor"))
    until(lambda: 0 < rows.count() < everyone, "only auditors are listed")
    page.get_by_label("Name or e-mail").fill("nobody of this name")
    expect(page.get_by_text("No member fits these filters")).to_be_visible()
    page.get_by_role("button", name="Show everybody").click()
    expect(rows).to_have_count(everyone)
    for tab in ("", "?tab=invitations", "?tab=roles", "?invite=yes"):
        visitor.go(f"/studio/people{tab}")
        expect(page.get_by_text("Loading…")).to_have_count(0, timeout=CEILING_MS)
        assert [found for _theme, found in in_both_themes(page) if found] == [], tab
        shots.in_each_theme(page, f"people{tab.replace('?', '-').replace('=', '-')}")
    assert [text for text in visitor.complaints if "404" not in text] == []
