"""The tour of the README through a crisis: what `make run` starts is walked in browsers, from the camera to the report.

Nothing is prepared for it: the camera's footage raises the alert, its rule asks about the plan, people answer on simulated
phones. Only the cameras that it does without are analysed less, as four of them and the browsers take more than two processors.
"""

from __future__ import annotations

import json
import re
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from soc.config import config
from tests.e2e import shots
from tests.e2e.installation import Account, Vigie
from tests.e2e.program import Api
from tests.e2e.visitor import CEILING_MS, Visitor, chromium, open_visitor
from tests.embedded import Installation
from tests.system import until

pytestmark = pytest.mark.e2e

PLAN, STORYS_CAMERA = "Intrusion on the site", "Forecourt"
# The demo's camera shows somebody on the planted strip once in a while; its calls wait a minute.
SEEN_MS, CALLED_MS = 300_000, 120_000


@pytest.fixture(scope="module")
def demo() -> Iterator[Vigie]:
    """`make run` with data of its own; footage and models are fetched already, an empty database is kept."""
    with tempfile.TemporaryDirectory(prefix="vigie-tour-") as folder:
        var = Path(folder)
        var.chmod(0o755)  # PostgreSQL's account must reach it
        for there in (config().footage_folder, config().models_folder, config().schema_folder):
            (var / there.name).symlink_to(there)
        installation = Installation(var)
        try:
            installation.until_up()
            written = json.loads((var / "demo.json").read_text())
            accounts = {account["role"]: Account(**account) for account in written["accounts"]}
            made = Vigie(written["address"], accounts)
            analyse_less(made)
            yield made
        finally:
            installation.end(signal.SIGINT)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def somebody(browser: Browser, demo: Vigie, role: str, path: str, width: int = 1280) -> Visitor:
    """Signed in, on a page."""
    one = open_visitor(browser, demo, width, touch=width < 700)
    one.page.emulate_media(reduced_motion="reduce")
    one.sign_in(role)
    one.go(path)
    return one


def analyse_less(demo: Vigie) -> None:
    """Have all cameras but the story's analysed once a second, and small."""
    api = Api(demo.address, demo.account("administrator"))
    api.set_cameras({"frames_per_second": 1, "analysis_size": 320}, but=STORYS_CAMERA)
    api.close()


def phone(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=re.compile(rf"^{name}\b"))


def device(page: Page, name: str) -> Locator:
    return page.locator("li[data-device]").filter(has_text=name)


