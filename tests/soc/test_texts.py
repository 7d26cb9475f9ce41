"""Whatever a person meets exists in each language: every text of the back end is translated, with the same places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import override

from alerts.rules.labels import LABELS

ROOT = Path(__file__).resolve().parents[2]
APPS = ("soc", "detection", "alerts", "crisis")
MARKERS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
Text = tuple[str, ...]
"""A text, or the singular and plural of one."""


@cache
def texts() -> dict[Text, str]:
    """Every marked text of the back end, and a place where it is used."""
    found: dict[Text, str] = {}
    for app in APPS:
        for file, line, text, _comments, _context in extract_from_dir(
            ROOT / app, [("**.py", "python")], keywords=MARKERS
        ):
            found.setdefault(forms(text), f"{app}/{file}:{line}")
    return found


def catalogue(language: str) -> dict[Text, Message]:
    file = ROOT / "soc" / "locale" / language / "LC_MESSAGES" / "django.po"
    with file.open("rb") as source:
        return {forms(message.id): message for message in read_po(source, locale=language) if message.id}


def forms(text: str | Sequence[str] | None) -> Text:
    return (text,) if isinstance(text, str) else tuple(text or ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_back_end_is_translated(language: str) -> None:
    known = catalogue(language)
    missing = [
        f"{where}: {text}"
        for text, where in texts().items()
        if text not in known or known[text].fuzzy or not all(forms(known[text].string))
    ]
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_places_to_fill(language: str) -> None:
    places = re.compile(r"%\(\w+\)[sd]|%s|\{\w*\}")
    for text, message in catalogue(language).items():
        wanted = set(places.findall(" ".join(text)))
        for form in forms(message.string):
            assert set(places.findall(form)) == wanted, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_over_or_written_twice(language: str) -> None:
    file = ROOT / "soc" / "locale" / language / "LC_MESSAGES" / "django.po"
    with file.open("rb") as source:
        plain = [
            forms(message.id) for message in read_po(source, locale=language) if message.id and not message.context
        ]
    assert [text for text in plain if text not in texts()] == []

    entries = re.findall(r'(?:^msgctxt (".*")\n)?^msgid (".*"(?:\n".*")*)', file.read_text(), re.MULTILINE)
    assert [entry for entry, times in Counter(entries).items() if times > 1] == []


def test_the_extraction_finds_texts_of_every_app() -> None:
    found = {where.split("/")[0] for where in texts().values()}
    assert found == set(APPS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_of_the_model_has_a_name_of_its_own_in_the_language(language: str) -> None:
    """With the words' context: an entry without it is not found when a sentence is rendered."""
    file = ROOT / "soc" / "locale" / language / "LC_MESSAGES" / "django.po"
    with file.open("rb") as source:
        entries = read_po(source, locale=language)
    named = {key: entries.get(key, context="class") for key in LABELS}

    assert [key for key, entry in named.items() if entry is None or not entry.string] == []
    with override(language):
        assert {key: str(name) for key, name in LABELS.items()} == {
            key: entry.string for key, entry in named.items() if entry
        }
