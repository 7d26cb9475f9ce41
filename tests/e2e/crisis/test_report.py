"""What people see after a plan and around it: the report, its files, the binder that works without a network."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e import shots
from tests.e2e.installation import Backstage
from tests.e2e.program import Api
from tests.e2e.visitor import CEILING_MS, WIDTHS, Visitor, in_both_themes
from tests.system import until

pytestmark = pytest.mark.e2e

PLAN = "Smoke in the archive"


def started(program: Api, plan: str, *, drill: bool) -> str:
    """By two gestures; once all its messages have left."""
    prepared = program.post("/api/activations/prepare/", {"plan": plan, "drill": drill}).json()
    answer = program.post("/api/activations/start/", {"intent": prepared["intent"], "digest": prepared["digest"]})
    assert answer.status_code == 201, answer.text
    pk: str = answer.json()["id"]
    until(lambda: _has_left(read(program, pk)), "the messages have left", 90)
    return pk


def _has_left(of: dict[str, Any]) -> bool:
    return bool(of["reach"]) and not any(one["waiting"] for one in of["reach"])


def read(program: Api, pk: str) -> dict[str, Any]:
    found: dict[str, Any] = program.get(f"/api/activations/{pk}/").json()
    return found


def ended(program: Api, pk: str) -> None:
    answer = program.post(f"/api/activations/{pk}/stand-down/", {"version": read(program, pk)["version"]})
    assert answer.status_code == 200, answer.text


def test_a_report_is_read_written_in_compared_and_taken_along(
    backstage: Backstage, program: Api, visitor: Visitor
) -> None:
    plan = backstage.make_plan(PLAN, 18)
    first = started(program, plan, drill=True)
    for name in ("Staff 001", "Staff 002"):
        backstage.answer(first, name, "safe")
    ended(program, first)
    second = started(program, plan, drill=True)
    for name in ("Staff 001", "Staff 002", "Staff 003", "Staff 004", "Staff 005", "Guard 001"):
        backstage.answer(second, name, "safe")

    visitor.sign_in("supervisor")
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")
    visitor.go(f"/crisis/activations/{second}")
    expect(page.get_by_role("link", name="Report", exact=True)).to_be_visible(timeout=CEILING_MS)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        shots.keep(page, f"activation-head-{width}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Report", exact=True).click()
    expect(page.get_by_role("heading", name=f"Report of the exercise: {PLAN}")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_text("The plan is still under way: this is how it stands now.")).to_be_visible()
    figures = page.get_by_role("region", name="Reach and answers")
    expect(figures).to_contain_text("30%")  # 6 of 20
    backstage.answer(second, "Staff 006", "safe")
    expect(figures).to_contain_text("35%", timeout=CEILING_MS)
    ended(program, second)
    expect(page.get_by_text("still under way")).to_have_count(0, timeout=CEILING_MS)

    compared = page.get_by_role("region", name="Compared with the last exercise")
    expect(compared.get_by_role("row", name=re.compile("^Answered"))).to_contain_text("10%35%better")
    by_channel = page.get_by_role("region", name="By channel")
    expect(by_channel.get_by_role("row", name=re.compile("^SMS"))).to_be_visible()
    expect(by_channel.get_by_role("row", name=re.compile("^SMS"))).to_contain_text("without a number or address")
    expect(page.get_by_role("region", name="What failed, and why")).to_contain_text("Nothing failed.")
    timeline = page.get_by_role("region", name="Timeline")
    expect(timeline).to_contain_text("Word that it is over")
    timeline.get_by_text("As a table").click()
    expect(timeline.get_by_role("rowheader", name="Staff on site: go inside")).to_be_visible()
    expect(page.get_by_role("region", name="Decisions")).to_contain_text("stood down")

    improve = page.get_by_role("region", name="What to do better")
    improve.get_by_role("button", name="Add to the report").click()
    expect(improve.get_by_role("alert")).to_contain_text("Write something first.")
    improve.get_by_label("What would you do better?").fill("Give the guards a second radio.")
    improve.get_by_role("button", name="Add to the report").click()
    expect(improve.get_by_text("Give the guards a second radio.")).to_be_visible(timeout=CEILING_MS)
    expect(improve.get_by_label("What would you do better?")).to_have_value("")

    with page.expect_download() as pdf:
        page.get_by_role("link", name="PDF").click()
    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF")
    with page.expect_download() as table:
        page.get_by_role("link", name="CSV").click()
    cells = [cell for row in csv.reader(io.StringIO(Path(table.value.path()).read_text())) for cell in row]
    assert "Give the guards a second radio." in cells

    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
        for theme, found in in_both_themes(page):
            shots.keep(page, f"report-{width}-{theme}")
            assert found == [], (width, theme, found)
    page.set_viewport_size({"width": 1280, "height": 3000})
    shots.keep(page, "report-whole")
    page.set_viewport_size({"width": 375, "height": 5000})
    shots.keep(page, "report-whole-375")
    page.set_viewport_size({"width": 1280, "height": 800})

    # From the list of those that are over, where the texts to place can be reached too.
    visitor.go("/crisis")
    expect(page.get_by_role("link", name=re.compile("^(Texts to place|[0-9]+ texts? waits?)$"))).to_be_visible()
    number = read(program, first)["number"]
    report = page.get_by_role("link", name=f"Report of activation {number}: {PLAN}")
    expect(report).to_be_visible(timeout=CEILING_MS)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        shots.keep(page, f"crisis-past-{width}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    page.set_viewport_size({"width": 1280, "height": 800})
    report.click()
    expect(page.get_by_role("heading", name=f"Report of the exercise: {PLAN}")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_role("region", name="Compared with the last exercise")).to_have_count(0)
    assert visitor.complaints == []


def test_the_binder_is_kept_on_a_phone_and_read_without_a_network(
    backstage: Backstage, visitor: Visitor, tmp_path: Path
) -> None:
    plan = backstage.make_plan("Flooded cellar", 12)
    visitor.sign_in("supervisor", "fr")
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")
    visitor.go(f"/crisis/plans/{plan}")
    panel = page.get_by_role("region", name="Classeur hors ligne")
    with page.expect_download() as pdf:
        panel.get_by_role("link", name="À imprimer (PDF)").click()
    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF")
    panel.scroll_into_view_if_needed()
    shots.keep(page, "binder-panel")

    visitor.go("/me")
    page.get_by_text("Plans à garder sur ce téléphone").click()
    with page.expect_download() as file:
        page.get_by_role("link", name="Flooded cellar").click()
    kept = tmp_path / "binder.html"
    file.value.save_as(kept)
    visitor.context.set_offline(True)
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(kept.as_uri())
    expect(page.get_by_role("heading", name="Flooded cellar")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("link", name=re.compile(r"^\+336")).first).to_have_attribute(
        "href", re.compile(r"^tel:\+336\d{8}$")
    )
    expect(page.get_by_text("Rentrez et fermez les portes.")).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("Guards: go and look")).check()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shots.keep(page, "binder-phone")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for _theme, found in in_both_themes(page):
            assert found == [], (scheme, found)
    visitor.context.set_offline(False)
