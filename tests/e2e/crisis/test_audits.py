"""The room of risk audits: begun, judged, submitted, refused to its author, approved by somebody else; facts said at risks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e import history, shots
from tests.e2e.installation import Backstage, Vigie
from tests.e2e.program import Api
from tests.e2e.visitor import (
    CEILING_MS,
    EACH_LANGUAGE_IN_A_THEME,
    WIDTHS,
    Visitor,
    an_alert,
    expect_told,
    in_theme,
    open_visitor,
    overflows,
)

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("alerts")]


@pytest.fixture
def site(program: Api) -> dict[str, Any]:
    """The demo's site that has no audit: the one of the other site stays as it is."""
    found: list[dict[str, Any]] = program.get("/api/sites/").json()["results"]
    return next(one for one in found if one["name"] == "Main gate")


def of_the_demo(program: Api) -> dict[str, Any]:
    """The demo's audit that is in force."""
    found: list[dict[str, Any]] = program.get("/api/risk-audits/?state=approved").json()["results"]
    return next(one for one in found if one["site"]["name"] == "Courtyard")


@pytest.fixture
def audit(program: Api, site: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A draft with one risk that is judged and one that is not; it is given up when the test is over."""
    begun = program.post("/api/risk-audits/", {"site": site["id"], "origin": "empty"})
    assert begun.status_code == 201, begun.text
    path = f"/api/risk-audits/{begun.json()['id']}/"
    me = program.get("/api/session/").json()["member"]["id"]
    judged = {"likelihood": 4, "severity": 3, "exposed": "184 staff", "responsible_member": me}
    added = program.post(f"{path}risks/", {"code": "intrusion", **judged})
    assert added.status_code == 201, added.text
    added = program.post(
        f"{path}risks/", {"own_name": "Drones over the yard", "exposed": "Visitors", "responsible_member": me}
    )
    yield added.json()
    if program.get(path).json()["may"]["withdraw"]:
        program.post(f"{path}withdraw/", {"comment": "The test is over."})


@pytest.fixture
def author(visitor: Visitor) -> Visitor:
    """An administrator, who writes audits."""
    visitor.sign_in("administrator")
    return visitor


def saved(program: Api, audit: dict[str, Any]) -> dict[str, Any]:
    """The audit as the server has it."""
    found: dict[str, Any] = program.get(f"/api/risk-audits/{audit['id']}/").json()
    return found


def names(audit: dict[str, Any]) -> tuple[str, str]:
    """The references of its risks: the judged one, the other one."""
    first, second = (risk["reference"] for risk in audit["risks"])
    return first, second


def chip(page: Page, reference: str) -> Locator:
    return page.locator(f"[data-risk='{reference}']")


def open_audit(one: Visitor, audit: dict[str, Any], query: str = "") -> Page:
    one.go(f"/crisis/audits/{audit['id']}{query}")
    expect(chip(one.page, names(audit)[0])).to_be_visible(timeout=CEILING_MS)
    return one.page


def test_the_navigation_leads_to_audits_and_a_new_one_is_begun_from_a_template(
    author: Visitor, site: dict[str, Any]
) -> None:
    author.go("/crisis/plans")
    page = author.page
    page.get_by_role("navigation", name="Rooms beside this one").get_by_role("link", name="Risk audits").click()
    expect(page.get_by_role("heading", name="Risk audits")).to_be_visible(timeout=CEILING_MS)
    # The demo's audit, in force; its version before behind a fold.
    expect(page.get_by_text(re.compile("Holds until"))).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Begin an audit").first.click()
    dialog = page.get_by_role("dialog", name="Begin an audit")
    dialog.get_by_label("Site").select_option(label=site["name"])
    dialog.get_by_label("Begin with").select_option(value="template:school")
    expect(dialog.get_by_text("12 risks that are usually looked at there")).to_be_visible(timeout=CEILING_MS)
    dialog.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name=f"Risks of {site['name']}")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_text("12 not judged yet:")).to_be_visible()
    # It cannot be submitted, and says what is missing.
    expect(page.get_by_role("button", name="Submit for review")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("region", name="Before it can be submitted")).to_contain_text(
        "how likely it is has not been judged."
    )
    page.get_by_role("button", name="More about this audit").click()
    page.get_by_role("menuitem", name="Give it up").click()
    ending = page.get_by_role("dialog", name=re.compile("^End version"))
    ending.get_by_role("button", name="Give it up").click()
    expect(ending.get_by_text("Say it in a sentence.")).to_be_visible()
    ending.get_by_label("Why").fill("Begun to try it.")
    ending.get_by_role("button", name="Give it up").click()
    expect(page.get_by_text("This version was withdrawn.")).to_be_visible(timeout=CEILING_MS)


def test_a_risk_is_judged_protected_and_given_to_somebody(author: Visitor, audit: dict[str, Any], program: Api) -> None:
    first, second = names(audit)
    page = open_audit(author, audit)
    chip(page, second).click()
    expect(page.get_by_role("complementary")).to_contain_text("Drones over the yard")
    page.get_by_role("link", name="Change this risk").click()
    page.get_by_role("group", name="Likelihood").get_by_text("Possible").click()
    page.get_by_role("group", name="Severity").get_by_text("Grave").click()
    expect(page.get_by_text("12: reduce")).to_be_visible()
    page.get_by_role("button", name="Add something else").click()
    page.get_by_label("What protects", exact=True).fill("Net over the yard")
    page.get_by_label("Net over the yard, last tested").fill("2026-11-03")
    page.get_by_label("Net over the yard, last tested").blur()
    page.get_by_role("button", name="Add a measure").click()
    page.get_by_label("Measure", exact=True).fill("Drone detector")
    page.reload()  # what is not saved is there again
    page.on("dialog", lambda dialog: dialog.accept())
    expect(page.get_by_text("What you had not saved is here again.")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_label("Measure", exact=True)).to_have_value("Drone detector")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"{second} Drones over the yard is saved.")).to_be_visible(timeout=CEILING_MS)
    expect(page.locator("[data-cell='3×4']").locator(f"[data-risk='{second}']")).to_be_visible()
    risk = saved(program, audit)["risks"][1]
    assert (risk["score"], risk["measures"][0]["what"]) == (12, "Drone detector")
    assert (risk["protections"][0]["name"], risk["protections"][0]["last_tested"]) == (
        "Net over the yard",
        "2026-11-03",
    )
    # Arrow keys go from risk to risk in the matrix.
    chip(page, first).focus()
    page.keyboard.press("ArrowRight")
    expect(chip(page, second)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(chip(page, first)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Intrusion on the site")).to_be_focused()


def test_a_risk_is_added_from_the_catalogue_and_one_of_our_own(author: Visitor, audit: dict[str, Any]) -> None:
    page = open_audit(author, audit)
    page.get_by_role("link", name="Add a risk").click()
    page.get_by_label("Risk", exact=True).select_option("fire")
    expect(page.get_by_text(re.compile("^Look at: "))).to_be_visible()
    page.get_by_label("Risk", exact=True).select_option(label="A risk of our own")
    page.get_by_role("button", name="Save", exact=True).click()
    expect_told(page, "Choose a risk of the catalogue, or give it a name of your own.")
    page.get_by_label("What it is called").fill("Wild boar")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile("Wild boar is saved."))).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_text("2 not judged yet:")).to_be_visible()


def test_a_colleague_who_saved_first_is_not_overwritten_unseen(
    author: Visitor, audit: dict[str, Any], program: Api
) -> None:
    first, _ = names(audit)
    author.go(f"/crisis/audits/{audit['id']}/risks/{first}")
    page = author.page
    exposed = page.get_by_role("textbox", name="Exposed")
    expect(exposed).to_have_value("184 staff", timeout=CEILING_MS)
    exposed.fill("Mine")
    risk = saved(program, audit)["risks"][0]
    answer = program.patch(
        f"/api/risk-audits/{audit['id']}/risks/{risk['id']}/", {"version": risk["version"], "exposed": "Theirs"}
    )
    assert answer.status_code == 200, answer.text
    expect_told(page, "A colleague changed this risk while you were writing.")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Keep mine, to save over it").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile("is saved."))).to_be_visible(timeout=CEILING_MS)
    assert saved(program, audit)["risks"][0]["exposed"] == "Mine"


def judged(program: Api, audit: dict[str, Any]) -> None:
    risk = saved(program, audit)["risks"][1]
    change = {"version": risk["version"], "likelihood": 2, "severity": 2}
    assert program.patch(f"/api/risk-audits/{audit['id']}/risks/{risk['id']}/", change).status_code == 200


def test_its_author_cannot_approve_it_and_somebody_else_does(
    backstage: Backstage, author: Visitor, browser: Browser, vigie: Vigie, audit: dict[str, Any], program: Api
) -> None:
    first, second = names(audit)
    judged(program, audit)
    page = open_audit(author, audit)
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Version", exact=False).filter(has_text="in review").first).to_be_visible(
        timeout=CEILING_MS
    )
    # The author reads why not.
    expect(page.get_by_role("button", name="Approve")).to_have_attribute("aria-disabled", "true", timeout=CEILING_MS)
    expect(page.get_by_text("You wrote this audit. Somebody else must approve it.")).to_be_visible()
    expect(page.get_by_role("link", name="Change this risk")).to_have_count(0)

    other = open_visitor(browser, vigie)
    other.sign_in("supervisor")
    theirs = open_audit(other, audit)
    theirs.get_by_role("button", name="Send back").click()
    dialog = theirs.get_by_role("dialog", name=re.compile("^Send version"))
    dialog.get_by_label("What must be changed").fill(f"{second} is too low.")
    dialog.get_by_role("button", name="Send back").click()
    expect(theirs.get_by_text("is a draft again.")).to_be_visible(timeout=CEILING_MS)
    # The author's page follows by itself.
    expect(page.get_by_text(f"“{second} is too low.”").first).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Submit for review").click()
    theirs.get_by_role("button", name="Approve").click(timeout=CEILING_MS)
    dialog = theirs.get_by_role("dialog", name=re.compile("^Approve version"))
    dialog.get_by_label("Remark").fill("Read on the spot.")
    backstage.age_proofs()  # an approval is a signature: it asks for a proof of the last minute
    dialog.get_by_role("button", name="Approve").click()
    expect(theirs.get_by_label("Your password")).to_be_visible(timeout=CEILING_MS)
    shots.keep(theirs, "audits-proof-1280-en")
    theirs.get_by_label("Your password").fill(vigie.account("supervisor").password)
    theirs.get_by_role("button", name="Go on").click()
    in_force = theirs.get_by_text(re.compile(r"Version \d+ is in force\."))
    expect(in_force).to_be_visible(timeout=CEILING_MS)
    shots.keep(theirs, "audits-approved-1280-en")

    # Approved, it is read only; a new version is written from it, and says what is different.
    expect(page.get_by_role("button", name="Write a new version")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_text("The content is the one that was approved, by its seal")).to_be_visible()
    author.go(f"/crisis/audits/{audit['id']}/risks/{first}")
    expect(page.get_by_text("This version is not changed any more")).to_be_visible(timeout=CEILING_MS)
    author.go(f"/crisis/audits/{audit['id']}?show=history")
    dialog = page.get_by_role("dialog", name=re.compile("What changed"))
    expect(dialog.get_by_text(re.compile("approved a risk audit"))).to_be_visible(timeout=CEILING_MS)
    expect(dialog.get_by_text(re.compile("sent a risk audit back"))).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    with page.expect_download(timeout=CEILING_MS) as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")

    page.get_by_role("button", name="Write a new version").click()
    expect(page.get_by_text(re.compile(r"version \d+ is in force"))).to_be_visible(timeout=CEILING_MS)
    new = page.url.rsplit("/", 1)[1]
    page.get_by_role("button", name="What changed").click()
    expect(page.get_by_role("dialog").get_by_text("No risk is different.")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    program.post(f"/api/risk-audits/{new}/withdraw/", {"comment": "The test is over."})
    program.post(f"/api/risk-audits/{audit['id']}/withdraw/", {"comment": "The test is over."})
    other.context.close()


def test_facts_that_contradict_the_demo_s_audit_are_said_and_can_be_kept(author: Visitor, program: Api) -> None:
    """What should protect and was never tested in a year does not: said in the matrix, at the risk, kept with a reason."""
    demo = of_the_demo(program)
    author.go(f"/crisis/audits/{demo['id']}?risk=R1")
    page = author.page
    aside = page.get_by_role("complementary", name="Risk R1")
    expect(aside.get_by_text("North fence")).to_be_visible(timeout=CEILING_MS)
    expect(aside.get_by_role("link", name="Intrusion on the site")).to_be_visible()
    expect(page.get_by_text("23 days late")).to_be_visible()
    # Its plan leads back to it.
    aside.get_by_role("link", name="Intrusion on the site").click()
    page.get_by_role("link", name="See R1 in the audit").click(timeout=CEILING_MS)
    expect(page.get_by_role("heading", name="Risks of Courtyard")).to_be_visible(timeout=CEILING_MS)
    # A measure comes further, and a protection is tested, while the audit is in force.
    page.get_by_role("button", name="How far is: Second defibrillator").click()
    page.get_by_role("menuitem", name="under way").click()
    dialog = page.get_by_role("dialog", name="Second defibrillator")
    dialog.get_by_label("Remark").fill("Delivered on Friday")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Delivered on Friday”")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("button", name="Write down that North fence was tested").click()
    page.get_by_role("dialog").get_by_role("button", name="It works").click()
    today = dt.datetime.now(history.ZONE).date()  # the organisation's
    expect(aside.locator("li", has_text="North fence")).to_contain_text(
        f"{today.day} {today:%B %Y}", timeout=CEILING_MS
    )


def contradicted(one: Visitor, audit: dict[str, Any], program: Api) -> str:
    """Judge the audit's first risk as rare although a rule raised alerts of it, with a fence that was tested long ago."""
    alert = an_alert(one, site=audit["site"]["id"])
    risk = audit["risks"][0]
    path = f"/api/risk-audits/{audit['id']}/risks/{risk['id']}/"
    fence = {"kind": "other", "name": "Fence", "last_tested": "2024-01-02"}
    answer = program.patch(path, {"version": risk["version"], "likelihood": 1, "protections": [fence]})
    assert answer.status_code == 200, answer.text
    answer = program.patch(f"{path}rules/", {"rules": [alert["rule"]["id"]]})
    assert answer.status_code == 200, answer.text
    reference: str = risk["reference"]
    return reference


def test_facts_that_do_not_agree_stand_in_the_matrix_and_at_the_risk(
    author: Visitor, audit: dict[str, Any], program: Api
) -> None:
    reference = contradicted(author, audit, program)
    page = open_audit(author, audit)
    expect(chip(page, reference)).to_contain_text("facts do not agree", timeout=CEILING_MS)
    # Where facts would put it, dashed; it leads to the risk.
    ghost = page.locator(".ghost")
    expect(ghost).to_contain_text(re.compile(rf"{reference} after \d+ incidents?\?"))
    ghost.click()
    facts = page.locator("[data-contradiction='incidents']")
    expect(facts).to_contain_text("“Rare” means rarer, so this would be")
    fence = page.locator("[data-contradiction='protection']")
    expect(fence).to_contain_text("Fence does not protect now: Last tested 2 January 2024, more than a year ago.")
    shots.keep(page, "audits-facts-1280-en")
    # One is kept, and why; the other is followed.
    fence.get_by_role("button", name="Keep, and say why…").click()
    dialog = page.get_by_role("dialog", name=f"Keep {reference} as it is judged?")
    dialog.get_by_label("Why it stays as it is").fill("It is walked along each week.")
    dialog.get_by_role("button", name="Keep it").click()
    expect(fence).to_have_count(0, timeout=CEILING_MS)
    expect(page.get_by_text("“It is walked along each week.”")).to_be_visible()
    facts.get_by_role("button", name=re.compile("^Raise to [45]$")).click()
    expect(facts).to_have_count(0, timeout=CEILING_MS)
    expect(page.locator(f"[data-cell='1×3'] [data-risk='{reference}']")).to_have_count(0)
    assert saved(program, audit)["risks"][0]["likelihood"] >= 4


def test_who_only_reads_changes_nothing(visitor: Visitor, audit: dict[str, Any]) -> None:
    visitor.sign_in("agent")
    page = open_audit(visitor, audit)
    chip(page, names(audit)[0]).click()
    expect(page.get_by_role("heading", name="Intrusion on the site")).to_be_focused()
    for name in ("Submit for review", "Approve", "Choose rules", "Save"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_role("link", name="Add a risk")).to_have_count(0)
    visitor.go("/crisis/audits/00000000-0000-0000-0000-000000000000")
    expect(page.get_by_text("This audit does not exist, or is not yours")).to_be_visible(timeout=CEILING_MS)


@pytest.mark.parametrize(("language", "theme"), EACH_LANGUAGE_IN_A_THEME)
def test_the_room_fits_every_width(
    browser: Browser, vigie: Vigie, audit: dict[str, Any], program: Api, language: str, theme: str
) -> None:
    one = open_visitor(browser, vigie, min(WIDTHS))
    one.sign_in("administrator", language)
    wrong: list[str] = []
    demo = of_the_demo(program)
    first = contradicted(one, audit, program)
    path = f"/crisis/audits/{audit['id']}"
    shown = {
        "list": "/crisis/audits",
        "force": f"/crisis/audits/{demo['id']}?risk=R1",
        "draft": f"{path}?risk={first}",
        "form": f"{path}/risks/{first}",
        "new": f"{path}/risks/new",
        "changes": f"/crisis/audits/{demo['id']}?show=changes",
        "history": f"/crisis/audits/{demo['id']}?show=history",
    }
    for name, address in shown.items():
        wrong += overflows(one, address, f"audits-{name}", language)
        if name in ("force", "form", "draft"):
            sheet = one.page.locator(".sheet")
            for width, height in ((375, 3600), (1280, 1900)):
                one.page.set_viewport_size({"width": width, "height": height})
                expect(sheet).to_be_visible()
                shots.keep(one.page, f"audits-{name}-whole-{width}-{language}")
        wrong += [f"{address}: {found}" for found in in_theme(one.page, theme)]
        if name == "draft":
            shots.in_each_theme(one.page, f"audits-{name}-{language}")
    assert wrong == []
    assert one.complaints == []
    one.context.close()
