"""The states that a device can have: absolute ones only, each with its word in every language.

A state says how things are (on, locked), never what to change (toggle, louder): said twice, it is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST = 12
KEY = re.compile(r"^[a-z][a-z0-9_]{0,31}$")

WORDS: dict[str, Promise | str] = {
    "on": pgettext_lazy("device state", "on"),
    "off": pgettext_lazy("device state", "off"),
    "open": pgettext_lazy("device state", "open"),
    "closed": pgettext_lazy("device state", "closed"),
    "locked": pgettext_lazy("device state", "locked"),
    "unlocked": pgettext_lazy("device state", "unlocked"),
    "raised": pgettext_lazy("device state", "raised"),
    "lowered": pgettext_lazy("device state", "lowered"),
}
"""The usual states; others bring words of their own."""

RELATIVE = frozenset(
    {
        *(
            "toggle",
            "switch",
            "invert",
            "flip",
            "change",
            "next",
            "previous",
            "other",
            "opposite",
            "pulse",
            "impulse",
            "press",
        ),
        *("up", "down", "more", "less", "increase", "decrease", "louder", "softer", "brighter", "darker", "step"),
        *("restart", "reset", "repeat", "again"),
    }
)
"""What says how to change a state and not which one: done twice, it is not done once."""

LOCKS = frozenset({"locked", "closed"})
"""Of doors and gates these keep people in or out, whatever else is entered."""


class State(BaseModel):
    """A state of a device."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, StringConstraints(pattern=KEY.pattern)]
    words: dict[str, Annotated[str, StringConstraints(min_length=1, max_length=40)]] = Field(
        default_factory=dict, description="Language code to word; the usual states have theirs already."
    )
    secures: bool = Field(
        default=False,
        description="It locks somebody in or out: after a camera's alert it needs the verification first.",
    )

    def word(self) -> str:
        """What it is called in the active language."""
        language = (get_language() or "en").split("-")[0]
        if language in self.words:
            return self.words[language]
        if self.key in WORDS:
            return str(WORDS[self.key])
        return self.words.get("en") or next(iter(self.words.values()), self.key)


def is_relative(key: str) -> bool:
    """Whether a word tells how to change, in whatever dress (`toggle`, `toggle_all`, `volume_up`)."""
    return any(part in RELATIVE for part in key.lower().split("_"))


def word_of(key: str, states: Iterable[Mapping[str, object]]) -> str:
    """What a state is called, of a device whose states were kept."""
    for kept in states:
        if kept.get("key") == key:
            return State.model_validate(kept).word()
    return str(WORDS.get(key, key))
