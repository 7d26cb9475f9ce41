"""However a number is written and wherever it is dialled: what reaches an emergency service is known, a full number is none."""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata
from phonenumbers.shortnumberinfo import SUPPORTED_SHORT_REGIONS

from soc.people.directory.emergency_numbers import FLOOR, reaches_emergency

WRITTEN = [
    "15", "17", "18", "112", "114", "115", "119", "191", "196", "197", "911", "999", "000", "110", "1 1 2", "1-1-2", "(112)",
    "+112", "00112", "0112", "+33112", "+33 112", "0033112", "+33 (0)112", "+3315", "tel:112", "tel:1-1-2", "+44 999", "+1 911",
    "tel:112;phone-context=+33", "１１２", "١١٢", "1\u200b1\u200b2", "1\u00a01\u202f2", "112,,1", "*31#112", "112#",
]  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_an_emergency_number_is_known_however_it_is_written(written: str) -> None:
    assert reaches_emergency(written)


@pytest.mark.parametrize("number", sorted(FLOOR))
def test_those_that_the_house_knows_itself_are_known_everywhere(number: str) -> None:
    assert reaches_emergency(number)


def test_every_country_s_own_is_known_with_and_without_its_code_and_no_full_number_is() -> None:
    for region in SUPPORTED_SHORT_REGIONS:
        metadata = PhoneMetadata.short_metadata_for_region(region)
        number = metadata.emergency.example_number if metadata is not None and metadata.emergency is not None else None
        if number:
            code = phonenumbers.country_code_for_region(region)
            assert all(reaches_emergency(one) for one in (number, f"+{code}{number}", f"00{code}{number}")), region
        for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is not None:
                full = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
                assert not reaches_emergency(full), full


@pytest.mark.parametrize(
    "written", ["", "-", "+", "abc", "+33612345678", "06 12 34 56 78", "3018", "36 15", "+33639980001"]
)
def test_another_number_is_none(written: str) -> None:
    assert not reaches_emergency(written)
