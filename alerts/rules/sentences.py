"""A rule as one sentence: "When a person stays in “Yard” for more than 10 s between 22:00 and 06:00, raise a high alert, …".

A kind states its condition as a text with slots (`RuleKind.condition`); what follows is the same for all kinds. `parts` cuts the
sentence where somebody may change it; the pages do the same from the template that `rule-kinds/` gives, and a test holds the two
together. Pure: words come from the active language, names from the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from alerts.rules.base import RuleKind, gettext_noop
from alerts.rules.hours import hours_words, listed
from alerts.rules.nouns import NOUNS

_SLOT = re.compile(r"\{(\w+)(?::(\w+)(?:=(\w+))?)?\}")
#: How many classes a sentence names before it says how many more there are.
NAMED = 6
_NBSP = "\u00a0"
_EVERYWHERE = gettext_noop("anywhere in the picture")

_FRAME = _("%(condition)s, {hours}, raise a {severity} alert, {quiet}.")
_SEVERITIES: Mapping[int, Promise | str] = {1: _("low"), 2: _("medium"), 3: _("high"), 4: _("critical")}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence: fixed words, or with `slot` what a setting says."""

    text: str
    slot: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """All that a rule's sentence is made of.

    Attributes:
        area: name of the zone or line; ``None``: the whole picture.
    """

    kind: RuleKind[Any]
    settings: Mapping[str, object]
    area: str | None
    schedule: Sequence[Mapping[str, Any]]
    severity: int
    quiet_s: int


def template(kind: RuleKind[Any]) -> str:
    """A kind's sentence with its slots, ``{name:form=other}``, in the active language."""
    return str(_FRAME) % {"condition": kind.condition}


def text(said: Said) -> str:
    """The sentence in the active language."""
    return "".join(part.text for part in parts(said))


def parts(said: Said) -> list[Part]:
    """The sentence in the active language, cut where it may be changed."""
    found: list[Part] = []
    whole, at = template(said.kind), 0
    for slot in _SLOT.finditer(whole):
        found.append(Part(whole[at : slot.start()]))
        at = slot.end()
        found += _phrase(said, *slot.groups())
    return [part for part in (*found, Part(whole[at:])) if part.text]


def _phrase(said: Said, name: str, form: str | None, counter: str | None) -> list[Part]:
    if name == "zone":
        if said.area is None:
            return [Part(pgettext("none", _EVERYWHERE) if form == "none" else gettext(_EVERYWHERE), name)]
        return _around(gettext("in {value}"), quoted(said.area), name)
    if name == "line":
        return _around(gettext("the line {value}"), quoted(said.area or "–"), name)
    if name == "hours":
        return [Part(hours_words(said.schedule), name)]
    if name == "severity":
        return [Part(str(_SEVERITIES[said.severity]), name)]
    if name == "quiet":
        if said.quiet_s == 0:
            return [Part(gettext("then be ready again at once"), name)]
        return _around(gettext("then stay quiet for {value}"), duration(said.quiet_s), name)
    if name == "labels":
        count = said.settings.get(counter) if counter else None
        return [Part(things(_strings(said.settings.get(name)), form or "one", 1 if count == 1 else 2), name)]
    return _setting(said.kind, name, said.settings.get(name))


def _setting(kind: RuleKind[Any], name: str, value: object) -> list[Part]:
    described = kind.settings_model.model_fields[name]
    extra = described.json_schema_extra
    hints: Mapping[str, Any] = extra if isinstance(extra, dict) else {}
    phrase, zero = hints.get("x-phrase"), hints.get("x-phrase-zero")
    if value == 0 and zero:
        return [Part(gettext(zero), name)]
    return _around(gettext(phrase) if phrase else "{value}", setting_words(hints, value), name)


def setting_words(hints: Mapping[str, Any], value: object) -> str:
    """One setting's value in words. `hints` are the ``x-…`` keys of its description."""
    words = hints.get("x-words") or hints.get("x-labels")
    key = str(value).lower() if isinstance(value, bool) else str(value)
    if words and key in words:
        return gettext(words[key])
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return duration(value) if hints.get("x-widget") == "duration" else number(value)
    return str(value)


def _around(phrase: str, value: str, slot: str) -> list[Part]:
    before, _value, after = phrase.partition("{value}")
    return [Part(before), Part(value, slot), Part(after)]


def things(labels: Sequence[str], form: str, count: int = 2) -> str:
    """Classes in words: "a person or a dog" (`form` one), "people or dogs" (count), "no person and no dog" (none)."""
    shown = labels[: NAMED - 1] if len(labels) > NAMED else labels
    more = len(labels) - len(shown)
    names: list[str] = []
    for label in shown:
        noun = NOUNS[label]
        if form == "none":
            names.append(str(noun.none))
        elif form == "count":
            names.append(str(noun.bare if count == 1 else noun.several))
        else:
            names.append(str(noun.one))
    if more:
        names.append(_more(form, more))
    last = pgettext("none of", "%(some)s and %(last)s") if form == "none" else gettext("%(some)s or %(last)s")
    return listed(names, last)


def _more(form: str, count: int) -> str:
    if form == "none":
        return gettext("nothing of %(count)s other classes") % {"count": count}
    if form == "count":
        return gettext("things of %(count)s other classes") % {"count": count}
    return gettext("something of %(count)s other classes") % {"count": count}


def quoted(name: str) -> str:
    """A name in the quotation marks of the active language."""
    return gettext("“%(name)s”") % {"name": name}


def number(value: float) -> str:
    """A number as the active language writes it."""
    return f"{value:.10g}".replace(".", pgettext("decimal mark", "."))


def duration(seconds: float) -> str:
    """``90`` → "1 min 30 s"."""
    whole = int(seconds)
    if seconds < 60 or seconds != whole:
        return f"{number(seconds)}{_NBSP}s"
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    units = ((hours, "h"), (minutes, "min"), (left, "s"))
    return _NBSP.join(f"{amount}{_NBSP}{unit}" for amount, unit in units if amount)


def _strings(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, (list, tuple)) else []
