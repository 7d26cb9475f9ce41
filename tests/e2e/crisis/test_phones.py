"""What people receive and answer: the responder's page, the link in a message, the simulated phones, texts to place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import shots
from tests.e2e.installation import Backstage, Vigie
from tests.e2e.visitor import CEILING_MS, WIDTHS, Visitor, findings, in_both_themes, open_visitor
from tests.system import until

pytestmark = pytest.mark.e2e

HEAR = "Go inside. Lock the door. Stay away from windows."


@pytest.fixture(autouse=True)
def _quiet(backstage: Backstage) -> Iterator[None]:
    """Nothing is under way when a test begins, and when the next file's does."""
    backstage.quiet()
    yield
    backstage.tell("stand-down")


@pytest.fixture
def agent(visitor: Visitor) -> Visitor:
    """An agent at a desk."""
    visitor.arrive("agent")
    return visitor


def heard(page: Page) -> list[str]:
    """Which sounds of instructions this page has asked the server for since it was opened."""
    found: list[str] = page.evaluate(
        "() => performance.getEntriesByType('resource').map(one => one.name).filter(name => name.includes('/sound/'))"
    )
    return found


def test_a_responder_lands_on_the_page_hears_the_instruction_and_answers(
    backstage: Backstage, responder: Visitor
) -> None:
    page, vigie = responder.page, responder.vigie
    expect(page).to_have_url(f"{vigie.address}/me", timeout=CEILING_MS)
    expect(page.get_by_role("navigation")).to_have_count(0)
    page.get_by_role("switch", name="Speak instructions by themselves").click()
    until(lambda: responder.api("session/")["member"]["sounds"], "the preference is kept with the member")

    told = backstage.tell("message")
    expect(page.get_by_role("heading", name="Intruder near the lawn")).to_be_visible(timeout=CEILING_MS)
    spoken = backstage.tell("instruction")
    expect(page.get_by_role("alert").get_by_text(HEAR)).to_be_visible(timeout=CEILING_MS)
    until(lambda: len(heard(page)) == 1, "the instruction is spoken by itself")
    assert f"/instructions/{spoken['instruction']}/sound/?language=en&until=" in heard(page)[0]
    shots.in_each_theme(page, "responder-375")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 375

    until(
        lambda: responder.api("me/messages/")[0]["seen_at"] is not None,
        "what stands on the screen counts as seen",
    )
    assert responder.api("me/messages/")[0]["answers"] == [], "and as nothing more"
    page.get_by_role("button", name="I need help").tap()
    expect(page.get_by_text("You asked for help.")).to_be_visible()
    page.get_by_label("Where you are").fill("Room 204")
    shots.keep(page, "responder-help-375")
    page.get_by_role("button", name="Send", exact=True).tap()
    answers = page.get_by_role("list").filter(has_text="I need help, Room 204")
    expect(answers).to_contain_text("Received, by the app", timeout=CEILING_MS)
    page.get_by_role("button", name="I am safe").tap()
    until(
        lambda: (
            [(one["kind"], one["place"]) for one in responder.api("me/messages/")[0]["answers"]]
            == [("help", ""), ("help", "Room 204"), ("safe", "")]
        ),
        "each answer is kept, in its order",
    )
    assert responder.api("me/messages/")[0]["reference"] == told["reference"]
    with page.expect_response(re.compile(r"/me/messages/[-0-9a-f]{36}/sound/")) as sound:
        page.get_by_role("article", name=told["reference"]).get_by_role("button", name="Hear it").tap()
    assert (sound.value.status, sound.value.headers["content-type"]) == (200, "audio/wav")

    backstage.tell("stand-down")
    expect(page.get_by_text(HEAR)).to_have_count(0, timeout=CEILING_MS)


