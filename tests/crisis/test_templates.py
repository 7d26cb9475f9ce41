"""Texts with places: what cannot be saved, and that whatever is due can be filled."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from alerts.models import Severity
from crisis import templates
from crisis.templates import EVERY_PLACE, Facts, Place, ProblemCode, check, fill
from soc.refusals import Refusal

AT = dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)
FACTS = Facts(organisation="Town", timezone="Europe/Paris", at=AT, site="Museum", severity=Severity.HIGH)


def codes(text: str, allowed: frozenset[Place] = EVERY_PLACE) -> list[ProblemCode]:
    return [problem.code for problem in check(text, allowed)]


@pytest.mark.parametrize("text", ["", "No place.", "{site} at {time}", "{{site}}", "a }} b {{ c", "{exercise} {date}"])
def test_a_right_text_has_no_problem(text: str) -> None:
    assert check(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{sote}", [ProblemCode.UNKNOWN]),
        ("{Site}", [ProblemCode.UNKNOWN]),
        ("{ site }", [ProblemCode.UNKNOWN]),
        ("{}", [ProblemCode.UNKNOWN]),
        ("{site.__class__}", [ProblemCode.UNKNOWN]),
        ("{site!r:>10}", [ProblemCode.UNKNOWN]),
        ("{0}", [ProblemCode.UNKNOWN]),
        ("{site", [ProblemCode.UNCLOSED]),
        ("{site\n}", [ProblemCode.UNCLOSED, ProblemCode.STRAY]),
        ("{site {zone}", [ProblemCode.UNCLOSED]),
        ("site}", [ProblemCode.STRAY]),
        ("{{{site}}", [ProblemCode.STRAY]),
        ("x" * (templates.LONGEST_TEXT + 1), [ProblemCode.TOO_LONG]),
    ],
)
def test_a_text_that_cannot_be_filled_is_told_before_it_is_saved(text: str, found: list[ProblemCode]) -> None:
    assert codes(text) == found


def test_an_unknown_name_is_named_with_the_nearest_known_one_in_the_readers_language() -> None:
    with override("fr"):
        (problem,) = check("Au {sitte}")
    assert "{sitte}" in problem.sentence
    assert "{site}" in problem.sentence
    assert problem.sentence.startswith("{sitte} n’est pas")
    assert (problem.start, problem.end) == (3, 10)


def test_a_name_like_no_other_is_told_with_all_known_ones() -> None:
    (problem,) = check("{qqqqq}", frozenset({Place.SITE, Place.ZONE}))
    assert problem.sentence.endswith("site, zone.")


def test_a_place_that_this_text_cannot_fill_is_refused() -> None:
    assert codes("{camera}", frozenset({Place.SITE})) == [ProblemCode.NOT_HERE]


def test_saving_a_text_with_an_unknown_name_is_refused_in_a_sentence() -> None:
    with pytest.raises(Refusal) as refused:
        templates.must_be_right("100 % of {sitte} and {", field="text.fr")
    assert "{sitte}" in refused.value.sentence()
    assert "{sitte}" in refused.value.field_sentences()["text.fr"]


def test_the_hour_is_the_organisations_also_in_the_night_that_has_one_hour_less() -> None:
    assert fill("{time}", FACTS, "en") == "03:30"
    assert fill("{date} {time}", FACTS, "fr") == "29 mars 2026 03:30"


def test_a_fact_that_is_not_known_is_said_to_be_so_in_the_texts_language() -> None:
    assert fill("{camera}", FACTS, "en") == "(not known)"
    assert fill("{camera}", FACTS, "fr") == "(non précisé)"


def test_words_of_the_system_are_in_the_texts_language_and_not_in_the_readers() -> None:
    with override("fr"):
        assert fill("{severity}", FACTS, "en") == "high"
    assert fill("{severity}", FACTS, "fr") == "élevée"


def test_a_drill_is_marked_and_what_is_real_has_no_mark_left_over() -> None:
    assert fill("{exercise} Leave {site}", FACTS, "en") == "Leave Museum"
    drill = Facts(site="Museum", exercise=True)
    assert fill("{exercise} Leave {site}", drill, "en") == "EXERCISE Leave Museum"
    assert fill("{exercise} {site}", drill, "fr") == "EXERCICE Museum"


def test_a_value_is_put_in_as_it_is_and_never_read_again() -> None:
    assert fill("{site}", Facts(site="{zone} {{x}} %s \\1", zone="Yard"), "en") == "{zone} {{x}} %s \\1"


def test_braces_of_the_writers_own_stay() -> None:
    assert fill("{{site}} {{{site}}}", FACTS, "en") == "{site} {Museum}"


def test_a_value_stays_on_its_line_and_brings_no_control_character() -> None:
    facts = Facts(site="Museum\r\nFrom: police\x00\x07\u202eevil\u2028 " + "x" * 500)
    filled = fill("{site}|\r\nsecond", facts, "en")
    assert filled.split("\n")[1] == "second"
    assert filled.startswith("Museum From: policeevil x")
    assert len(filled.split("|")[0]) <= templates.LONGEST_VALUE


@pytest.mark.parametrize("zone", ["Nowhere/Town", "../../etc/passwd", "", "\x00"])
def test_a_clock_that_does_not_exist_holds_no_message_up(zone: str) -> None:
    assert fill("{time}", Facts(timezone=zone, at=AT), "en") == "01:30"


@pytest.mark.parametrize("language", ["", "xx", "../fr", "fr-FR", "ar", "zh-hans"])
def test_a_text_in_any_language_is_filled(language: str) -> None:
    assert fill("{site}", FACTS, language) == "Museum"
    assert fill("{date} {camera} {severity}", FACTS, language)


def test_facts_come_back_from_a_snapshot_as_they_were() -> None:
    facts = Facts(organisation="Town", at=AT, severity=Severity.CRITICAL, latitude=48.8, longitude=2.3, exercise=True)
    assert Facts.read(json.loads(json.dumps(facts.kept()))) == facts


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_preview_fills_every_place(language: str) -> None:
    facts = templates.example("Town", "Europe/Paris", language=language, at=AT, exercise=True)
    for place in Place:
        assert "not known" not in fill(place.token, facts, language)
        assert "non précisé" not in fill(place.token, facts, language)
        assert fill(place.token, facts, language)


def test_each_place_is_called_something_in_french() -> None:
    with override("fr"):
        french = {place: str(place.label) for place in Place}
    assert french[Place.REFERENCE] == "référence du message"


values = st.text(max_size=300)
facts_of_any_kind = st.builds(
    Facts,
    organisation=values,
    timezone=st.one_of(st.just("Europe/Paris"), st.text(max_size=20)),
    at=st.one_of(st.none(), st.datetimes(timezones=st.just(dt.UTC))),
    site=values,
    zone=values,
    alert=values,
    severity=st.one_of(st.none(), st.sampled_from(Severity)),
    latitude=st.one_of(st.none(), st.floats()),
    longitude=st.one_of(st.none(), st.floats()),
    exercise=st.booleans(),
)
pieces = st.one_of(
    st.sampled_from([*(place.token for place in Place), "{", "}", "{{", "}}", "{nobody}"]), st.text(max_size=20)
)


@given(text=st.lists(pieces, max_size=30).map("".join), facts=facts_of_any_kind, language=st.sampled_from(["en", "fr"]))
def test_filling_never_fails_and_what_comes_out_can_be_sent(text: str, facts: Facts, language: str) -> None:
    filled = fill(text, facts, language)
    assert len(filled) <= templates.LONGEST_FILLED
    assert filled.encode().decode() == filled
    assert not [one for one in filled if unicodedata.category(one) == "Cc" and one not in "\n\t"]


@given(text=st.lists(pieces, max_size=30).map("".join))
def test_a_text_without_a_problem_has_known_places_and_closed_braces_only(text: str) -> None:
    if check(text):
        return
    bare = text.replace("{{", "").replace("}}", "")
    for place in Place:
        bare = bare.replace(place.token, "")
    assert not {"{", "}"} & set(bare) or "{{" in text or "}}" in text
    assert "{nobody}" not in bare


@given(value=st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=100))
def test_what_is_filled_in_is_the_value_itself(value: str) -> None:
    assert fill("a {site} b", Facts(site=value), "en") == f"a {unicodedata.normalize('NFC', value)} b"
