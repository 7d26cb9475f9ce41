"""Plans that are there to begin with: one file a risk, in several languages, addressed to roles and the site's own people.

A file is a plan's document (`crisis.plans.content`) in TOML, but that what a plan has in one language only (names of steps, who
does a task) is there in each, and that a group of kind ``site`` without a site is the site for which the plan is begun.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import get_language

from crisis.plans.content import PlanContent
from soc.people.models import Site

_HERE: Final = Path(__file__).parent
_ORDER: Final = ("intrusion", "lockdown", "fire", "medical_emergency", "missing_person", "flood")


@dataclass(frozen=True, slots=True)
class Template:
    """A plan to begin with, described in the active language.

    Attributes:
        key: the name of its file; kept in the journal only.
        name: of the risk.
        about: what the plan does, in a sentence.
        languages: in which it is written.
        steps: what its steps are called.
    """

    key: str
    name: str
    about: str
    languages: tuple[str, ...]
    steps: tuple[str, ...]


def templates() -> list[Template]:
    """Every template, in the active language."""
    language = (get_language() or "en").partition("-")[0]
    found = []
    for key in _ORDER:
        kept = _read(key)
        found.append(
            Template(
                key=key,
                name=_said(kept["title"], language),
                about=_said(kept["about"], language),
                languages=tuple(kept["languages"]),
                steps=tuple(_said(step["name"], language) for step in kept["steps"]),
            )
        )
    return found


def content(key: str, site: Site) -> PlanContent | None:
    """The document of a template for a site, its names in the language of the site's organisation; ``None``: no such template."""
    if key not in _ORDER:
        return None
    kept, language = _read(key), site.organisation.language
    written: list[str] = kept["languages"]
    return PlanContent.model_validate(
        {
            # Who writes to everybody in one language first writes in the organisation's.
            "languages": sorted(written, key=lambda one: one != language),
            "steps": [_step(step, language, site) for step in kept["steps"]],
            "stand_down": kept["stand_down"],
            "help_to": _audience(kept["help_to"], site),
        }
    )


def _step(step: Mapping[str, Any], language: str, site: Site) -> dict[str, Any]:
    made = {**step, "name": _said(step["name"], language)}
    if "role" in step:
        made["role"] = _said(step["role"], language)
    if "to" in step:
        made["to"] = _audience(step["to"], site)
    return made


def _audience(audience: Mapping[str, Any], site: Site) -> dict[str, Any]:
    groups = [{**group, "site": str(site.pk)} if group["kind"] == "site" else group for group in audience["groups"]]
    return {**audience, "groups": groups}


def _said(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts["en"]


@cache
def _read(key: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / f"{key}.toml").read_text(encoding="utf-8"))
