"""Areas of the map as they are entered: an outline that crosses or touches itself is refused in words, a notch is not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from crisis.activations.serializers import SayInput
from crisis.plans import services
from crisis.plans.areas import Corner, fault
from crisis.plans.content import PlanContent
from crisis.plans.models import PlanVersion
from soc.refusals import Refusal
from tests.crisis.plans.conftest import RISK, House

SQUARE = [(47.0, 2.0), (47.0, 2.01), (47.01, 2.01), (47.01, 2.0)]
BOW_TIE = [(47.0, 2.0), (47.01, 2.01), (47.01, 2.0), (47.0, 2.01)]
NOTCHED = [(45.0, 5.0), (45.0, 6.0), (46.0, 6.0), (45.5, 5.5), (46.0, 5.0)]
TOUCHING = [(45.0, 5.0), (45.0, 6.0), (46.0, 6.0), (45.0, 5.5), (46.0, 5.0)]
CROSSING = "Its sides cross or touch. Pull the corners apart."


def said(outline: list[Corner]) -> str:
    found = fault(outline)
    return "" if found is None else str(found)


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        (BOW_TIE, "cross or touch"),
        (TOUCHING, "cross or touch"),
        ([*SQUARE[:2], (47.005, 2.005), SQUARE[2], (47.005, 2.005), SQUARE[3]], "cross or touch"),  # a corner twice
        ([(47, 2), (47, 2.02), (47, 2.01), (47.01, 2.01)], "cross or touch"),  # back along its own side
        ([(47, 2), (47, 2.01), (47.01, 2.01), (47, 2.005)], "cross or touch"),  # the closing side lies on the first
        ([(47, 2), (47, 2.01), (47, 2.02)], "cross or touch"),
        ([(47, 2), (47, 2), (47.01, 2.01)], "same place"),
        ([*SQUARE, SQUARE[0]], "same place"),  # closed by a corner, as other formats do
        ([(47, 2), (47.000005, 2), (47, 2.000005)], "covers nothing"),
        ([(-17, 179), (-17, -179), (-18, -179)], "180th meridian"),
    ],
)
def test_what_the_screen_refuses_is_refused(outline: list[Corner], words: str) -> None:
    assert words in said(outline)


@pytest.mark.parametrize("start", range(5))
def test_a_bow_tie_is_one_wherever_it_begins_and_whichever_way_it_goes(start: int) -> None:
    for outline in (BOW_TIE, TOUCHING):
        turned = outline[start:] + outline[:start]
        assert said(turned) == said(turned[::-1]) == CROSSING


@pytest.mark.parametrize("start", range(5))
def test_a_notch_is_no_crossing(start: int) -> None:
    for outline in (SQUARE, NOTCHED, [(47, 2), (47, 2.005), (47, 2.01), (47.01, 2.01)]):  # a corner in a straight side
        turned = outline[start:] + outline[:start]
        assert said(turned) == said(turned[::-1]) == ""


@st.composite
def stars(draw: st.DrawFn) -> list[Corner]:
    """Corners at growing angles around a centre, nearer and farther: they cross nowhere."""
    count = draw(st.integers(5, 60))
    reaches = draw(st.lists(st.floats(0.01, 0.2), min_size=count, max_size=count))
    first = draw(st.floats(0, 6))
    angles = [first + math.tau * number / count for number in range(count)]
    corners = [(45 + r * math.sin(at), 5 + r * math.cos(at)) for r, at in zip(reaches, angles, strict=True)]
    return [(round(north, 6), round(east, 6)) for north, east in corners]


@given(outline=stars(), at=st.integers(0, 59))
def test_a_star_is_an_area_and_a_circle_with_two_corners_swapped_is_none(outline: list[Corner], at: int) -> None:
    assert said(outline) == ""
    count = len(outline)
    round_ = [(45 + math.sin(math.tau * one / count), 5 + math.cos(math.tau * one / count)) for one in range(count)]
    assert said(round_) == ""
    one, other = at % count, (at + 1) % count
    round_[one], round_[other] = round_[other], round_[one]
    assert said(round_) == CROSSING


def area(outline: list[Corner]) -> dict[str, Any]:
    return {"groups": [{"kind": "role", "role": "agent"}, {"kind": "area", "outline": [list(one) for one in outline]}]}


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "sentence"), [("en", CROSSING), ("fr", "Ses côtés se croisent ou se touchent.")])
def test_a_plan_with_such_an_area_is_not_saved_and_says_where(house: House, language: str, sentence: str) -> None:
    version = services.add_plan(house.author, house.site.pk, "Plan")
    document = house.document(house.message(), house.message("b", to=area(BOW_TIE)), help_to=area(TOUCHING))
    with translation.override(language):
        with pytest.raises(Refusal) as told:
            services.save_draft(house.author, version.plan_id, document, None, edits=1)
        fields = told.value.field_sentences()
    assert set(fields) == {"document.steps.1.to.groups.1.outline", "document.help_to.groups.1.outline"}
    assert all(said.startswith(sentence) for said in fields.values())
    assert PlanVersion.objects.get(pk=version.pk).edits == 1

    document = house.document(house.message("b", to=area(NOTCHED)), help_to=area(SQUARE))
    assert services.save_draft(house.author, version.plan_id, document, RISK, edits=1).edits == 2


def test_what_was_entered_before_is_read_as_it_is(house: House) -> None:
    document = house.document(house.message(to=area(BOW_TIE)))
    assert PlanContent.model_validate(document).steps


def test_who_is_told_something_on_the_spot_is_no_such_area_either() -> None:
    said_now = {"words": {"en": {"text": "Stay inside."}}, "channels": ["sms"]}
    refused = SayInput(data={**said_now, "to": area(BOW_TIE)})
    assert not refused.is_valid()
    assert [str(one) for one in refused.errors["to"]] == [CROSSING]
    assert SayInput(data={**said_now, "to": area(NOTCHED)}).is_valid()
