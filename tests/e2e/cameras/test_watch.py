"""The whole path, as people use it: an RTSP camera with a password, a live tile that moves, an alert, and who answers it."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.cameras.conftest import CAMERA_PASSWORD, CAMERA_USER
from tests.e2e.installation import Vigie
from tests.e2e.program import Api
from tests.e2e.visitor import CEILING_MS, Visitor
from tests.peers.process import Peer
from tests.system import until

pytestmark = pytest.mark.e2e


def picture_of(tile: Locator) -> str:
    """What the tile shows now, so that two moments can be told apart."""
    return str(tile.locator("canvas:not([data-boxes])").evaluate("canvas => canvas.toDataURL('image/jpeg', 0.5)"))


def add_camera(program: Api, peer: Peer, name: str) -> str:
    """Add the RTSP camera, as an administrator, with the facts that make it lawful; returns its id."""
    site = program.get("/api/sites/").json()["results"][0]["id"]
    answer = program.post(
        "/api/cameras/",
        {
            "site": site,
            "name": name,
            "source": "rtsp",
            "address": f"rtsp://127.0.0.1:{peer.port}/live",
            "user_name": CAMERA_USER,
            "password": CAMERA_PASSWORD,
            "place": "private",
            "purpose": "Safety of people and goods",
            "legal_basis": "Legitimate interest",
            "notice_displayed": True,
        },
    )
    assert answer.status_code == 201, answer.text
    assert CAMERA_PASSWORD not in answer.text
    return str(answer.json()["id"])


def test_from_an_rtsp_camera_to_two_screens(
    vigie: Vigie, rtsp_camera: Peer, program: Api, colleagues: tuple[Visitor, Visitor]
) -> None:
    agent, supervisor = (one.page for one in colleagues)
    name = "Loading bay"
    camera = add_camera(program, rtsp_camera, name)

    # A live tile that moves.
    tile = agent.locator(f"article[data-camera='{camera}']")
    agent.reload()
    expect(tile.locator("[data-phase='live']")).to_be_visible(timeout=CEILING_MS)
    first = picture_of(tile)
    until(lambda: picture_of(tile) != first, "the live tile moves")

    # An alert that arrives by itself, on both screens.
    rule = program.post(
        "/api/rules/",
        {
            "camera": camera,
            "name": "Somebody at the loading bay",
            "kind": "seen",
            "settings": {"labels": ["person"]},
            "severity": 4,
            "quiet_s": 3600,
            "purpose": "Nobody has business there",
        },
    )
    assert rule.status_code == 201, rule.text
    assert rule.json()["state"] == "silent", "a new rule runs silently until it is switched on"
    switched = program.patch(f"/api/rules/{rule.json()['id']}/", {"state": "on", "version": rule.json()["version"]})
    assert switched.status_code == 200, switched.text
    cards = [page.locator("article[data-alert]", has_text=name) for page in (agent, supervisor)]
    for card in cards:
        expect(card).to_have_count(1, timeout=CEILING_MS)

    # The agent takes it; the supervisor sees who, below those that nobody took, of which there may be more than the list shows.
    for page in (agent, supervisor):
        page.get_by_role("searchbox", name="Search the alerts").fill(name)
    cards[0].get_by_role("button", name="Take").click()
    for card in cards:
        expect(card).to_have_attribute("data-state", "acknowledged", timeout=CEILING_MS)
    expect(cards[1]).to_contain_text("Camille Martin")

    # The alert's page: why, snapshot, clip.
    supervisor.goto(f"{vigie.address}/alerts/{cards[0].get_attribute('data-alert')}")
    expect(supervisor.get_by_role("heading", level=1)).to_be_visible()
    video = supervisor.locator("video")
    expect(video).to_be_visible(timeout=CEILING_MS)
    until(lambda: float(video.evaluate("video => video.duration || 0")) > 3, "the clip can be played")
    supervisor.get_by_role("radio", name="Snapshot").click()
    snapshot = supervisor.locator("img[src*='/api/recordings/']")
    expect(snapshot.first).to_be_visible()


def test_an_alert_raised_while_the_network_was_cut_appears_once(
    vigie: Vigie, colleagues: tuple[Visitor, Visitor]
) -> None:
    agent = colleagues[0].page
    cards = agent.locator("article[data-alert]")
    expect(cards.first).to_be_visible(timeout=CEILING_MS)
    supervisor = Api(vigie.address, vigie.account("supervisor"))
    began = dt.datetime.now(dt.UTC)

    agent.context.set_offline(True)
    until(
        lambda: any(
            dt.datetime.fromisoformat(alert["captured_at"]) > began
            for alert in supervisor.get("/api/alerts/").json()["results"]
        ),
        "an alert is raised meanwhile",
        ceiling_s=180,
    )
    agent.context.set_offline(False)

    newest = next(
        alert["id"]
        for alert in supervisor.get("/api/alerts/").json()["results"]
        if dt.datetime.fromisoformat(alert["captured_at"]) > began
    )
    expect(agent.locator(f"article[data-alert='{newest}']")).to_have_count(1, timeout=CEILING_MS)
    supervisor.close()
