"""The overview, used as a supervisor would: read what needs attention, see it change, go where it is dealt with."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import shots
from tests.e2e.installation import Vigie
from tests.e2e.visitor import CEILING_MS, Visitor, an_alert, in_both_themes, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e


def test_a_supervisor_sees_what_waits_and_sees_it_taken(browser: Browser, vigie: Vigie, visitor: Visitor) -> None:
    visitor.page.emulate_media(reduced_motion="reduce")
    visitor.sign_in("supervisor")
    an_alert(visitor, state="open")
    visitor.go("/overview")
    page = visitor.page
    attention = page.get_by_role("region", name="What needs attention")
    waiting = attention.get_by_text(re.compile(r"alerts? (is|are) not taken")).first
    expect(waiting).to_be_visible(timeout=CEILING_MS)
    expect(attention).to_contain_text("Nobody is on duty.")
    expect(page.get_by_role("region", name="Watchers")).to_contain_text(re.compile(r"\d of 8 cameras"))
    expect(page.get_by_role("region", name="How soon alerts are taken")).to_contain_text("Too few to show")
    shots.in_each_theme(page, "overview")
    for theme, found in in_both_themes(page):
        assert found == [], theme

    # A colleague takes up duty and an alert: both are here without a reload.
    colleague = open_visitor(browser, vigie)
    colleague.sign_in("agent")
    alert = an_alert(colleague, state="open")
    token = colleague.api("session/")["csrf_token"]
    header = {"X-CSRFToken": token, "Referer": vigie.address}
    taken = colleague.context.request.post(f"{vigie.address}/api/duty/", data={"site": None}, headers=header)
    assert taken.status == 201, taken.text()
    name = colleague.api("session/")["member"]["display_name"]
    expect(page.get_by_role("region", name="On duty")).to_contain_text(name, timeout=CEILING_MS)
    expect(attention.get_by_text("Nobody is on duty.")).to_have_count(0)
    answer = colleague.context.request.post(
        f"{vigie.address}/api/alerts/{alert['id']}/acknowledge/", data={"version": alert["version"]}, headers=header
    )
    assert answer.ok, answer.text()
    expect(page.get_by_role("row", name=re.compile("^Taken, not closed"))).to_contain_text("1", timeout=CEILING_MS)
    colleague.context.request.delete(f"{vigie.address}/api/duty/", headers=header)
    colleague.context.close()

    attention.get_by_role("link", name="See the alerts").first.click()
    expect(page).to_have_url(re.compile(r"/alerts\?state=open"))
    assert visitor.complaints == []


def test_an_agent_is_not_offered_it(visitor: Visitor) -> None:
    visitor.arrive("agent")
    expect(visitor.page.get_by_role("link", name="Timeline")).to_be_visible(timeout=CEILING_MS)
    expect(visitor.page.get_by_role("link", name="Overview")).to_have_count(0)
    visitor.go("/overview")
    expect(visitor.page.get_by_role("heading", name="This page is not for your role")).to_be_visible()


@pytest.mark.parametrize(("width", "language"), [(375, "fr"), (1920, "fr")])
def test_it_fits_every_width(browser: Browser, vigie: Vigie, width: int, language: str) -> None:
    one = open_visitor(browser, vigie, width)
    one.page.emulate_media(reduced_motion="reduce")
    one.sign_in("administrator", language)
    until(lambda: one.api("session/")["member"]["language"] == language, "the language is kept with the member")
    one.go("/overview")
    expect(one.page.get_by_role("region", name="Veilleurs")).to_be_visible(timeout=CEILING_MS)
    assert one.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shots.in_each_theme(one.page, f"overview-{width}-{language}")
    one.context.close()
