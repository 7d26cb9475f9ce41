"""A shift is handed over: read and signed by who leaves, then by who takes over, on a screen of her own or on the same one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import shots
from tests.e2e.installation import Backstage
from tests.e2e.visitor import CEILING_MS, Visitor, an_alert, expect_told, findings, in_both_themes

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("alerts")]


@pytest.fixture
def relief(colleagues: tuple[Visitor, Visitor]) -> Iterator[tuple[Visitor, Visitor]]:
    """The agent on duty at the main gate, and the supervisor who takes over."""
    an_alert(colleagues[0])
    take_up_duty(colleagues[0].page)
    yield colleagues
    for one in colleagues:
        end_duty(one)


def take_up_duty(page: Page) -> None:
    page.get_by_role("button", name="Nobody is on duty").click()
    bar = page.get_by_role("dialog", name="On duty")
    bar.get_by_label("Where you take up duty").select_option("Main gate")
    bar.get_by_role("button", name="Take up duty").click()
    expect(bar).to_contain_text("Camille Martin (you)", timeout=CEILING_MS)
    page.keyboard.press("Escape")


def end_duty(visitor: Visitor) -> None:
    """Whoever is on duty still, is no more; so that the next test finds nobody."""
    token = visitor.api("session/")["csrf_token"]
    visitor.context.request.delete(
        f"{visitor.vigie.address}/api/duty/", headers={"X-CSRFToken": token, "Referer": visitor.vigie.address}
    )


def write_and_sign(backstage: Backstage, agent: Visitor, words: str) -> None:
    backstage.age_proofs()  # a signature asks for a proof of the last minute: how long ago the test signed in plays no part
    page = agent.page
    page.get_by_role("button", name="On duty: 1 person").click()
    page.get_by_role("link", name="Hand over…").click()
    expect(page.get_by_role("heading", name="Alerts that are not closed")).to_be_visible(timeout=CEILING_MS)
    page.get_by_label("What the next one must know").fill(words)
    page.get_by_role("button", name="Sign and hand over").click()
    prove(agent)
    expect(page).to_have_url(re.compile(r"/logbook/handover/[0-9a-f-]{36}$"), timeout=CEILING_MS)


def prove(visitor: Visitor, role: str = "agent") -> None:
    dialog = visitor.page.get_by_role("dialog", name="Is it still you?")
    dialog.get_by_label("Your password").fill(visitor.vigie.account(role).password)
    dialog.get_by_role("button", name="Go on").click()


def test_each_signs_on_a_screen_of_their_own(backstage: Backstage, relief: tuple[Visitor, Visitor]) -> None:
    agent, supervisor = relief
    page = agent.page
    write_and_sign(backstage, agent, "The driver of the van still has key 4.")
    signatures = page.get_by_role("region", name="Signatures")
    expect(signatures).to_contain_text("Not signed yet")
    shots.in_each_theme(page, "handover-waits")

    # The colleague is told in the bar, reads, and takes over.
    other = supervisor.page
    other.get_by_role("button", name="On duty: 1 person").click()
    other.get_by_role("link", name=re.compile(r"^Camille Martin hands over, signed .* \(Main gate\)")).click()
    expect(other.get_by_text("The driver of the van still has key 4.")).to_be_visible(timeout=CEILING_MS)
    assert {theme: found for theme, found in in_both_themes(other) if found} == {}
    other.get_by_role("button", name="I have read it and take over").click()
    prove(supervisor, "supervisor")
    for one in (page, other):
        expect(one.get_by_role("region", name="Signatures")).to_contain_text("Sacha Bernard", timeout=CEILING_MS)
    other.get_by_role("button", name="On duty: 1 person").click()
    expect(other.get_by_role("dialog", name="On duty")).to_contain_text("Sacha Bernard (you)")
    shots.keep(other, "handover-taken")

    # It stands in the logbook, for good.
    agent.go("/logbook?q=key+4")
    row = page.locator("article", has_text="The driver of the van still has key 4.")
    expect(row).to_contain_text("Shift handed over to Sacha Bernard, signed by both", timeout=CEILING_MS)
    assert agent.complaints + supervisor.complaints == [
        text for text in agent.complaints + supervisor.complaints if "428" in text
    ]


def test_both_sign_on_one_screen_and_it_is_printed(backstage: Backstage, relief: tuple[Visitor, Visitor]) -> None:
    agent, _ = relief
    page = agent.page
    page.get_by_role("button", name="On duty: 1 person").click()
    page.get_by_role("link", name="Hand over…").click()
    words = page.get_by_label("What the next one must know")
    expect(words).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Sign and hand over").click()
    expect_told(page, "This is needed")
    words.fill("Nothing special.")
    backstage.age_proofs()
    page.reload()
    expect(words).to_have_value("Nothing special.", timeout=CEILING_MS)
    shots.in_each_theme(page, "handover-draft")
    assert findings(page) == []
    page.get_by_role("button", name="Sign and hand over").click()
    prove(agent)
    expect(page.get_by_role("heading", name="Your colleague signs here")).to_be_visible(timeout=CEILING_MS)
    assert {theme: found for theme, found in in_both_themes(page) if found} == {}

    account = agent.vigie.account("supervisor")
    page.get_by_label("Name your colleague signs in with").fill(account.name)
    page.get_by_label("Your colleague’s password").fill("guessed")
    page.get_by_role("button", name="I have read it and take over").click()
    expect_told(page, "The name or the password is not right.")
    own = agent.vigie.account("agent")
    page.get_by_label("Name your colleague signs in with").fill(own.name)
    page.get_by_label("Your colleague’s password").fill(own.password)
    page.get_by_role("button", name="I have read it and take over").click()
    expect_told(page, "A handover is signed by two.")
    page.get_by_label("Name your colleague signs in with").fill(account.name)
    page.get_by_label("Your colleague’s password").fill(account.password)
    page.get_by_role("button", name="I have read it and take over").click()
    signatures = page.get_by_role("region", name="Signatures")
    expect(signatures).to_contain_text("by password on the screen of who left", timeout=CEILING_MS)
    assert agent.api("session/")["member"]["display_name"] == "Camille Martin", "her session goes on"

    shots.keep_printed(page, "handover")
    page.emulate_media(media="print")
    expect(page.get_by_text("Printed by Camille Martin")).to_be_visible()
    expect(signatures).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()


def test_a_handover_is_withdrawn_and_who_is_not_on_duty_has_none(
    backstage: Backstage, relief: tuple[Visitor, Visitor]
) -> None:
    agent, supervisor = relief
    page = agent.page
    write_and_sign(backstage, agent, "Signed too early.")
    page.get_by_role("button", name="Withdraw").click(timeout=CEILING_MS)
    signatures = page.get_by_role("region", name="Signatures")
    expect(signatures).to_contain_text("Withdrawn", timeout=CEILING_MS)
    expect(signatures).to_be_focused()  # what was pressed is gone

    # Of who is gone a supervisor withdraws it.
    write_and_sign(backstage, agent, "Signed, and gone.")
    supervisor.page.get_by_role("button", name="On duty: 1 person. A handover waits for you to take over").click()
    supervisor.page.get_by_role("link", name=re.compile("^Camille Martin hands over")).click()
    supervisor.page.get_by_role("button", name="Withdraw").click(timeout=CEILING_MS)
    expect(signatures).to_contain_text("Withdrawn", timeout=CEILING_MS)
    supervisor.go("/logbook/handover")
    expect(supervisor.page.get_by_text("You are not on duty")).to_be_visible(timeout=CEILING_MS)
    # Said where it is, and done where it says: the page follows.
    supervisor.page.get_by_role("button", name=re.compile("^On duty")).click()
    supervisor.page.get_by_role("button", name="Take up duty").click()
    expect(supervisor.page.get_by_label("What the next one must know")).to_be_visible(timeout=CEILING_MS)
    supervisor.page.get_by_role("button", name="End duty").click()
    expect(supervisor.page.get_by_text("You are not on duty")).to_be_visible(timeout=CEILING_MS)
    supervisor.go("/logbook/handover/00000000-0000-0000-0000-000000000000")
    expect(supervisor.page.get_by_text("No such handover")).to_be_visible(timeout=CEILING_MS)
