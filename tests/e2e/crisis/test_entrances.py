"""Ways in on the real system: a person's alert button on a phone, and the room where ways in are set up."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import shots
from tests.e2e.installation import Backstage, Vigie
from tests.e2e.program import Api
from tests.e2e.visitor import CEILING_MS, WIDTHS, Visitor, findings, in_both_themes
from tests.system import until

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def _nothing_else_under_way(backstage: Backstage, program: Api) -> Iterator[None]:
    backstage.quiet()
    yield
    for one in _asking(program):
        program.post(f"/api/activations/{one['id']}/drop/", {})


def hold(page: Page, name: str, seconds: float) -> None:
    """A finger on the button."""
    box = page.get_by_role("button", name=name, exact=True).bounding_box()
    assert box is not None
    assert box["height"] >= 48
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(int(seconds * 1000))
    page.mouse.up()


def test_a_responder_alerts_by_two_gestures_and_is_told_what_came_of_it(responder: Visitor, program: Api) -> None:
    page = responder.page
    card = page.get_by_role("region", name="Alert button")
    expect(card.get_by_role("button", name="Alert button", exact=True)).to_be_visible(timeout=CEILING_MS)
    assert findings(page) == []
    shots.in_each_theme(page, "alert-button-375")

    hold(page, "Alert button", 0.4)  # let go early: nothing
    expect(card.get_by_text("This is about to happen")).to_have_count(0)
    assert _asking(program) == []

    hold(page, "Alert button", 2.0)
    expect(card.get_by_text("Nobody is told yet. This is about to happen:")).to_be_visible(timeout=CEILING_MS)
    expect(card).to_contain_text("An agent is asked to start the plan")
    assert findings(page) == []
    shots.keep(page, "alert-prepared-375")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert _asking(program) == []  # the first gesture tells nobody
    card.get_by_label("Where you are").fill("Workshop, gate B")
    confirm = card.get_by_role("button", name="Alert now: an agent is asked")
    expect(confirm).to_be_enabled(timeout=CEILING_MS)
    confirm.tap()

    until(lambda: len(_asking(program)) == 1, "an agent is asked")
    (asked,) = _asking(program)
    call = card.locator(f'[data-reference="{asked["reference"]}"]')
    expect(call).to_contain_text("An agent is asked now.", timeout=CEILING_MS)
    assert asked["cause"] == "person"
    shots.keep(page, "alert-asked-375")
    (help_call,) = program.get(f"/api/activations/{asked['id']}/").json()["help"]
    assert (help_call["place"], help_call["calls"]) == ("Workshop, gate B", 1)

    # Once more, by keyboard this time: it is linked to the first and raises it.
    button = card.get_by_role("button", name="Alert button", exact=True)
    button.focus()
    page.keyboard.down("Enter")
    again = card.get_by_role("button", name="Alert again: your call is raised")
    expect(again).to_be_enabled(timeout=CEILING_MS)
    page.keyboard.up("Enter")
    again.tap()
    expect(call).to_contain_text("You have alerted 2 times.", timeout=CEILING_MS)
    (help_call,) = program.get(f"/api/activations/{asked['id']}/").json()["help"]
    assert help_call["calls"] == 2


def test_an_administrator_adds_a_webhook_whose_example_works(visitor: Visitor, vigie: Vigie, program: Api) -> None:
    page = visitor.page
    visitor.sign_in("administrator")
    visitor.go("/crisis/entrances")
    expect(page.get_by_role("heading", name="Triggers", level=1)).to_be_visible(timeout=CEILING_MS)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        shots.keep(page, f"entrances-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})
    for theme, found in in_both_themes(page):
        assert found == [], theme

    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("menuitem", name="Another system (webhook)").click()
    dialog = page.get_by_role("dialog")
    name = f"Gas alarm {uuid4().hex[:6]}"
    dialog.get_by_label("Name").fill(name)
    shots.keep(page, "entrance-form-1280")
    dialog.get_by_role("button", name="Add it").click()
    secret = page.get_by_role("dialog", name="The secret").locator("pre").first.inner_text(timeout=CEILING_MS)
    assert secret.startswith("vigie_hook_")
    assert secret in page.get_by_role("dialog").locator("pre").nth(1).inner_text()
    shots.keep(page, "entrance-secret-1280")
    page.get_by_role("button", name="I have kept it").click()
    card = page.locator("li[data-entrance]").filter(has_text=name)
    card.get_by_role("switch", name="Switched on").click()
    expect(card).to_contain_text("It is on.", timeout=CEILING_MS)

    pk = card.get_attribute("data-entrance") or ""
    answer = _call(vigie, pk, secret)
    assert (answer.status_code, answer.json()["outcome"]) == (201, "asked")
    card.get_by_text("How it is used, and what came lately").click()
    expect(card.locator('[data-outcome="asked"]')).to_contain_text("Gas alarm, hall 2", timeout=CEILING_MS)
    assert secret not in page.content()
    shots.keep(page, "entrance-details-1280")
    program.delete(f"/api/entrances/{pk}/")


def test_one_that_starts_at_once_is_approved_by_somebody_else_who_shows_that_it_is_them(
    backstage: Backstage, visitor: Visitor, vigie: Vigie, program: Api
) -> None:
    name = f"Fire panel {uuid4().hex[:6]}"
    plan = next(one for one in program.get("/api/plans/").json()["results"] if one["name"] == "Intrusion on the site")
    made = program.post(
        "/api/entrances/", {"kind": "webhook", "name": name, "plan": plan["id"], "how": "start", "enabled": False}
    )
    assert made.status_code == 201, made.text
    pk = made.json()["entrance"]["id"]

    visitor.sign_in("supervisor")
    visitor.go("/crisis/entrances")
    page = visitor.page
    card = page.locator(f"li[data-entrance='{pk}']")
    card.get_by_role("button", name="Approve and switch on").click(timeout=CEILING_MS)
    backstage.age_proofs()  # an approval is a signature: it asks for a proof of the last minute
    page.get_by_role("alertdialog", name=f"Approve “{name}”?").get_by_role("button", name="Approve").click()
    page.get_by_label("Your password").fill(vigie.account("supervisor").password, timeout=CEILING_MS)
    page.get_by_role("button", name="Go on").click()
    expect(card).to_contain_text("approved that it starts at once.", timeout=CEILING_MS)
    assert program.get(f"/api/entrances/{pk}/").json()["enabled"] is True
    assert program.delete(f"/api/entrances/{pk}/").status_code == 204


def _call(vigie: Vigie, entrance: str, secret: str) -> httpx.Response:
    body, stamp, nonce = b'{"text": "Gas alarm, hall 2"}', str(int(time.time())), uuid4().hex
    signed = hmac.new(secret.encode(), f"{stamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "Vigie-Entrance": entrance,
        "Vigie-Timestamp": stamp,
        "Vigie-Nonce": nonce,
        "Vigie-Signature": f"sha256={signed}",
    }
    return httpx.post(f"{vigie.address}/api/webhook/", content=body, headers=headers, timeout=20)


def _asking(program: Api) -> list[dict[str, str]]:
    found: list[dict[str, str]] = program.get("/api/activations/?state=asking").json()["results"]
    return found