@pytest.mark.timeout(900)
def test_somebody_steps_into_the_forbidden_zone(browser: Browser, demo: Vigie) -> None:
    agent = somebody(browser, demo, "agent", "/")
    phones = somebody(browser, demo, "administrator", "/simulated-phones", 1920)
    building = somebody(browser, demo, "supervisor", "/crisis/devices")
    expect(device(building.page, "Siren").get_by_text("off", exact=True)).to_be_visible(timeout=CEILING_MS)

    # The rule fires, its plan asks with a countdown, she starts it: the second gesture names what is about to happen.
    banner = agent.page.get_by_role("alert", name="Waiting for a decision")
    expect(banner).to_contain_text(f"Shall “{PLAN}” start?", timeout=SEEN_MS)
    expect(banner).to_contain_text(re.compile(r"\d:\d\d"))
    shots.keep(agent.page, "tour-1-asked")
    banner.get_by_role("link", name="Look").click()
    agent.page.get_by_role("button", name="Start…").click()
    dialog = agent.page.get_by_role("dialog", name=f"Start “{PLAN}”")
    confirm = dialog.get_by_role("button", name=re.compile(rf"^Start “{PLAN}” for \d+ people$"))
    expect(confirm).to_be_enabled(timeout=CEILING_MS)
    shots.keep(agent.page, "tour-2-second-gesture")
    confirm.click()
    steps = agent.page.get_by_role("region", name="Steps")
    secure = steps.locator("li", has_text="Secure the building")
    expect(secure).to_contain_text("waits for verification", timeout=CEILING_MS)

    # Phones ring in two languages; one answers that help is needed.
    expect(phone(phones.page, "Staff 2")).to_contain_text("intruder near Planted strip. Go inside", timeout=CEILING_MS)
    expect(phone(phones.page, "Staff 1")).to_contain_text("intrus près de Planted strip. Rentrez", timeout=CEILING_MS)
    phones.page.get_by_label("Answer by text as Staff 2").fill("2 room 12")
    phone(phones.page, "Staff 2").get_by_role("button", name="Send").first.click()
    help_call = agent.page.get_by_role("article", name="Staff 2")
    expect(help_call).to_contain_text("room 12", timeout=CEILING_MS)
    shots.keep(phones.page, "tour-3-phones")
    shots.keep(agent.page, "tour-4-help")

    # Nothing locked a door before she says how it was verified.
    expect(device(building.page, "Siren").get_by_text("off", exact=True)).to_be_visible()
    agent.page.get_by_role("button", name="Record the verification…").click()
    verify = agent.page.get_by_role("dialog", name="How was it verified?")
    verify.get_by_text("on the live picture").click()
    verify.get_by_role("button", name="It is real: record it").click()
    for name, state in (("Siren", "on"), ("lights", "on"), ("Front door", "locked"), ("Rear door", "locked")):
        expect(device(building.page, name).get_by_text(state, exact=True)).to_be_visible(timeout=CEILING_MS)
    shots.keep(building.page, "tour-5-building")
    expect(secure).to_contain_text("done", timeout=CEILING_MS)

    # The instruction is on the responder's phone, and heard there.
    responder = somebody(browser, demo, "responder", "/me", 375)
    instruction = responder.page.get_by_text("Go inside. Lock the door. Stay away from windows.").first
    expect(instruction).to_be_visible(timeout=CEILING_MS)
    with responder.page.expect_response(re.compile("/sound/")) as sound:
        responder.page.get_by_role("button", name="Hear it").first.tap()
    expect(responder.page.get_by_role("button", name="Stop the sound").first).to_be_visible(timeout=CEILING_MS)
    spoken = responder.context.request.get(sound.value.url)
    assert spoken.headers["content-type"].startswith("audio/")
    assert len(spoken.body()) > 10_000
    shots.keep(responder.page, "tour-6-instruction")

    # Who did not answer is called; so are guards and the supervisors.
    guard = phone(phones.page, "Guard")
    expect(guard).to_contain_text(re.compile("no guard has answered|aucun agent n’a répondu"), timeout=CALLED_MS)
    expect(phone(phones.page, "Staff 1")).to_contain_text("Call: what is said", timeout=CALLED_MS)
    expect(phone(phones.page, "Staff 2")).not_to_contain_text("Call: what is said")
    shots.keep(phones.page, "tour-7-escalation")

    # It is over; the report.
    agent.page.get_by_role("button", name="Stand down…").click()
    end = agent.page.get_by_role("dialog", name="Stand down?")
    end.get_by_text("Yes, it is over for everybody").click()
    end.get_by_role("button", name=f"Stand down “{PLAN}”").click()
    expect(agent.page.get_by_text(re.compile(r"Stood down \d\d:\d\d"))).to_be_visible(timeout=CEILING_MS)
    expect(phone(phones.page, "Staff 2")).to_contain_text("it is over. You may go out.", timeout=CEILING_MS)
    expect(phone(phones.page, "Staff 1")).to_contain_text("c’est terminé. Vous pouvez sortir.", timeout=CEILING_MS)
    shots.keep(agent.page, "tour-8-over")
    activation = agent.page.url.split("/activations/")[1][:36]
    until(lambda: agent.api(f"activations/{activation}/")["state"] == "ended", "it is over")
    agent.page.get_by_role("link", name="Report", exact=True).click()
    expect(agent.page.get_by_role("heading", name=f"Report: {PLAN}")).to_be_visible(timeout=CEILING_MS)
    expect(agent.page.get_by_role("region", name="Decisions")).to_contain_text("on the live picture")
    shots.keep(agent.page, "tour-9-report")
    with agent.page.expect_download() as taken:
        agent.page.get_by_role("link", name="PDF").click()
    pdf = " ".join(" ".join(page.extract_text() for page in PdfReader(taken.value.path()).pages).split())
    assert PLAN in pdf
    assert "on the live picture" in pdf
    assert "Word that it is over" in pdf
    assert [one.complaints for one in (agent, phones, building, responder)] == [[], [], [], []]
