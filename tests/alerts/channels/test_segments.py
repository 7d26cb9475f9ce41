"""An SMS is counted as the network counts it: message-segment-calculator's vectors, the edges, and what holds for any text."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.sms.segments import _BASIC, _EXTENSION, Encoding, segmented
from soc.people.rights import Role
from tests import factories

TEN = "1234567890"


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "used"),
    [
        # message-segment-calculator's own
        (TEN * 16, Encoding.GSM7, 1, 160),
        (TEN * 16 + "1", Encoding.GSM7, 2, 161),
        ("{" + (TEN * 16)[1:159], Encoding.GSM7, 1, 160),
        ("{" + (TEN * 16)[1:160], Encoding.GSM7, 2, 161),
        ("😜" + (TEN * 7)[1:69], Encoding.UCS2, 1, 70),
        ("😜" + (TEN * 7)[1:70], Encoding.UCS2, 2, 71),
        # the edges
        ("", Encoding.GSM7, 0, 0),
        ("a" * 306, Encoding.GSM7, 2, 306),
        ("a" * 307, Encoding.GSM7, 3, 307),
        ("ж" * 70, Encoding.UCS2, 1, 70),
        ("ж" * 71, Encoding.UCS2, 2, 71),
        ("ж" * 134, Encoding.UCS2, 2, 134),
        ("ж" * 135, Encoding.UCS2, 3, 135),
        # "€" would be cut by the border after septet 153, so it begins the second segment: 152 + 153 + 3 do not fit two
        ("a" * 152 + "€" + "a" * 151, Encoding.GSM7, 2, 305),
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM7, 3, 306),
        ("ж" * 66 + "😜" + "ж" * 65, Encoding.UCS2, 2, 133),
        ("ж" * 66 + "😜" + "ж" * 66, Encoding.UCS2, 3, 134),
        ("Évacuez à l'étage, ça brûle", Encoding.UCS2, 1, 27),
    ],
)
def test_it_counts_as_the_network_does(text: str, encoding: Encoding, segments: int, used: int) -> None:
    counted = segmented(text)
    assert (counted.encoding, counted.segments, counted.used) == (encoding, segments, used)


def test_french_outside_of_gsm_7_is_named_once_in_its_order() -> None:
    assert segmented("à, è, é, ù, €, É, Ç : tout va bien").forced_by == ()
    assert segmented("l’œuf de la forêt, l’œuf, ça").forced_by == ("’", "œ", "ê", "ç")


def test_the_tables_are_whole() -> None:
    """GSM 03.38 has 128 places, one of which is the escape; its extension has ten."""
    assert len(_BASIC) == 127
    assert len(_EXTENSION) == 10
    assert not _BASIC & _EXTENSION


@given(
    st.text(
        alphabet=st.sampled_from(sorted(_BASIC | _EXTENSION)) | st.characters(exclude_categories=["Cs"]), max_size=700
    )
)
def test_what_holds_for_any_text(text: str) -> None:
    counted = segmented(text)
    alone, each = (160, 153) if counted.encoding is Encoding.GSM7 else (70, 67)
    if counted.encoding is Encoding.UCS2:
        assert counted.used == len(text.encode("utf-16-le")) // 2
        assert counted.forced_by
    assert (counted.segments == 1) == (0 < counted.used <= alone)
    least = -(-counted.used // each)
    if counted.segments > 1:
        assert least <= counted.segments <= -(-counted.used // (each - 1))  # one unit a segment is lost at most
    # What is said to fit does fit, and one more does not.
    filler = "a" if counted.encoding is Encoding.GSM7 else "ж"
    full = segmented(text + filler * counted.room)
    assert full.segments == max(counted.segments, 1 if counted.room else 0)
    assert full.room == 0
    assert segmented(text + filler * (counted.room + 1)).segments == full.segments + 1


@pytest.mark.django_db
def test_the_editor_is_told() -> None:
    agent = factories.MemberFactory(roles=[Role.AGENT])
    browser = Client()
    browser.force_login(agent)
    answer = browser.post("/api/sms-segments/", {"text": " Forêt "}, "application/json")
    assert answer.json() == {"encoding": "UCS-2", "segments": 1, "used": 7, "room": 63, "forced_by": ["ê"]}
    responder = factories.MemberFactory(roles=[Role.RESPONDER])
    browser.force_login(responder)
    assert browser.post("/api/sms-segments/", {"text": "x"}, "application/json").status_code == 403
