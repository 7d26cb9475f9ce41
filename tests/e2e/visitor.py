"""Somebody with a browser: opens it, signs in, looks; what axe finds there, and the alerts of the demo."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from soc.config import ROOT
from tests.e2e.installation import Vigie
from tests.e2e.shots import keep, settled
from tests.system import until
from tools.bootstrap.debian import headless_browser

CEILING_MS = 60_000
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {375: 812, 1280: 800, 1920: 1080}
NAME = re.compile("^(Name|Nom)$")
PASSWORD = re.compile("^(Password|Mot de passe)$")


LEFT = "data-left"
"""Marks the title of a screen that is being left: its next one has another."""
FOLLOW_A_LINK = f"""to => {{
    for (const title of document.querySelectorAll('h1')) title.setAttribute('{LEFT}', '')
    const link = document.createElement('a')
    link.href = to
    document.body.append(link)
    link.click()
    link.remove()
}}"""


def browsers_program() -> str | None:
    """The Chromium that `make test` found or installed, else the machine's; `None` for the one that Playwright installed."""
    return os.environ.get("VIGIE_CHROMIUM") or headless_browser()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium."""
    expect.set_options(timeout=CEILING_MS)  # how fast a machine is, is no test's matter
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=browsers_program(),
            # The browser's own sandbox does not work for root; the pages are this project's.
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield running
        running.close()


@dataclass
class Visitor:
    """A browser of somebody's own, and what its console complained about."""

    vigie: Vigie
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    loaded: bool = False
    """Whether the console was loaded for who is signed in now."""

    def go(self, path: str) -> None:
        """Show a page and wait until it shows something: from another screen of ours by a link, as people go.

        To load all of it again (`load`) asks three times as much of the server and of this machine.
        """
        shown = self._shown()
        if shown is None or urlsplit(path).path == shown:
            self.load(path)
            return
        self.page.evaluate(FOLLOW_A_LINK, path)
        expect(self.page.locator(f"h1:not([{LEFT}])").first).to_be_visible(timeout=CEILING_MS)

    def load(self, path: str) -> None:
        """Open a page as who types its address does, and wait until it shows something."""
        self.page.goto(self.vigie.address + path)
        expect(self.page.locator("h1").first).to_be_visible(timeout=CEILING_MS)
        self.loaded = True

    def _shown(self) -> str | None:
        """The path of the screen that is shown; none where the page is not one of the console, or is somebody else's."""
        address = f"{self.vigie.address}/"
        if not self.loaded or not self.page.url.startswith(address) or not self.page.locator("#main").count():
            return None
        return urlsplit(self.page.url).path

    def sign_in(self, role: str, language: str = "en") -> None:
        """Be signed in, in a language, before any page is opened: what the form itself does has tests of its own.

        Each role's session goes on from test to test, until one of them ends it.
        """
        self.loaded = False
        account = self.vigie.account(role)
        self.context.add_cookies(self.vigie.sessions.get(role, []))
        if not (member := self.api("session/")["member"]):
            self._ask("POST", "session/", {"name": account.name, "password": account.password})
            self.vigie.sessions[role] = [{**one} for one in self.context.cookies()]
            member = self.api("session/")["member"]
        if member["language"] != language:  # whoever used the account before spoke another
            self._ask("PATCH", "me/", {"language": language})

    def arrive(self, role: str, language: str = "en") -> None:
        """Sign in, and open the first page."""
        self.sign_in(role, language)
        self.go("/")

    def fill_in(self, role: str) -> None:
        """Fill in the sign-in form and send it."""
        account = self.vigie.account(role)
        self.page.get_by_label(NAME).fill(account.name)
        self.page.get_by_label(PASSWORD).fill(account.password)
        self.page.locator("form button").last.click()

    def api(self, path: str) -> Any:
        """What the API answers to this visitor."""
        return self.context.request.get(f"{self.vigie.address}/api/{path}").json()

    def _ask(self, method: str, path: str, body: dict[str, str]) -> None:
        headers = {"X-CSRFToken": self.api("session/")["csrf_token"], "Referer": self.vigie.address}
        answer = self.context.request.fetch(
            f"{self.vigie.address}/api/{path}", method=method, data=body, headers=headers
        )
        assert answer.ok, answer.text()


def open_visitor(browser: Browser, vigie: Vigie, width: int = 1280, *, touch: bool = False) -> Visitor:
    """A browser of somebody's own, as wide as a phone, a laptop or a desk's screen; with `touch`, a phone under fingers."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]}, has_touch=touch, is_mobile=touch, locale="en-GB"
    )
    visitor = Visitor(vigie, context, context.new_page())

    def complain(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visitor.complaints.append(message.text)

    visitor.page.on("console", complain)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    return visitor


def an_alert(visitor: Visitor, **wanted: str) -> dict[str, Any]:
    """An alert of the demo; its rules raise them from the start."""
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    until(lambda: bool(visitor.api(f"alerts/?{query}")["results"]), "the demo raises an alert", ceiling_s=180)
    found: dict[str, Any] = visitor.api(f"alerts/?{query}")["results"][0]
    return found


def overflows(visitor: Visitor, path: str, name: str, language: str) -> list[str]:
    """Open a page and see it at every width, the narrowest first; where it is wider than its window.

    Its pictures are called after `name`, width and language.
    """
    visitor.page.set_viewport_size({"width": min(WIDTHS), "height": WIDTHS[min(WIDTHS)]})
    visitor.go(path)
    visitor.page.wait_for_load_state("networkidle")
    found = []
    for width, height in sorted(WIDTHS.items()):
        visitor.page.set_viewport_size({"width": width, "height": height})
        if visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} at {width} px")
        keep(visitor.page, f"{name}-{width}-{language}")
    return found


def asked_twice(visitor: Visitor, path: str) -> dict[str, int]:
    """What the API is asked for more than once while a page is loaded, pictures and clips too, and how often."""
    asked: Counter[str] = Counter()

    def note(request: Request) -> None:
        if "/api/" in request.url and request.method == "GET":
            asked[request.url.removeprefix(visitor.vigie.address)] += 1

    visitor.page.wait_for_load_state("networkidle")  # what the page before asked for is no part of it
    visitor.page.on("request", note)
    visitor.load(path)
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.remove_listener("request", note)
    assert asked
    return {url: count for url, count in asked.items() if count > 1}


WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The rules of these that a theme can break."""


EACH_LANGUAGE_IN_A_THEME = (("en", "dark"), ("fr", "light"))
"""Words change no colour, and colours no word: the other two pairs would find nothing more."""


def findings(page: Page, rules: dict[str, Any] = WCAG) -> list[str]:
    """Everything axe finds against WCAG 2.0 to 2.2, A and AA, or against some of its rules, in words."""
    settled(page)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(
        """async rules => {
            const run = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })
            return run.violations
                .map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`)
        }""",
        rules,
    )
    return found


def in_theme(page: Page, theme: str, rules: dict[str, Any] = WCAG) -> list[str]:
    """What axe finds in a theme."""
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    return findings(page, rules)


def in_both_themes(page: Page) -> Iterator[tuple[str, list[str]]]:
    """What axe finds in each theme. They differ in colours only."""
    yield "dark", in_theme(page, "dark")
    yield "light", in_theme(page, "light", COLOURS)


def expect_told(page: Page, sentence: str) -> None:
    """Expect a refusal's sentence, whatever else of this page is read out at once."""
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible(timeout=CEILING_MS)
