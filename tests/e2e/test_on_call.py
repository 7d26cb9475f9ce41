"""Who is on call: seen at a glance, somebody takes over in two presses, a rotation is written, a hole is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.program import Api
from tests.e2e.visitor import CEILING_MS, WIDTHS, Visitor, expect_told, in_both_themes, open_visitor, overflows

pytestmark = pytest.mark.e2e

NAME = "Elected people on call"


@pytest.fixture(autouse=True)
def _schedules_as_found(program: Api) -> Iterator[None]:
    """Schedules that a test adds go when it is over; stand-ins of the demo's own too."""
    before = {one["id"] for one in _schedules(program)}
    yield
    for one in _schedules(program):
        if one["id"] not in before:
            assert program.delete(f"/api/schedules/{one['id']}/").status_code == 204
            continue
        for override in program.get(f"/api/schedules/{one['id']}/overrides/").json()["results"]:
            assert program.delete(f"/api/schedules/{one['id']}/overrides/{override['id']}/").status_code == 204


def _schedules(program: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.get("/api/schedules/?page_size=200").json()["results"]
    return found


def _demo(program: Api) -> dict[str, Any]:
    return next(one for one in _schedules(program) if one["name"] == "Guards on call")


def _now(page: Page) -> Any:
    return page.get_by_role("region", name="On call now")


def test_somebody_takes_over_in_two_presses_and_it_is_ended(visitor: Visitor) -> None:
    visitor.sign_in("supervisor")
    visitor.go("/people/directory")
    page = visitor.page
    page.locator("#main").get_by_role("link", name="On call").click()
    row = page.locator("li[data-schedule]").filter(has_text="Guards on call")
    expect(row).to_contain_text(re.compile(r"until .*\d\d:\d\d"), timeout=CEILING_MS)
    shots.in_each_theme(page, "on-call")
    row.get_by_role("link", name="Guards on call").click()
    button = _now(page).get_by_role("button", name=re.compile("^Replace "))
    expect(button).to_be_visible(timeout=CEILING_MS)
    before = (button.get_attribute("aria-label") or "").removeprefix("Replace ")

    button.click()
    somebody = page.get_by_role("group", name="Who takes over").get_by_role("button").first
    after = somebody.inner_text()
    assert after != before
    shots.in_each_theme(page, "on-call-replace")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    somebody.click()

    expect(_now(page)).to_contain_text(after, timeout=CEILING_MS)
    expect(_now(page)).to_contain_text("stand-in")
    standins = page.get_by_role("region", name="Stand-ins")
    expect(standins).to_contain_text("in the place of Days")
    shots.in_each_theme(page, "on-call-schedule")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    standins.get_by_role("button", name=f"End now: the stand-in of {after}").click()
    page.get_by_role("alertdialog").get_by_role("button", name="End now").click()
    expect(standins).to_contain_text("Nobody stands in", timeout=CEILING_MS)
    expect(_now(page)).to_contain_text(before, timeout=CEILING_MS)


def test_a_schedule_is_written_and_its_holes_are_said(visitor: Visitor, program: Api) -> None:
    visitor.sign_in("administrator")
    visitor.go("/people/on-call")
    page = visitor.page
    page.get_by_role("button", name="Add a schedule").click()
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible(timeout=CEILING_MS)
    expect(_now(page)).to_contain_text("Nobody is on call", timeout=CEILING_MS)

    page.get_by_role("link", name="Add a rotation").click()
    page.get_by_label("Name", exact=True).fill("Weekdays")
    page.get_by_role("button", name="Save", exact=True).click()
    people = page.get_by_label("Add somebody to the turns")
    expect(people).to_have_attribute("aria-invalid", "true", timeout=CEILING_MS)
    taken = program.get("/api/people/?page_size=2").json()["results"]
    for person in taken:
        people.fill(person["display_name"])
        page.get_by_role("button", name=person["display_name"], exact=True).first.click()
    page.get_by_label("Counted in").select_option("daily")
    page.get_by_role("group", name="Often chosen").get_by_role("button", name=re.compile("weekdays")).click()
    shots.in_each_theme(page, "on-call-rotation")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    page.get_by_role("button", name="Save", exact=True).click()

    rotations = page.get_by_role("region", name="Rotations")
    expect(rotations).to_contain_text("Turns of 1 day, changing at 08:00; it counts", timeout=CEILING_MS)
    weeks = page.get_by_role("region", name="Two weeks")
    expect(weeks.get_by_text(re.compile("^Nobody is on call: ")).first).to_be_visible(timeout=CEILING_MS)
    shots.in_each_theme(page, "on-call-holes")
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}
    weeks.get_by_role("radio", name="Days").click()
    expect(page).to_have_url(re.compile(r"view=days"))
    expect(weeks.get_by_text("Nobody is on call", exact=True).first).to_be_visible()

    # A colleague is first: it is said, and nothing of hers is lost.
    schedule = next(one for one in _schedules(program) if one["name"] == NAME)
    page.get_by_role("link", name="Change: Weekdays").click()
    page.get_by_label("Time of the handover").fill("09:00")
    [rotation] = program.get(f"/api/schedules/{schedule['id']}/rotations/").json()
    changed = program.patch(
        f"/api/schedules/{schedule['id']}/rotations/{rotation['id']}/", {"version": rotation["version"], "level": 2}
    )
    assert changed.status_code == 200, changed.text
    page.get_by_role("button", name="Save", exact=True).click()
    expect_told(page, "A colleague has changed who is on call meanwhile.")
    page.get_by_role("button", name="Show what is saved now").click()
    expect(page.get_by_label("Level", exact=True)).to_have_value("2", timeout=CEILING_MS)
    expect(page.get_by_label("Time of the handover")).to_have_value("08:00")


def test_who_may_only_see_changes_nothing(visitor: Visitor, program: Api) -> None:
    visitor.sign_in("auditor")
    visitor.go(f"/people/on-call/{_demo(program)['id']}")
    expect(_now(visitor.page)).to_contain_text("until", timeout=CEILING_MS)
    expect(
        visitor.page.locator("#main").get_by_role("button", name=re.compile("Replace|Settings|Put somebody"))
    ).to_have_count(0)
    expect(visitor.page.get_by_role("link", name=re.compile("^Change"))).to_have_count(0)


def test_the_room_fits_every_width(browser: Browser, vigie: Vigie, program: Api) -> None:
    one = open_visitor(browser, vigie, min(WIDTHS))
    one.sign_in("administrator", "fr")
    schedule = _demo(program)["id"]
    wrong: list[str] = []
    for name in ("", f"/{schedule}", f"/{schedule}/rotations/new"):
        shown = f"on-call{name.replace('/', '-').replace(schedule, 'one')}"
        wrong += overflows(one, f"/people/on-call{name}", shown, "fr")
        one.page.set_viewport_size({"width": min(WIDTHS), "height": WIDTHS[min(WIDTHS)]})
        wrong += [f"{name} {theme}: {found}" for theme, found in in_both_themes(one.page) if found]
    assert wrong == []
    assert one.complaints == []
    one.context.close()
