"""Screenshots that a test keeps for people to look at: an artefact of CI, outside git (`var/screens`)."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from soc.config import ROOT

FOLDER = ROOT / "var" / "screens"


def settled(page: Page) -> None:
    """Wait until what fades in, moves or changes its colour has done so; what goes on for ever is not waited for."""
    page.evaluate(
        """async () => {
            const passing = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime !== Infinity)
            await Promise.allSettled(passing.map(one => one.finished))
        }"""
    )


def keep(page: Page, name: str) -> Path:
    """Keep what the page shows now as ``<name>.png``, and say where it lies."""
    settled(page)
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    return path


def in_each_theme(page: Page, name: str) -> None:
    """Keep the page in the dark and in the light theme."""
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        keep(page, f"{name}-{theme}")
