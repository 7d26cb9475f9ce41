"""A town's safeguard plan: begun, filled in, changed by two at once; who is vulnerable is shown after a press only."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.program import Api
from tests.e2e.visitor import CEILING_MS, WIDTHS, Visitor, expect_told, in_both_themes, open_visitor, overflows

pytestmark = pytest.mark.e2e


def the_plan(program: Api) -> dict[str, Any]:
    """The plan of the demo's first site; a plan is never taken away, so tests share it."""
    site = program.get("/api/sites/").json()["results"][0]
    found = program.get(f"/api/pcs/?site={site['id']}").json()["results"]
    if not found:
        made = program.post("/api/pcs/", {"site": site["id"], "name": "PCS of Saint-Martin"})
        assert made.status_code == 201, made.text
        found = [made.json()]
    plan: dict[str, Any] = program.get(f"/api/pcs/{found[0]['id']}/").json()
    return plan


def change(program: Api, plan: dict[str, Any], **body: Any) -> dict[str, Any]:
    version = program.get(f"/api/pcs/{plan['id']}/").json()["version"]
    answer = program.patch(f"/api/pcs/{plan['id']}/", {"version": version, **body})
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


def seen(auditor: Api) -> int:
    found = auditor.get("/api/journal/?action=pcs_vulnerable_seen&page_size=200").json()["results"]
    return len(found)


@pytest.fixture
def auditor(vigie: Vigie) -> Iterator[Api]:
    """Who reads the journal."""
    api = Api(vigie.address, vigie.account("auditor"))
    yield api
    api.close()


def part(page: Page, name: str) -> Any:
    return page.get_by_role("region", name=name, exact=True)


def test_a_plan_is_begun_and_filled_in(visitor: Visitor, program: Api) -> None:
    visitor.sign_in("administrator")
    visitor.go("/crisis/pcs")
    page = visitor.page
    begin = page.locator("#main").get_by_role("button", name="Begin a safeguard plan").first
    expect(begin.or_(page.locator("#main li a").first).first).to_be_visible(timeout=CEILING_MS)
    shots.in_each_theme(page, "pcs-none")
    begin.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of the plan").fill("PCS of the hamlet")
    dialog.get_by_role("button", name="Begin a safeguard plan").click()
    expect(page.get_by_role("heading", name="PCS of the hamlet")).to_be_visible(timeout=CEILING_MS)
    plan = page.url.rsplit("/", 1)[-1]

    directs = part(page, "Who directs the rescue operations")
    expect(directs).to_contain_text("Nobody is named to direct.")
    directs.get_by_role("button", name="Change: Who directs").click()
    people = program.get("/api/people/?page_size=2").json()["results"]
    for one in people:
        directs.get_by_label("Add somebody who directs or deputises").fill(one["display_name"])
        directs.get_by_role("button", name=one["display_name"], exact=True).first.click()
    directs.get_by_label(f"Function of {people[0]['display_name']}").fill("Mayor")
    directs.get_by_role("button", name=f"{people[1]['display_name']} earlier").click()
    shots.in_each_theme(page, "pcs-directors")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    directs.get_by_role("button", name="Save", exact=True).click()
    first = directs.get_by_role("listitem").first
    expect(first).to_contain_text(re.compile(rf"Directs \(DOS\)\s*{people[1]['display_name']}"), timeout=CEILING_MS)
    shots.in_each_theme(page, "pcs-command")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}

    page.get_by_role("tab", name="Shelters and volunteers").click()
    shelters = part(page, "Shelters")
    shelters.get_by_role("button", name="Change: Shelters").click()
    shelters.get_by_role("button", name="Add a shelter").click()
    shelters.get_by_label("Name", exact=True).fill("Sports hall")
    places = shelters.get_by_label("Places", exact=True)
    places.fill("about 100")
    shelters.get_by_role("button", name="Save", exact=True).click()
    expect(places).to_have_attribute("aria-invalid", "true", timeout=CEILING_MS)
    # What is entered stays while another part is looked at.
    page.get_by_role("tab", name="Command").click()
    page.get_by_role("tab", name="Shelters and volunteers").click()
    expect(shelters.get_by_label("Name", exact=True)).to_have_value("Sports hall")
    places.fill("120")
    shelters.get_by_role("button", name="Save", exact=True).click()
    expect(shelters).to_contain_text("120 places", timeout=CEILING_MS)
    shots.in_each_theme(page, "pcs-places")

    page.get_by_role("tab", name="Directory", exact=True).click()
    expect(part(page, "Directory of the plan")).to_contain_text("directs (DOS)", timeout=CEILING_MS)
    shots.in_each_theme(page, "pcs-directory")

    page.get_by_role("tab", name="Exercises").click()
    page.get_by_role("button", name="An exercise was held").click()
    page.get_by_label("How far it went").select_option("partial")
    page.get_by_label("What was learnt").fill("Two radios more.")
    page.get_by_role("button", name="Write it down").click()
    expect(part(page, "Exercises")).to_contain_text("Two radios more.", timeout=CEILING_MS)
    expect(page.get_by_text(re.compile("^Next exercise by "))).to_be_visible()
    shots.in_each_theme(page, "pcs-exercises")

    paper = visitor.context.request.get(f"{visitor.vigie.address}/api/pcs/{plan}/pdf/")
    assert "Sports hall" in " ".join(one.extract_text() for one in PdfReader(io.BytesIO(paper.body())).pages)
    expect(page.get_by_role("link", name="PDF")).to_have_attribute("href", f"/api/pcs/{plan}/pdf/")


