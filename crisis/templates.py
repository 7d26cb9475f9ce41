"""Texts with places like `{site}`: checked when they are saved, filled when they are sent, with no logic and nothing evaluated.

A text is literal but for `{name}`, where `name` is a `Place`; `{{` and `}}` are braces. Saving calls `must_be_right`, so an
unknown name never reaches a plan; `fill` never raises, because a message that is due must leave: a fact that is not known
is said to be so, in the text's language.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import check_for_language, gettext, override
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter

from alerts.models import Severity
from soc.refusals import Refusal

LONGEST_TEXT: Final = 4000
"""Characters of a text as it is written."""
LONGEST_VALUE: Final = 200
"""Characters of one fact; what is longer ends in "…"."""
LONGEST_FILLED: Final = 8000
"""Characters of a text once it is filled; what is longer ends in "…"."""


class Place(models.TextChoices):
    """What a text may name. The value is what stands between the braces, the label what it is called in the editor."""

    ORGANISATION = "organisation", _("organisation")
    SITE = "site", _("site")
    ADDRESS = "address", _("address of the site")
    POSITION = "position", _("position of the site, in degrees")
    ZONE = "zone", _("zone")
    CAMERA = "camera", _("camera")
    ALERT = "alert", _("what happened")
    SEVERITY = "severity", _("severity")
    TIME = "time", _("time of day")
    DATE = "date", _("date")
    REFERENCE = "reference", _("reference of the message")
    PLAN = "plan", _("plan")
    DIRECTOR = "director", _("who directs")
    CALLBACK = "callback", _("number to call back")
    EXERCISE = "exercise", _("mark of a drill, empty when it is real")

    @property
    def token(self) -> str:
        """As it is written in a text."""
        return "{" + str(self.value) + "}"


EVERY_PLACE: Final = frozenset(Place)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an alert or an activation knows, for the places of its texts. What is empty or `None` is not known.

    Args:
        timezone: IANA name, on whose clock `at` is told: the organisation's.
        at: when it happened, aware.
        alert: what happened, in words.
        reference: what people see and quote: "NC-4127".
        latitude: of the site, degrees north, WGS 84.
        longitude: of the site, degrees east, WGS 84.
        director: the name of who directs.
        callback: the number on which the organisation is called back.
        exercise: part of a drill.
    """

    organisation: str = ""
    timezone: str = "UTC"
    at: dt.datetime | None = None
    site: str = ""
    address: str = ""
    zone: str = ""
    camera: str = ""
    alert: str = ""
    severity: Severity | None = None
    reference: str = ""
    plan: str = ""
    director: str = ""
    callback: str = ""
    latitude: float | None = None
    longitude: float | None = None
    exercise: bool = False

    def kept(self) -> dict[str, Any]:
        """As JSON, for the snapshot of an activation."""
        return dict(_FACTS.dump_python(self, mode="json"))

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Facts:
        """What `kept` wrote.

        Raises:
            pydantic.ValidationError: it was not written by `kept`.
        """
        return _FACTS.validate_python(dict(kept))


_FACTS: TypeAdapter[Facts] = TypeAdapter(Facts)


class ProblemCode(models.TextChoices):
    """What can be wrong with a text."""

    UNKNOWN = "unknown", _("unknown name")
    NOT_HERE = "not_here", _("name that this text cannot fill")
    UNCLOSED = "unclosed", _("brace that is not closed")
    STRAY = "stray", _("brace that was not opened")
    TOO_LONG = "too_long", _("too long")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text cannot be saved.

    Attributes:
        start: the first character it is about.
        end: the character after the last.
        sentence: what is wrong and what to do, in the language that was active.
    """

    code: ProblemCode
    start: int
    end: int
    sentence: str


# One pass, so that nothing which is filled in is read again. A name ends at its brace or at the line's end.
_TOKEN = re.compile(r"(?P<literal>\{\{|\}\})|\{(?P<name>[^{}\r\n]*)\}|(?P<open>\{)|(?P<close>\})")
_BY_NAME: Final[Mapping[str, Place]] = {str(place.value): place for place in Place}
_SHOWN_NAME = 40


def places(text: str) -> frozenset[Place]:
    """The places that a text names; unknown names are left out."""
    names = (found["name"] for found in _TOKEN.finditer(text))
    return frozenset(_BY_NAME[name] for name in names if name in _BY_NAME)


def check(text: str, allowed: Collection[Place] = EVERY_PLACE) -> list[Problem]:
    """What is wrong with a text, in its order; empty: nothing."""
    problems = [problem for found in _TOKEN.finditer(text) if (problem := _problem(found, allowed)) is not None]
    if len(text) > LONGEST_TEXT:
        sentence = gettext("This text is too long: %(most)d characters at most.") % {"most": LONGEST_TEXT}
        problems.append(Problem(ProblemCode.TOO_LONG, LONGEST_TEXT, len(text), sentence))
    return problems


def must_be_right(text: str, allowed: Collection[Place] = EVERY_PLACE, *, field: str = "text") -> None:
    """Nothing is wrong with a text that is about to be saved.

    Raises:
        Refusal: it names what is unknown or has a brace too many, and each sentence says which.
    """
    if problems := check(text, allowed):
        sentences = " ".join(problem.sentence for problem in problems)
        # Named, not filled in beforehand: a refusal's text may hold a "%" of the writer's.
        raise Refusal(
            "text_with_problems", "%(sentences)s", fields={field: "%(sentences)s"}, params={"sentences": sentences}
        )


def fill(text: str, facts: Facts, language: str) -> str:
    """A text with its places filled, ready to be sent. It never raises.

    Values are put in as they are, on one line. A fact that is not known is written "(not known)" in the language. What `check`
    would refuse stays as it was written. Runs of spaces become one; line breaks of the text stay.
    """
    with override(_spoken(language)):

        def value(found: re.Match[str]) -> str:
            if found["literal"]:
                return found["literal"][0]
            place = _BY_NAME.get(found["name"] or "")
            return found[0] if place is None else said(place, facts)

        filled = _TOKEN.sub(value, clean(text))
    lines = (re.sub(r"[ \t]+", " ", line).strip(" ") for line in filled.split("\n"))
    return _cut("\n".join(lines).strip(), LONGEST_FILLED)


def said(place: Place, facts: Facts) -> str:
    """What a place is filled with, in the active language."""
    if place is Place.EXERCISE:
        return gettext("EXERCISE") if facts.exercise else ""
    return one_line(_value(place, facts)) or gettext("(not known)")


def example(organisation: str, timezone: str, *, language: str, at: dt.datetime, exercise: bool = False) -> Facts:
    """Facts as they might be, for an editor's preview and the length of an SMS."""
    with override(_spoken(language)):
        return Facts(
            organisation=organisation,
            timezone=timezone,
            at=at,
            site=gettext("Town hall"),
            address=gettext("1 Market Square"),
            zone=gettext("Inner yard"),
            camera=gettext("North gate"),
            alert=gettext("Somebody in the forbidden zone"),
            severity=Severity.HIGH,
            reference="NC-4127",
            plan=gettext("Intrusion"),
            director=gettext("Camille Martin"),
            callback="+33 1 99 00 12 34",
            latitude=48.8566,
            longitude=2.3522,
            exercise=exercise,
        )


