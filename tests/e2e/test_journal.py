"""The journal as an auditor uses it: filter, read what changed, verify, see a tampered chain named, export."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import expect

from tests.e2e import shots
from tests.e2e.conftest import database_url
from tests.e2e.visitor import CEILING_MS, Visitor, in_both_themes
from tests.system import until

pytestmark = pytest.mark.e2e


@contextmanager
def tampered(entry: int) -> Iterator[None]:
    """Somebody who owns the database switches the triggers off and changes what an entry says; afterwards it is put back."""
    with psycopg.connect(database_url(), autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE soc_journal_entry SET action = action || '_not' WHERE id = %s", [entry])
        yield
        owner.execute("UPDATE soc_journal_entry SET action = replace(action, '_not', '') WHERE id = %s", [entry])


def test_an_auditor_reads_verifies_and_finds_what_was_changed(visitor: Visitor) -> None:
    visitor.sign_in("auditor")
    visitor.go("/journal")
    page = visitor.page
    rule = page.locator("li[data-entry]").first
    expect(rule).to_be_visible(timeout=CEILING_MS)

    # Filters live in the address; an entry opened says what changed.
    page.get_by_label("Group").select_option("Rules")
    expect(page).to_have_url(re.compile("group=rules"))
    changed = page.locator("li[data-entry]", has_text="changed a rule").first
    expect(changed).to_be_visible(timeout=CEILING_MS)
    expect(page.locator("li[data-entry]", has_text="signed in")).to_have_count(0)
    number = int(changed.get_attribute("data-entry") or 0)
    until(lambda: visitor.api(f"journal/{number}/")["sealed"], "the entry is sealed")
    changed.get_by_role("button").click()
    expect(changed.get_by_role("table")).to_contain_text("State", timeout=CEILING_MS)
    expect(changed.get_by_role("row", name="State")).to_contain_text("on")
    expect(changed).to_contain_text(re.compile(r"Number \d+"))
    page.reload()
    expect(page.locator(f"li[data-entry='{number}']").get_by_role("table")).to_be_visible(timeout=CEILING_MS)
    shots.in_each_theme(page, "journal-entry")

    # On a phone nothing runs over the side.
    page.set_viewport_size({"width": 375, "height": 812})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shots.keep(page, "journal-phone")
    page.set_viewport_size({"width": 1280, "height": 800})

    # The chain holds, and says until where.
    page.get_by_role("button", name="Verify the chain").click()
    verification = page.get_by_role("region", name="The chain holds")
    expect(verification).to_contain_text("Asked by Dominique Petit", timeout=CEILING_MS)
    expect(verification).to_contain_text(re.compile(r"Checked up to seal [\d,]+, whose head is [0-9a-f]{64}"))

    # Somebody changes a row behind the journal's back: the screen names it, and opens it.
    with tampered(number):
        page.get_by_role("button", name="Verify the chain").click()
        broken = page.get_by_role("region", name="The chain is broken")
        expect(broken).to_contain_text(f"Entry {number} was changed after it was sealed", timeout=CEILING_MS)
        shots.in_each_theme(page, "journal-broken")
        assert {theme: found for theme, found in in_both_themes(page) if found} == {}
        broken.get_by_role("link", name=f"Open entry {number}").click()
        expect(page.get_by_text("rule_changed_not").first).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_role("region", name="The chain holds")).to_be_visible(timeout=CEILING_MS)

    # The export carries the seals, and is in the journal itself.
    visitor.go("/journal?group=rules")
    expect(page.locator("li[data-entry]").first).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="To be checked elsewhere").click()
    lines = [json.loads(line) for line in Path(download.value.path()).read_text().split("\n") if line]
    assert {line["type"] for line in lines} == {"journal", "entry", "seal"}
    assert {line["action"].split("_")[0] for line in lines if line["type"] == "entry"} == {"rule"}
    page.get_by_label("Group").select_option("Journal")
    expect(page.locator("li[data-entry]", has_text="exported the journal").first).to_be_visible(timeout=CEILING_MS)
    assert visitor.complaints == []
