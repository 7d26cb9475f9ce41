"""Screenshots for people to look at, kept outside git (`var/screens`) when VIGIE_SCREENS=1 asks for them: they take minutes."""

from __future__ import annotations

import os

from playwright.sync_api import Page

from soc.config import ROOT

FOLDER = ROOT / "var" / "screens"
WANTED = os.environ.get("VIGIE_SCREENS") == "1"


def settled(page: Page) -> None:
    """Wait until what fades in, moves or changes its colour has done so; what goes on for ever is not waited for."""
    page.evaluate(
        """async () => {
            const passing = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime !== Infinity)
            await Promise.allSettled(passing.map(one => one.finished))
        }"""
    )


def keep(page: Page, name: str) -> None:
    """Keep what the page shows now as ``<name>.png``."""
    if not WANTED:
        return
    settled(page)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png")


def keep_printed(page: Page, name: str) -> None:
    """Keep what the page prints as ``<name>.pdf``."""
    if not WANTED:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.pdf(path=FOLDER / f"{name}.pdf", prefer_css_page_size=True)


def in_each_theme(page: Page, name: str) -> None:
    """Keep the page in the light and in the dark theme."""
    if not WANTED:
        return
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        keep(page, f"{name}-{theme}")
