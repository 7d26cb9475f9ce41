"""The room of plans: begun from one that is ready made, written step by step, checked, kept while it is not saved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import shots
from tests.e2e.installation import Backstage, Vigie
from tests.e2e.program import Api
from tests.e2e.visitor import (
    CEILING_MS,
    EACH_LANGUAGE_IN_A_THEME,
    WIDTHS,
    Visitor,
    expect_told,
    in_both_themes,
    in_theme,
    open_visitor,
    overflows,
)

pytestmark = pytest.mark.e2e


@pytest.fixture
def draft(program: Api) -> Iterator[dict[str, Any]]:
    """A draft of the ready-made plan against an intrusion; the plan goes when the test is over."""
    site = program.get("/api/sites/").json()["results"][0]["id"]
    begun = program.post("/api/plans/", {"site": site, "name": "Somebody is in the yard", "template": "intrusion"})
    assert begun.status_code == 201, begun.text
    yield begun.json()
    program.delete(f"/api/plans/{begun.json()['plan']}/")


@pytest.fixture
def author(visitor: Visitor) -> Visitor:
    """An administrator, who writes plans."""
    visitor.sign_in("administrator")
    return visitor


def open_step(author: Visitor, draft: dict[str, Any], key: str) -> Page:
    author.go(f"/crisis/plans/{draft['plan']}?step={key}")
    expect(author.page.locator("#step-head")).to_be_visible(timeout=CEILING_MS)
    return author.page


def saved(program: Api, draft: dict[str, Any]) -> dict[str, Any]:
    """The draft as the server has it."""
    found: dict[str, Any] = program.get(f"/api/plans/{draft['plan']}/versions/{draft['id']}/").json()
    return found


def save(page: Page) -> None:
    page.get_by_role("button", name="Save the draft").click()


def test_a_plan_is_begun_from_one_that_is_ready_made(author: Visitor) -> None:
    author.go("/crisis/plans")
    page = author.page
    page.get_by_role("button", name="Add a plan").first.click()
    dialog = page.get_by_role("dialog", name="Add a plan")
    dialog.get_by_label("Begin with").select_option(label="Ready made: Fire")
    expect(dialog.get_by_label("Name")).to_have_value("Fire")
    dialog.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="Fire", exact=True)).to_be_visible(timeout=CEILING_MS)
    checks = page.get_by_role("region", name="Before it can be approved")
    expect(checks).to_contain_text("No risk is named.", timeout=CEILING_MS)
    # Approval is refused with its reason, and each hole leads to its place.
    expect(page.get_by_role("button", name="Ask for approval")).to_have_attribute("aria-disabled", "true")
    checks.get_by_role("listitem").filter(has_text="No risk is named.").get_by_role("button").click()
    expect(page.get_by_role("group", name="Which risk it answers")).to_be_focused()
    page.get_by_role("button", name="More about this plan").click()
    page.get_by_role("menuitem", name="Remove the plan").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove the plan").click()
    expect(page).to_have_url(re.compile("/crisis/plans$"), timeout=CEILING_MS)
    expect(page.get_by_role("link", name="Fire", exact=True)).to_have_count(0)


def test_words_take_places_at_the_caret_and_sms_are_counted(
    author: Visitor, draft: dict[str, Any], program: Api
) -> None:
    page = open_step(author, draft, "agents")
    short = page.get_by_label("Short", exact=True)
    short.fill("Look now")
    short.press("Home")
    page.get_by_role("group", name="Insert into: Short").get_by_role("button", name="site", exact=True).click()
    expect(short).to_have_value("{site} Look now")
    expect(short).to_be_focused()
    expect(page.get_by_text(re.compile(r"^1 SMS, 1\d\d letters left"))).to_be_visible(timeout=CEILING_MS)
    short.press_sequentially(" ✓")
    expect(page.get_by_text("These letters make it shorter: ✓")).to_be_visible(timeout=CEILING_MS)
    short.fill("{nope}: look now")
    expect_told(page, "Nobody knows {nope}.")
    save(page)
    expect_told(page, "{nope} is no known name. Did you mean {zone}?")
    short.fill("{zone}: look now")
    save(page)
    expect(page.get_by_text("Somebody is in the yard is saved.")).to_be_visible(timeout=CEILING_MS)
    assert saved(program, draft)["document"]["steps"][0]["words"]["en"]["short"] == "{zone}: look now"

    page.get_by_role("button", name="As they receive it").click()
    dialog = page.get_by_role("dialog", name="As they receive it")
    dialog.get_by_text("Call", exact=True).click()
    with page.expect_response(re.compile("/preview/sound/")) as sound:
        dialog.get_by_role("button", name="Hear it").click()
    assert (sound.value.status, sound.value.headers["content-type"]) == (200, "audio/wav")
    expect(dialog.get_by_role("button", name="Stop the sound")).to_be_visible(timeout=CEILING_MS)
    shots.keep(page, "plan-heard-1280")


def test_what_is_not_saved_is_there_again_and_a_colleague_is_not_overwritten(
    author: Visitor, draft: dict[str, Any], program: Api
) -> None:
    page = open_step(author, draft, "agents")
    page.get_by_label("What it is called").fill("Mine")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("What it is called")).to_have_value("Mine", timeout=CEILING_MS)
    expect(page.get_by_text("What you had not saved is here again.")).to_be_visible()

    theirs = saved(program, draft)
    theirs["document"]["steps"][0]["name"] = "Theirs"
    token = author.api("session/")["csrf_token"]
    answer = author.context.request.put(
        f"{author.vigie.address}/api/plans/{draft['plan']}/draft/",
        data={"edits": theirs["edits"], "document": theirs["document"], "risk": None},
        headers={"X-CSRFToken": token, "Referer": author.vigie.address},
    )
    assert answer.ok, answer.text()
    expect_told(page, "saved this plan while you were changing it.")
    expect(page.get_by_role("button", name="Save the draft")).to_be_disabled()
    page.get_by_role("button", name="Show what they saved").click()
    expect(page.get_by_label("What it is called")).to_have_value("Theirs")


def test_a_step_is_added_set_in_time_and_taken_away(author: Visitor, draft: dict[str, Any], program: Api) -> None:
    author.go(f"/crisis/plans/{draft['plan']}")
    page = author.page
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("menuitem", name="Line of the checklist").click()
    page.get_by_label("What it is called").fill("Open the gate for the police")
    page.get_by_label("Who does it").fill("Gatekeeper")
    page.get_by_label("After", exact=True).select_option(label="Agents: go and look, from a distance")
    delay = page.get_by_role("textbox", name="How long after")
    delay.fill("3")
    delay.press("Tab")
    save(page)
    expect(page.get_by_text("Somebody is in the yard is saved.")).to_be_visible(timeout=CEILING_MS)
    version = saved(program, draft)
    step = version["document"]["steps"][-1]
    assert (step["after"], step["delay_s"], step["role"]) == ("agents", 180, "Gatekeeper")
    assert version["begins"][step["key"]] == 180
    page.get_by_role("button", name="More about this step").click()
    page.get_by_role("menuitem", name="Remove the step").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove the step").click()
    expect(page.locator(f'[data-step="{step["key"]}"]')).to_have_count(0)


def test_an_approver_reads_and_changes_nothing(visitor: Visitor, draft: dict[str, Any]) -> None:
    visitor.sign_in("supervisor")
    page = open_step(visitor, draft, "agents")
    expect(page.get_by_label("What it is called")).to_be_disabled()
    expect(page.get_by_role("button", name="Save the draft")).to_have_count(0)
    expect(page.get_by_role("button", name="Step", exact=True)).to_have_count(0)


def test_it_is_approved_by_somebody_else_who_shows_that_it_is_them(
    backstage: Backstage, vigie: Vigie, visitor: Visitor, program: Api
) -> None:
    plan = next(one for one in program.get("/api/plans/").json()["results"] if one["name"] == "Intrusion on the site")
    begun = program.post(f"/api/plans/{plan['id']}/draft/", {}).json()
    submitted = program.post(f"/api/plans/{plan['id']}/submit/", {"edits": begun["edits"]})
    assert submitted.status_code == 200, submitted.text

    visitor.sign_in("supervisor")
    visitor.go(f"/crisis/plans/{plan['id']}")
    page = visitor.page
    page.get_by_role("button", name="Approve", exact=True).click(timeout=CEILING_MS)
    asked = page.get_by_role("alertdialog", name="Approve Intrusion on the site?")
    backstage.age_proofs()  # an approval is a signature: it asks for a proof of the last minute
    asked.get_by_role("button", name="Approve").click()
    proof = page.get_by_role("dialog", name="Is it still you?")
    proof.get_by_role("button", name="Cancel").click(timeout=CEILING_MS)
    expect(asked).to_have_count(0)
    page.get_by_role("button", name="Approve", exact=True).click()
    asked.get_by_role("button", name="Approve").click()
    proof.get_by_label("Your password").fill(vigie.account("supervisor").password, timeout=CEILING_MS)
    proof.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(f"Version {begun['number']} is in force.")).to_be_visible(timeout=CEILING_MS)
    in_force = next(one for one in program.get("/api/plans/").json()["results"] if one["id"] == plan["id"])["in_force"]
    approver = visitor.api("session/")["member"]["display_name"]
    assert (in_force["number"], in_force["approved_by"]["name"]) == (begun["number"], approver)


@pytest.mark.parametrize(("language", "theme"), EACH_LANGUAGE_IN_A_THEME)
def test_the_room_fits_every_width(
    browser: Browser, vigie: Vigie, draft: dict[str, Any], language: str, theme: str
) -> None:
    one = open_visitor(browser, vigie, min(WIDTHS))
    one.sign_in("administrator", language)
    wrong: list[str] = []
    plan = f"/crisis/plans/{draft['plan']}"
    for name, path in {"list": "/crisis/plans", "whole": plan, "step": f"{plan}?step=agents"}.items():
        wrong += overflows(one, path, f"response-{name}", language)
        wrong += [f"{path}: {found}" for found in in_theme(one.page, theme)]
    assert wrong == []
    assert one.complaints == []
    one.context.close()


def test_people_within_an_area_are_drawn_on_the_map(author: Visitor, draft: dict[str, Any], program: Api) -> None:
    site = program.get("/api/sites/").json()["results"][0]
    people = [add_person(author, site, 0.001), add_person(author, site, 0.02)]  # 111 m and 2.2 km to the north
    try:
        page = open_step(author, draft, "agents")
        draw_area(page, site)
        save(page)
        expect(page.get_by_text("Somebody is in the yard is saved.")).to_be_visible(timeout=CEILING_MS)
        *others, area = saved(program, draft)["document"]["steps"][0]["to"]["groups"]
        assert (area["kind"], area["name"], len(area["outline"])) == ("area", "Low town", 48)
        for _other in others:
            page.get_by_role("group", name="To whom").get_by_role(
                "button", name=re.compile("^Take away: ")
            ).first.click()
        save(page)
        expect(page.get_by_text("In all 1 person now.")).to_be_visible(timeout=CEILING_MS)
        draw_corners(page)
        save(page)
        expect(page.get_by_text("In all 2 people now.")).to_be_visible(timeout=CEILING_MS)
        # Who approves cannot change it, and sees it: the link opens it from the address.
        assert author.complaints == []
        author.context.clear_cookies()
        author.sign_in("supervisor")
        page = open_step(author, draft, "agents")
        page.get_by_role("link", name="Show on the map: Within Low town").click()
        dialog = page.get_by_role("dialog", name="People within an area")
        expect(dialog.get_by_label("What it is called")).to_be_disabled()
        expect(dialog.get_by_role("button", name="Take this area")).to_have_count(0)
        shots.keep(page, "area-read")
        dialog.get_by_role("button", name="Close", exact=True).click()
        expect(dialog).to_have_count(0)
    finally:
        for person in people:
            program.delete(f"/api/people/{person}/")


def add_person(author: Visitor, site: dict[str, Any], north: float) -> str:
    """Somebody in the directory, by its form, so many degrees north of the site."""
    author.go("/people/directory/new")
    page = author.page
    page.get_by_label("Name", exact=True).fill(f"Neighbour {north}")
    place = page.get_by_role("region", name="Where they live or work")
    place.get_by_label(re.compile("^Latitude")).fill(str(round(site["latitude"] + north, 5)))
    place.get_by_label(re.compile("^Longitude")).fill("east")
    page.get_by_role("button", name="Save", exact=True).click()
    expect_told(page, "Enter degrees as a number")
    place.get_by_label(re.compile("^Longitude")).fill(str(site["longitude"]))
    place.get_by_role("button", name="On the map").click()
    expect(place.get_by_role("button", name=re.compile("^The place: latitude"))).to_be_visible(timeout=CEILING_MS)
    shots.keep(page, "person-place")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("/people/directory/[0-9a-f-]{36}$"), timeout=CEILING_MS)
    return page.url.rsplit("/", 1)[1]


def draw_area(page: Page, site: dict[str, Any]) -> None:
    """Around the site at first; the middle moved by a press and by keys, the radius too; what is none is refused."""
    whom = page.get_by_role("group", name="To whom")
    whom.get_by_role("button", name="People", exact=True).click()
    page.get_by_role("menuitem", name="People within an area").click()
    dialog = page.get_by_role("dialog", name="People within an area")
    latitude, longitude, radius = (
        dialog.get_by_role("textbox", name=name) for name in ("Latitude", "Longitude", "Radius")
    )
    expect(latitude).to_have_value(str(site["latitude"]), timeout=CEILING_MS)
    expect(radius).to_have_value("500")
    expect(dialog.get_by_text("About 0.79 km²")).to_be_visible()
    for width, height in sorted(WIDTHS.items()):
        page.set_viewport_size({"width": width, "height": height})
        for theme, found in in_both_themes(page):
            shots.keep(page, f"area-circle-{width}-{theme}")
            assert found == [], (width, theme, found)
    page.set_viewport_size({"width": 1280, "height": 800})
    edge = dialog.get_by_role("button", name=re.compile("^Edge, "))
    edge.press("ArrowRight")
    expect(radius).not_to_have_value("500")
    middle = dialog.get_by_role("button", name=re.compile("^Middle: "))
    middle.press("ArrowUp")
    expect(latitude).not_to_have_value(str(site["latitude"]))
    dialog.get_by_role("group", name=re.compile("^Map of the area")).click(position={"x": 60, "y": 60})
    expect(longitude).not_to_have_value(str(site["longitude"]))
    radius.fill("5")
    dialog.get_by_role("button", name="Take this area").click()
    expect(dialog.get_by_text("Enter metres, from 20")).to_be_visible()
    radius.fill("400")
    latitude.fill(str(site["latitude"]))
    longitude.fill(str(site["longitude"]))
    dialog.get_by_label("What it is called").fill("Low town")
    dialog.get_by_role("button", name="Take this area").click()
    expect(dialog).to_have_count(0)
    expect(whom.get_by_text("Within Low town")).to_be_visible()


def draw_corners(page: Page) -> None:
    """The circle is shown again as one, becomes corners, and these are typed, put, pulled and taken away."""
    page.get_by_role("link", name="Show on the map: Within Low town").click()
    dialog = page.get_by_role("dialog", name="People within an area")
    expect(dialog.get_by_role("textbox", name="Radius")).to_have_value("400", timeout=CEILING_MS)
    latitude = float(dialog.get_by_role("textbox", name="Latitude").input_value())
    longitude = float(dialog.get_by_role("textbox", name="Longitude").input_value())
    dialog.get_by_role("radio", name="Outline").click()
    corners = dialog.get_by_role("textbox", name="Corners: latitude, longitude")
    assert len(corners.input_value().splitlines()) == 48
    around = [(-0.01, -0.01), (0.03, 0.01), (0.03, -0.01), (-0.01, 0.01)]
    corners.fill("\n".join(f"{latitude + north:.5f}, {longitude + east:.5f}" for north, east in around))
    expect(dialog.get_by_role("alert")).to_have_text("Its sides cross or touch. Pull the corners apart.")
    around = [around[0], around[3], around[1], around[2]]
    corners.fill("\n".join(f"{latitude + north:.5f}, {longitude + east:.5f}" for north, east in around))
    expect(dialog.get_by_text("4 corners")).to_be_visible()
    dialog.get_by_role("button", name="Show the whole area").click()
    handle = dialog.get_by_role("button", name=re.compile("^Corner 1 of 4: "))
    handle.press("+")
    expect(dialog.get_by_role("button", name=re.compile("^Corner 2 of 5: "))).to_be_focused()
    page.keyboard.press("Delete")
    expect(dialog.get_by_text("4 corners")).to_be_visible()
    before = corners.input_value()
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 6, y + 6, steps=3)
    page.mouse.up()
    expect(corners).not_to_have_value(before)
    for theme, found in in_both_themes(page):
        shots.keep(page, f"area-outline-{theme}")
        assert found == [], (theme, found)
    dialog.get_by_role("button", name="Take this area").click()
    expect(dialog).to_have_count(0)