def one_line(value: str) -> str:
    """A value as it may stand in a message: one line, without control and direction characters, not too long."""
    return _cut(" ".join(clean(value).split()), LONGEST_VALUE)


def _value(place: Place, facts: Facts) -> str:
    match place:
        case Place.SEVERITY:
            return "" if facts.severity is None else str(Severity(facts.severity).label)
        case Place.TIME:
            return "" if facts.at is None else f"{_local(facts.at, facts.timezone):%H:%M}"
        case Place.DATE:
            return "" if facts.at is None else date_format(_local(facts.at, facts.timezone), "DATE_FORMAT")
        case Place.POSITION:
            if facts.latitude is None or facts.longitude is None:
                return ""
            if not (isfinite(facts.latitude) and isfinite(facts.longitude)):
                return ""
            return f"{facts.latitude:.5f}, {facts.longitude:.5f}"
        case _:
            return str(getattr(facts, place.value))  # every other place is a field of the same name


def _local(at: dt.datetime, timezone: str) -> dt.datetime:
    """On the organisation's clock; on UTC's when its name is none: a message is not held up for that."""
    try:
        return at.astimezone(ZoneInfo(timezone))
    except (KeyError, ValueError, OSError, OverflowError):
        return at


def _spoken(language: str) -> str:
    """The language, or the installation's own where Django does not know it."""
    return language if check_for_language(language) else settings.LANGUAGE_CODE


def clean(text: str) -> str:
    """Composed, line breaks as `\\n`, without control characters, half characters and what turns the writing's direction."""
    broken = re.sub(r"\r\n?|[\u2028\u2029\v\f\x85]", "\n", unicodedata.normalize("NFC", text))
    return "".join(one for one in broken if one in "\n\t" or not _is_hidden(one))


_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _is_hidden(character: str) -> bool:
    return character in _TURNS or unicodedata.category(character) in {"Cc", "Cs"}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _problem(found: re.Match[str], allowed: Collection[Place]) -> Problem | None:
    start, end = found.span()
    if found["literal"]:
        return None
    if found["open"]:
        sentence = gettext("The brace at character %(at)d is not closed. Write {{ for a brace of your own.") % {
            "at": start + 1
        }
        return Problem(ProblemCode.UNCLOSED, start, end, sentence)
    if found["close"]:
        sentence = gettext("The brace at character %(at)d was not opened. Write }} for a brace of your own.") % {
            "at": start + 1
        }
        return Problem(ProblemCode.STRAY, start, end, sentence)
    place = _BY_NAME.get(found["name"])
    if place is None:
        return Problem(ProblemCode.UNKNOWN, start, end, _unknown(found["name"], allowed))
    if place not in allowed:
        sentence = gettext("{%(name)s} is not known where this text is used.") % {"name": place.value}
        return Problem(ProblemCode.NOT_HERE, start, end, sentence)
    return None


def _unknown(name: str, allowed: Collection[Place]) -> str:
    shown = one_line(name)[:_SHOWN_NAME]
    known = sorted(str(place.value) for place in allowed)
    if near := get_close_matches(name.strip().lower(), known, n=1, cutoff=0.5):
        return gettext("{%(name)s} is no known name. Did you mean {%(near)s}?") % {"name": shown, "near": near[0]}
    listed = ", ".join(known)
    return gettext("{%(name)s} is no known name. Known ones: %(known)s.") % {"name": shown, "known": listed}