def test_two_change_one_plan(visitor: Visitor, program: Api) -> None:
    plan = the_plan(program)
    change(program, plan, sheets=[{"title": "Flood", "code": "flood", "text": "1. Read the level"}])
    visitor.sign_in("administrator")
    visitor.go(f"/crisis/pcs/{plan['id']}?tab=sheets")
    page = visitor.page
    sheets = part(page, "Reflex sheets")
    sheets.get_by_role("button", name="Change: Reflex sheets").click()
    sheets.get_by_label("What is done, line by line").fill("1. Read the level each hour")
    # Another part is a colleague's: nothing is in the way.
    change(program, plan, command_post="The school")
    sheets.get_by_role("button", name="Save", exact=True).click()
    expect(sheets.get_by_text("1. Read the level each hour")).to_be_visible(timeout=CEILING_MS)

    sheets.get_by_role("button", name="Change: Reflex sheets").click()
    sheets.get_by_label("Title", exact=True).fill("Flood of the river")
    change(program, plan, sheets=[{"title": "Theirs", "text": "1. Another"}])
    expect_told(page, "A colleague has changed this meanwhile.")
    expect(sheets.get_by_label("Title", exact=True)).to_have_value("Flood of the river")
    shots.in_each_theme(page, "pcs-overtaken")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    sheets.get_by_role("button", name="Show what is saved now").click()
    expect(sheets.get_by_role("heading", name="Theirs")).to_be_visible(timeout=CEILING_MS)


def test_who_is_vulnerable_is_shown_after_a_press_that_the_journal_keeps(
    visitor: Visitor, program: Api, auditor: Api
) -> None:
    plan = the_plan(program)
    before = seen(auditor)
    visitor.sign_in("administrator")
    visitor.go(f"/crisis/pcs/{plan['id']}?tab=vulnerable")
    page = visitor.page
    show = page.get_by_role("button", name="Show the list")
    expect(show).to_be_visible(timeout=CEILING_MS)
    shots.in_each_theme(page, "pcs-hidden")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    assert seen(auditor) == before, "opening the page reads nothing"
    show.click()
    people = part(page, "Vulnerable people")
    people.get_by_role("button", name="Add somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Rose Delacroix")
    dialog.get_by_label("Needs", exact=True).fill("Oxygen, cannot use stairs")
    dialog.get_by_label("Phone", exact=True).fill("+33 6 39 98 00 01")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(people).to_contain_text("Oxygen, cannot use stairs", timeout=CEILING_MS)
    assert seen(auditor) == before + 1
    shots.in_each_theme(page, "pcs-vulnerable")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    people.get_by_role("button", name="Change: Rose Delacroix").click()
    dialog.get_by_label("Needs", exact=True).fill("Oxygen")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(people.get_by_text("Oxygen", exact=True)).to_be_visible(timeout=CEILING_MS)
    people.get_by_role("button", name="Hide").click()
    expect(page.get_by_text("Rose Delacroix")).to_have_count(0)
    page.get_by_role("button", name="Show the list").click()
    people.get_by_role("button", name="Remove: Rose Delacroix").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(people).to_contain_text("Nobody is on the list.", timeout=CEILING_MS)
    assert seen(auditor) == before + 2


def test_an_auditor_reads_the_plan_and_not_who_is_vulnerable(visitor: Visitor, program: Api) -> None:
    plan = the_plan(program)
    visitor.sign_in("auditor")
    page = visitor.page
    visitor.go(f"/crisis/pcs/{plan['id']}")
    row = page.get_by_role("navigation", name="Rooms beside this one")
    expect(row.get_by_role("link", name="Town plan")).to_be_visible(timeout=CEILING_MS)
    expect(part(page, "Cells of the command post")).to_contain_text("Field", timeout=CEILING_MS)
    expect(page.get_by_role("button", name=re.compile("^Change"))).to_have_count(0)
    page.get_by_role("tab", name="Vulnerable people").click()
    expect(page.get_by_text("This list is restricted")).to_be_visible()
    expect(page.get_by_role("button", name="Show the list")).to_have_count(0)


def test_the_room_fits_every_width(browser: Browser, vigie: Vigie, program: Api) -> None:
    plan = the_plan(program)
    one = open_visitor(browser, vigie, min(WIDTHS))
    one.sign_in("administrator", "fr")
    wrong: list[str] = []
    tabs = ("", "?tab=sheets", "?tab=places", "?tab=directory", "?tab=vulnerable", "?tab=exercises")
    for path in ("/crisis/pcs", *(f"/crisis/pcs/{plan['id']}{tab}" for tab in tabs)):
        name = path.removeprefix("/crisis/pcs").replace(plan["id"], "one").replace("?tab=", "-").replace("/", "-")
        wrong += overflows(one, path, f"pcs{name}", "fr")
        one.page.set_viewport_size({"width": min(WIDTHS), "height": WIDTHS[min(WIDTHS)]})
        wrong += [f"{path} {theme}: {found}" for theme, found in in_both_themes(one.page) if found]
    assert wrong == []
    assert one.complaints == []
    one.context.close()