def test_every_screen_shows_the_instruction_and_speaks_it_again_when_it_is_repeated(
    backstage: Backstage, agent: Visitor
) -> None:
    page = agent.page
    agent.go("/profile")
    sound = page.get_by_role("switch", name=re.compile("sound", re.IGNORECASE)).first
    if sound.get_attribute("aria-checked") != "true":
        sound.click()
    backstage.tell("instruction", drill=True)
    strip = page.get_by_role("region", name="Instruction of the moment")
    expect(strip).to_contain_text("Exercise: this is a drill", timeout=CEILING_MS)
    expect(strip).to_contain_text(HEAR)
    until(lambda: len(heard(page)) == 1, "it is spoken by itself")
    expect(strip.get_by_role("button", name="Stop the sound")).to_be_visible(timeout=CEILING_MS)
    strip.get_by_role("button", name="Stop the sound").click()
    expect(strip.get_by_role("button", name="Hear it")).to_be_visible()
    backstage.tell("again", drill=True)
    expect(strip.get_by_role("button", name="Stop the sound")).to_be_visible(timeout=CEILING_MS)

    # On every screen, also after it is opened anew, and then without being spoken a second time.
    agent.load("/logbook")
    expect(strip).to_contain_text(HEAR, timeout=CEILING_MS)
    until(lambda: bool(page.evaluate("performance.now() > 3000")), "there was time to speak it")
    assert heard(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        shots.keep(page, f"strip-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert findings(page) == []
    agent.go("/?display=wall")
    expect(strip).to_contain_text(HEAR, timeout=CEILING_MS)
    backstage.tell("stand-down")
    expect(strip).to_have_count(0, timeout=CEILING_MS)


def test_a_link_shows_its_message_answers_nothing_by_being_opened_and_keeps_what_could_not_be_sent(
    backstage: Backstage, browser: Browser, vigie: Vigie, agent: Visitor
) -> None:
    told = backstage.tell("message", drill=True)
    somebody = open_visitor(browser, vigie, 375, touch=True)
    page = somebody.page
    somebody.go(f"/m/{told['token']}")
    expect(page.get_by_role("heading", name="Intruder near the lawn")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_text("Exercise: this message belongs to a drill")).to_be_visible()
    expect(page.get_by_text("What you answered")).to_have_count(0)
    shots.in_each_theme(page, "link-375")
    assert [found for _theme, found in in_both_themes(page) if found] == []
    for button in page.get_by_role("group", name="Answers").get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 48

    page.get_by_role("button", name="Plain words").or_(page.get_by_role("radio", name="Plain words")).first.tap()
    expect(page.get_by_text("A stranger is outside.")).to_be_visible()
    with page.expect_response(re.compile("/answer-link/sound/")) as sound:
        page.get_by_role("button", name="Hear it").tap()
    assert (sound.value.status, sound.value.headers["content-type"]) == (200, "audio/wav")
    expect(page.get_by_role("button", name="Stop the sound")).to_be_visible(timeout=CEILING_MS)
    shots.keep(page, "link-heard-375")
    page.get_by_role("button", name="Stop the sound").tap()
    expect(page.get_by_role("button", name="Hear it")).to_be_visible()
    page.get_by_label("Language of the message").select_option("fr")
    expect(page.get_by_role("heading", name="Intrus près de la pelouse")).to_be_visible()
    expect(page.get_by_role("button", name="J’ai besoin d’aide")).to_be_visible()

    # Without a network what was entered is kept, said so, and sent once the network is back.
    somebody.context.set_offline(True)
    page.get_by_role("button", name="J’ai besoin d’aide").tap()
    page.get_by_label("Où vous êtes").fill("Salle 204")
    page.get_by_role("button", name="Envoyer", exact=True).tap()
    expect(page.get_by_role("alert")).to_contain_text("Le serveur est injoignable", timeout=CEILING_MS)
    expect(page.get_by_text("Pas encore envoyé.").first).to_be_visible()
    shots.keep(page, "link-offline-375")
    with page.expect_request(re.compile("/api/answer-link/answer/")):
        page.get_by_role("button", name="Renvoyer maintenant").tap()
    expect(page.get_by_text("Pas encore envoyé.").first).to_be_visible()
    somebody.context.set_offline(False)  # it goes by itself then
    expect(page.get_by_text("Reçu, par SMS")).to_have_count(2, timeout=CEILING_MS)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("J’ai besoin d’aide, Salle 204")).to_be_visible(timeout=CEILING_MS)

    somebody.go(f"/m/{told['token'][:-3]}aaa")
    expect(page.get_by_role("alert")).to_contain_text("n’est plus valable", timeout=CEILING_MS)
    expect(page.get_by_text("répondez au SMS lui-même")).to_be_visible()
    shots.keep(page, "link-gone-375")
    somebody.context.close()


def test_simulated_phones_receive_and_answer_and_say_that_they_are_a_simulation(
    backstage: Backstage, agent: Visitor
) -> None:
    page = agent.page
    page.get_by_role("link", name="Simulation").click()
    expect(page.get_by_role("heading", name="Simulated phones")).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_text("Simulation: nothing leaves this machine")).to_be_visible()
    told = backstage.tell("message", drill=True)
    phone = page.get_by_role("article", name=re.compile(re.escape(told["number"])))
    expect(phone).to_contain_text("EXERCISE: Intruder near the lawn.", timeout=CEILING_MS)
    expect(phone).to_contain_text("Call: what is said", timeout=CEILING_MS)
    expect(phone).to_contain_text("This is an exercise.")
    phone.get_by_role("group", name="Keys that answer").last.get_by_role("button", name="I am safe").click()
    expect(phone).to_contain_text("Pressed 1", timeout=CEILING_MS)
    phone.get_by_label("Answer by text as Warden A").fill("2 north stairs")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("2 north stairs")).to_be_visible(timeout=CEILING_MS)
    box = page.get_by_role("article", name=re.compile("warden1@example.org"))
    expect(box).to_contain_text("EXERCISE: Intruder near the lawn", timeout=CEILING_MS)

    shots.keep(page, "phones-messages")
    backstage.tell("crowd")
    expect(page.get_by_text(re.compile(r"^([3-9]\d|\d{3}) phones and mailboxes$"))).to_be_visible(timeout=CEILING_MS)
    expect(page.get_by_role("article", name=re.compile("Volunteer"))).not_to_have_count(0, timeout=CEILING_MS)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        shots.in_each_theme(page, f"phones-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [found for _theme, found in in_both_themes(page) if found] == []
    page.get_by_role("searchbox").fill("warden a")
    expect(page.get_by_role("article")).to_have_count(2, timeout=CEILING_MS)  # the telephone and the mailbox
    page.get_by_role("radio", name="Calls").or_(page.get_by_role("button", name="Calls")).first.click()
    expect(page.get_by_role("article")).to_have_count(1, timeout=CEILING_MS)
    expect(page).to_have_url(re.compile(r"q=warden\+a&way=voice|way=voice&q=warden\+a"))


def test_a_text_that_nobody_could_place_is_bound_or_settled(backstage: Backstage, agent: Visitor) -> None:
    page = agent.page
    told = backstage.tell("message")
    backstage.tell("text")
    # An agent is told of a call for help wherever she is, and led to it.
    page.get_by_role("link", name="A call for help came by text").click(timeout=CEILING_MS)
    cards = page.get_by_role("article")
    expect(cards).to_have_count(2, timeout=CEILING_MS)
    expect(cards.first).to_contain_text("Call for help")
    expect(cards.first).to_contain_text("help we are in the cellar")
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        shots.in_each_theme(page, f"texts-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 800})

    cards.first.get_by_role("button", name="Say whose it is").click()
    cards.first.get_by_role("button", name="Keep it as this answer").click()
    expect(cards.first.get_by_role("alert").first).to_contain_text("Choose who wrote it.")
    cards.first.get_by_label("Who wrote it").select_option("Warden B")
    message = cards.first.get_by_label("What it answers")
    value = message.locator("option", has_text=told["reference"]).get_attribute("value")
    message.select_option(value)
    cards.first.get_by_label("Where help is needed").fill("Cellar")
    assert [found for _theme, found in in_both_themes(page) if found] == []
    shots.keep(page, "texts-bind")
    cards.first.get_by_role("button", name="Keep it as this answer").click()
    expect(cards).to_have_count(1, timeout=CEILING_MS)
    cards.first.get_by_role("button", name="Needs no answer").click()
    cards.first.get_by_role("button", name="Needs no answer").click()
    expect(page.get_by_text("No text waits")).to_be_visible(timeout=CEILING_MS)
    page.get_by_role("radio", name="Settled").or_(page.get_by_role("button", name="Settled")).first.click()
    expect(page.get_by_text("Warden B wrote it. It is kept as an answer: I need help, Cellar")).to_be_visible(
        timeout=CEILING_MS
    )


def test_push_says_in_words_why_it_cannot_be_switched_on(responder: Visitor) -> None:
    """No browser of the tests has a push service, and some no notifications: the page says so in time instead of waiting."""
    page = responder.page
    responder.context.grant_permissions(["notifications"])
    responder.go("/me")
    card = page.get_by_role("region", name="Notifications in this browser")
    switch = card.get_by_role("button", name="Switch on")
    why_not = card.get_by_text(re.compile("texts and calls reach you all the same|shows? no notifications"))
    expect(switch.or_(why_not).first).to_be_visible(timeout=CEILING_MS)
    if switch.is_visible():
        switch.tap()
        expect(card.get_by_role("alert").and_(why_not)).to_be_visible(timeout=CEILING_MS)
