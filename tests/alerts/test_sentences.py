"""Rules as sentences: the words of each kind in each language, whatever valid settings they have, and the pages' own copy."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings as django_settings
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.rules.forms import schema
from alerts.rules.hours import hours_words
from alerts.rules.labels import LABELS
from alerts.rules.nouns import CONTEXTS, NOUNS
from alerts.rules.registry import KINDS
from alerts.rules.schedule import HOURS
from alerts.rules.sentences import Said, duration, parts, template
from alerts.wording import sentence_of
from soc.config import ROOT
from tests.alerts.sentence_cases import CASES, FILE, cases

LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
NIGHT = [{"days": [0, 1, 2, 3, 4, 5, 6], "start": "22:00", "end": "06:00"}]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("kind", "settings", "area", "english", "french"),
    [
        (
            "stays",
            {"labels": ["person"], "seconds": 10},
            "Yard",
            "When a person stays in “Yard” for more than 10 s, between 22:00 and 06:00, raise a high alert, …2 min.",
            "Quand une personne reste dans « Yard » plus de 10 s, entre 22:00 et 06:00, déclencher une alerte de gravité élev…",
        ),
        (
            "seen",
            {"labels": ["person", "dog", "car"]},
            None,
            "When a person, a dog or a car is seen anywhere in the picture, between 22:00 and 06:00, …",
            "Quand une personne, un chien ou une voiture apparaît n’importe où dans l’image, entre 22:00 et 06:00, …",
        ),
        (
            "more_than",
            {"labels": ["person"], "limit": 1, "seconds": 0},
            "Yard",
            "When the camera counts more than 1 person at once in “Yard” even for a moment, between 22:00 and 06:00, …",
            "Quand la caméra compte plus de 1 personne à la fois dans « Yard » ne serait-ce qu’un instant, entre 22:00 …",
        ),
        (
            "more_than",
            {"labels": ["person", "sheep"], "limit": 4, "seconds": 2.5},
            "Yard",
            "When the camera counts more than 4 people or sheep at once in “Yard” for at least 2.5 s, …",
            "Quand la caméra compte plus de 4 personnes ou moutons à la fois dans « Yard » pendant au moins 2,5 s, …",
        ),
        (
            "none_left",
            {"labels": ["person", "dog", "cat"], "seconds": 90, "seen_before": True},
            None,
            "When no person, no dog and no cat has been anywhere in the picture for 1 min 30 s after one was there, …",
            "Quand il n’y a plus aucune personne, aucun chien ni aucun chat nulle part dans l’image depuis 1 min 30 s alors …",
        ),
        (
            "crosses",
            {"labels": ["person"], "direction": "forward"},
            "Gate",
            "When a person crosses the line “Gate” from left to right, …",
            "Quand une personne franchit la ligne « Gate » de gauche à droite, …",
        ),
    ],
)
def test_each_kind_reads_as_a_sentence(
    kind: str, settings: dict[str, Any], area: str, english: str, french: str
) -> None:
    for language, wanted in (("en", english), ("fr", french)):
        said = sentence_of(kind, settings, area=area, schedule=NIGHT, severity=3, quiet_s=120, language=language)
        assert plain(said).startswith(wanted.split("…")[0]), language
        assert plain(said).endswith(wanted.split("…")[1]), language


@pytest.mark.parametrize(
    ("hours", "english", "french"),
    [
        ([], "at any time", "à toute heure"),
        ([("0123456", "00:00", "00:00")], "at any time", "à toute heure"),
        ([("6", "00:00", "00:00")], "on Sundays all day", "le dimanche toute la journée"),
        ([("43210", "08:00", "12:30")], "on weekdays between 08:00 and 12:30", "en semaine entre 08:00 et 12:30"),
        ([("56", "20:00", "06:00")], "at weekends between 20:00 and 06:00", "le week-end entre 20:00 et 06:00"),
        (
            [("024", "22:00", "06:00"), ("6", "00:00", "00:00")],
            "on Mondays, Wednesdays and Fridays between 22:00 and 06:00 or on Sundays all day",
            "le lundi, le mercredi et le vendredi entre 22:00 et 06:00 ou le dimanche toute la journée",
        ),
    ],
)
def test_hours_are_said_as_people_say_them(hours: list[tuple[str, str, str]], english: str, french: str) -> None:
    schedule = [{"days": [int(day) for day in days], "start": start, "end": end} for days, start, end in hours]
    for language, wanted in (("en", english), ("fr", french)):
        with override(language):
            assert hours_words(schedule) == wanted


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.5, "0.5 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3725, "1 h 2 min 5 s"),
        (86_400, "24 h"),
    ],
)
def test_a_time_is_said_in_its_units(seconds: float, said: str) -> None:
    with override("en"):
        assert plain(duration(seconds)) == said


def test_many_classes_are_counted_and_not_listed() -> None:
    said = sentence_of("seen", {"labels": list(LABELS)}, area=None, schedule=[], severity=1, quiet_s=0, language="en")
    assert "a motorcycle, an airplane or something of 75 other classes" in said
    assert said.endswith(", raise a low alert, then be ready again at once.")


LABEL_SETS = st.lists(st.sampled_from(sorted(LABELS)), min_size=1, max_size=80, unique=True)
HOUR = st.from_regex(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")
SCHEDULES = st.lists(
    st.fixed_dictionaries({"days": st.lists(st.integers(0, 6), min_size=1, max_size=7), "start": HOUR, "end": HOUR}),
    max_size=5,
)
OTHERS = st.fixed_dictionaries(
    {},
    optional={
        "seconds": st.floats(0, 86_400, allow_nan=False),
        "limit": st.integers(1, 1000),
        "seen_before": st.booleans(),
        "direction": st.sampled_from(["forward", "backward", "both"]),
    },
)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    labels=LABEL_SETS,
    others=OTHERS,
    area=st.none() | st.text(min_size=1, max_size=40),
    schedule=SCHEDULES,
    severity=st.integers(1, 4),
    quiet_s=st.integers(0, 86_400),
)
def test_every_valid_rule_has_a_sentence_without_holes(
    kind: str,
    labels: list[str],
    others: dict[str, object],
    area: str | None,
    schedule: Any,
    severity: int,
    quiet_s: int,
) -> None:
    one = KINDS[kind]
    known = {name: value for name, value in others.items() if name in one.settings_model.model_fields}
    try:
        settings = one.settings_model.model_validate({"labels": labels, **known}).model_dump(mode="json")
        hours = [span.model_dump(mode="json") for span in HOURS.validate_python(schedule)]
    except ValidationError:
        return
    for language in LANGUAGES:
        with override(language):
            said = parts(Said(one, settings, area, hours, severity, quiet_s))
        fixed = "".join(part.text for part in said if part.slot is None)
        assert not re.search(r"[{}%]", fixed), language
        assert all(part.text for part in said)
        assert fixed.endswith(".")
        shown = [part.slot for part in said if part.slot]
        assert {"labels", "hours", "severity", "quiet", "zone" if one.needs != "line" else "line"} <= set(shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_names_only_what_there_is(language: str) -> None:
    general = {"zone", "line", "hours", "severity", "quiet"}
    for kind in KINDS.values():
        with override(language):
            slots = {name for name, _form, _counter in re.findall(r"\{(\w+)(?::(\w+)(?:=(\w+))?)?\}", template(kind))}
        assert slots <= general | set(kind.settings_model.model_fields), kind.key
        assert general - slots <= {"zone", "line"}, kind.key


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_class_has_its_forms_in_the_language(language: str) -> None:
    assert set(NOUNS) == set(LABELS)
    file = ROOT / "soc" / "locale" / language / "LC_MESSAGES" / "django.po"
    with file.open("rb") as source:
        entries = read_po(source, locale=language)
    for noun in NOUNS.values():
        with override("en"):
            forms = [str(form) for form in (noun.one, noun.bare, noun.several, noun.none)]
        for context, form in zip(CONTEXTS, forms, strict=True):
            entry = entries.get(form, context=context)
            assert entry is not None, f"{context}: {form}"
            assert entry.string, f"{context}: {form}"


def test_the_pages_say_the_same_sentences() -> None:
    """`frontend/tests/sentences.json` holds what the API gives the pages and what they must make of it, as vitest checks.

    Write it anew with ``python -m tests.alerts.sentence_cases``.
    """
    assert json.loads(FILE.read_text()) == json.loads(json.dumps(cases()))
    assert {case[0] for case in CASES} == set(KINDS)


def test_hints_of_settings_are_in_the_readers_language() -> None:
    with override("fr"):
        assert schema(KINDS["crosses"])["properties"]["direction"]["x-words"]["forward"] == "de gauche à droite"
        assert schema(KINDS["more_than"])["properties"]["seconds"]["x-phrase"] == "pendant au moins {value}"
