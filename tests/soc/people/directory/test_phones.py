"""Numbers as people write them, kept as E.164; what is no number, what is an emergency number, what would cost."""

from __future__ import annotations

import pytest
from django.utils.functional import Promise

from soc.people.directory import phones
from soc.refusals import Refusal
from tests.factories import OrganisationFactory


def told(text: str, region: str | None = "FR") -> str | Promise:
    found = phones.looked_at(text, region)
    return found.number if isinstance(found, phones.Phone) else found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("06 39 98 00 01", "+33639980001"),
        ("06.39.98.00.01", "+33639980001"),
        ("+33 (0)6 39 98 00 01", "+33639980001"),
        ("0033 6 39-98-00-01", "+33639980001"),
        ("639980001", "+33639980001"),  # a spreadsheet took the zero away
        ("33639980001", "+33639980001"),
        ("01 99 00 12 34", "+33199001234"),
        ("0692 12 34 56", "+262692123456"),
        ("+1 202-555-0143", "+12025550143"),
        ("+44 20 7946 0958", "+442079460958"),
        ("\u202a06 39 98 00 01\u202c", "+33639980001"),  # as it is copied out of an address book
    ],
)
def test_a_number_is_kept_as_e164_however_it_is_written(text: str, number: str) -> None:
    assert told(text) == number


@pytest.mark.parametrize(
    "text", ["abc", "", "+", "+33", "06 39 98 00", "06 39 98 00 01 02", "06 39 98 00 01 ext 4", "tel:foo", "1" * 250]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert told(text) == phones.NOT_A_NUMBER


@pytest.mark.parametrize("text", ["15", "17", "18", "112", "1 1 2", "114", "115", "119", "196", "+33 17", "+1 911"])
def test_what_reaches_emergency_services_is_refused_in_a_sentence_of_its_own(text: str) -> None:
    assert told(text) == phones.EMERGENCY


@pytest.mark.parametrize("text", ["112", "911", "999", "+33112"])
def test_it_is_refused_also_where_no_country_is_known(text: str) -> None:
    assert told(text, None) == phones.EMERGENCY


def test_short_and_expensive_numbers_are_refused() -> None:
    assert told("3639") == phones.TOO_SHORT
    assert told("118 218") == phones.TOO_SHORT
    assert told("0899 12 34 56") == phones.EXPENSIVE


def test_without_a_country_a_number_needs_its_code() -> None:
    assert told("06 39 98 00 01", None) == phones.COUNTRY_NEEDED
    assert told("+33 6 39 98 00 01", None) == "+33639980001"


def test_a_fixed_line_is_not_taken_for_one_that_receives_sms() -> None:
    assert [phones.parsed(text, "FR").sms for text in ("01 99 00 12 34", "06 39 98 00 01")] == [False, True]


def test_a_refusal_is_of_its_field() -> None:
    with pytest.raises(Refusal) as refused:
        phones.parsed("15", "FR", "ways.0.address")
    assert refused.value.fields == {"ways.0.address": phones.EMERGENCY}


@pytest.mark.django_db
def test_the_country_is_that_of_the_legal_frame() -> None:
    organisation = OrganisationFactory()
    assert phones.region_of(organisation) == "FR"
    organisation.legal_frame = "own-frame"
    assert phones.region_of(organisation) is None


def test_a_number_is_shown_as_people_write_it() -> None:
    assert phones.written("+33639980001") == "+33 6 39 98 00 01"
    assert phones.written("nonsense") == "nonsense"
