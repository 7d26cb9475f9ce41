"""The directory: somebody is added with a number, found, changed; a table is looked at before it is brought in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, WIDTHS, Visitor, in_both_themes, open_visitor, overflows

pytestmark = pytest.mark.e2e


def test_somebody_is_added_and_found(visitor: Visitor) -> None:
    visitor.sign_in("administrator")
    visitor.go("/people/directory")
    page = visitor.page
    page.get_by_role("link", name="Add somebody").click()
    page.get_by_label("Name", exact=True).fill("Neighbour of the yard")
    number = page.get_by_role("textbox", name="Number or address 1")
    number.fill("12")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(number).to_have_attribute("aria-invalid", "true", timeout=CEILING_MS)
    number.fill("06 12 34 56 79")
    page.get_by_label("New: Profiles").fill("Neighbours")
    page.get_by_label("New: Profiles").press("Enter")
    expect(page.get_by_label("Neighbours")).to_be_checked(timeout=CEILING_MS)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Neighbour of the yard")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("link", name="The whole directory").click()
    page.get_by_placeholder("Find by name").fill("neighbour")
    row = page.locator("li[data-person]")
    expect(row).to_have_count(1, timeout=CEILING_MS)
    expect(row).to_contain_text("Neighbours")
    expect(page).to_have_url(re.compile(r"q=neighbour$"))
    shots.in_each_theme(page, "directory")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}


def test_a_table_is_looked_at_before_it_is_brought_in(visitor: Visitor) -> None:
    visitor.sign_in("administrator")
    visitor.go("/people/directory/import")
    page = visitor.page
    page.get_by_label("Or paste its rows").fill("name,phone\nTable One,06 12 34 56 80\nTable Two,12\n")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("2 rows, 1 without a fault")).to_be_visible(timeout=CEILING_MS)
    shots.in_each_theme(page, "directory-import")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    page.get_by_role("button", name="Bring in 1 row").click()
    expect(page.get_by_text("added: 1")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("link", name="To the directory").click()
    page.get_by_placeholder("Find by name").fill("table")  # among all others' people its page would be chance
    expect(page.get_by_role("link", name="Table One")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_role("link", name="Table Two")).to_have_count(0)


def test_the_room_fits_every_width(browser: Browser, vigie: Vigie) -> None:
    one = open_visitor(browser, vigie, min(WIDTHS))
    one.sign_in("administrator", "fr")
    wrong: list[str] = []
    for name in ("", "/new", "/import"):
        wrong += overflows(one, f"/people/directory{name}", f"directory{name.replace('/', '-')}", "fr")
        wrong += [f"{name} {theme}: {found}" for theme, found in in_both_themes(one.page) if found]
    assert wrong == []
    assert one.complaints == []
    one.context.close()
