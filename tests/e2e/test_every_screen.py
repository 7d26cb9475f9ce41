"""Every screen on the real system: accessible, in both languages and themes, at every width."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.installation import Vigie
from tests.e2e.visitor import EACH_LANGUAGE_IN_A_THEME, WIDTHS, Visitor, an_alert, in_theme, open_visitor

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("alerts")]

NO_PICTURE = re.compile(r"/api/cameras/[0-9a-f-]{36}/picture/$")
"""A camera that nobody watches, as here, has none, and says so with a 503."""


def screens(visitor: Visitor) -> list[str]:
    """Every screen's address, with what the demo has."""
    camera = visitor.api("cameras/")["results"][0]["id"]
    rule = visitor.api("rules/")["results"][0]["id"]
    plan = visitor.api("floor-plans/")["results"][0]
    return [
        "/",
        "/?grid=1&figures=on",
        "/?grid=16&counts=on&figures=on",
        f"/?grid=1%2B5&tile={camera}&large=on",
        "/alerts",
        "/alerts?severity=1&state=false_alarm",
        f"/alerts/{an_alert(visitor)['id']}",
        "/alerts/00000000-0000-0000-0000-000000000000",
        "/timeline",
        "/timeline?view=list",
        "/overview",
        "/studio/cameras",
        f"/studio/cameras/{camera}",
        f"/studio/cameras/{camera}?step=law",
        f"/studio/cameras/{camera}?step=draw",
        f"/studio/cameras/{camera}?step=watch",
        "/studio/cameras/new",
        "/map",
        "/map?at=47,3,5",
        f"/map/sites/{plan['site']}?camera={plan['cameras'][0]['camera']}",
        "/studio/sites",
        f"/studio/sites/{plan['site']}",
        "/studio/sites/new",
        f"/studio/sites/{plan['site']}/plans/{plan['id']}",
        "/studio/cameras/import",
        "/studio/rules",
        "/studio/rules?state=off&attention=ends_soon",
        f"/studio/rules/{rule}",
        f"/studio/rules/{rule}?tab=figures",
        f"/studio/rules/{rule}?tab=versions",
        "/studio/rules/new",
        "/studio/people",
        "/studio/people?tab=roles",
        f"/studio/people/{visitor.api('session/')['member']['id']}",
        "/profile",
        "/profile?tab=ways",
        "/first-steps",
        "/logbook",
        "/logbook?q=nothing-like-this",
        "/logbook/handover",
        "/logbook?categories=open",
        "/me",
        "/simulated-phones",
        "/crisis/texts",
        "/crisis/entrances",
        "/crisis/devices/scripts/new",
        "/crisis/texts?settled=true",
        "/crisis/audits",
        f"/crisis/audits/{visitor.api('risk-audits/?state=approved')['results'][0]['id']}?risk=R1",
        f"/crisis/audits/{visitor.api('risk-audits/?state=approved')['results'][0]['id']}?show=history",
        "/crisis/audits/00000000-0000-0000-0000-000000000000",
        "/m/0-nobodys",
        "/crisis/activations/00000000-0000-0000-0000-000000000000/report",
        "/crisis/channels",
        "/crisis/channels/new?channel=sms",
        "/crisis/channels/new?channel=email",
        "/crisis/channels/00000000-0000-0000-0000-000000000000",
        "/kit",
        "/accessibility",
        "/people/on-call",
        f"/people/on-call/{visitor.api('schedules/')['results'][0]['id']}",
        f"/people/on-call/{visitor.api('schedules/')['results'][0]['id']}?view=days",
        f"/people/on-call/{visitor.api('schedules/')['results'][0]['id']}/rotations/new",
        "/crisis/pcs",
        "/?display=wall",
        "/nothing-here",
    ]


@pytest.mark.timeout(900)  # some sixty screens, in three widths each
@pytest.mark.parametrize(("language", "theme"), EACH_LANGUAGE_IN_A_THEME)
def test_every_screen_fits_every_width_pleases_axe_and_complains_of_nothing(
    browser: Browser, vigie: Vigie, language: str, theme: str
) -> None:
    """Opened on a phone and widened; in English each by its address, in French each from the one before.

    Complaints are of the security policy and errors, not of what was asked for in vain.
    """
    one = open_visitor(browser, vigie, min(WIDTHS))
    one.page.emulate_media(reduced_motion="reduce")
    unavailable: list[str] = []
    one.page.on("response", lambda answer: unavailable.append(answer.url) if answer.status == 503 else None)
    one.sign_in("administrator", language)
    wrong: list[str] = []
    show = one.load if language == "en" else one.go
    for path in screens(one):
        one.page.set_viewport_size({"width": min(WIDTHS), "height": WIDTHS[min(WIDTHS)]})
        show(path)
        expect(one.page.locator("html")).to_have_attribute("lang", language)
        for width, height in sorted(WIDTHS.items()):
            one.page.set_viewport_size({"width": width, "height": height})
            wrong += [f"{path} at {width} px: {what}" for what in over_the_side(one.page)]
        wrong += [f"{path} in the {theme} theme: {what}" for what in in_theme(one.page, theme)]
    assert wrong == []
    assert [url for url in unavailable if not NO_PICTURE.search(url)] == []
    assert [text for text in one.complaints if "404" not in text and "503" not in text] == []
    one.context.close()


def over_the_side(page: Page) -> list[str]:
    """What is wider than its place, by its class or tag; the page itself, when it is wider than the window."""
    wide: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('html, body, main, main *')]
            .filter(one => one.scrollWidth > one.clientWidth + 1)
            .filter(one => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
            .map(one => one.className || one.tagName)
            .concat(document.documentElement.scrollWidth > window.innerWidth ? ['the page'] : [])"""
    )
    return wide
