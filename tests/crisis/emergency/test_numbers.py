"""Which numbers only a person dials: however they are written, the system calls none of them."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.phonemetadata import PhoneMetadata
from phonenumbers.shortnumberinfo import SUPPORTED_SHORT_REGIONS

from crisis.emergency.automatic import Allowed, Denied, Ground, may_call_automatically
from crisis.emergency.numbers import FLOOR, Number, NumberKind, read_number
from soc.refusals import Refusal
from tests import factories

WRITTEN = [
    "15", "17", "18", "112", "114", "115", "119", "191", "196", "197", "911", "999",
    " 15 ", "1 1 2", "1-1-2", "1.1.2", "(112)", "+112", "00112", "0112",
    "+33112", "+33 112", "0033 112", "0033112", "+33 (0)112", "+33 1 1 2", "+3315", "+33 15",
    "tel:112", "TEL:112", "tel:1-1-2", "tel:112;phone-context=+33", "tel:+33112",
    "１１２", "１ ５", "١١٢", "1\u200b1\u200b2", "1\u00a01\u202f2", "1‑1‑2",
]  # fmt: skip


def forced(number: str) -> Allowed | Denied:
    """What is answered of a row that no service wrote: agreed with everybody, normalised as somebody liked."""
    organisation = factories.OrganisationFactory.build()
    contact = factories.EmergencyContactFactory.build(organisation=organisation, agreed=True, number=number)
    contact.normalised = number
    return may_call_automatically(contact)


@pytest.mark.parametrize("entered", WRITTEN)
def test_an_emergency_number_is_known_however_it_is_written(entered: str) -> None:
    assert read_number(entered, "FR").kind is NumberKind.EMERGENCY
    answer = forced(entered)
    assert isinstance(answer, Denied)
    assert answer.ground is Ground.EMERGENCY
    assert "person" in str(answer.sentence)


@pytest.mark.parametrize("region", sorted(SUPPORTED_SHORT_REGIONS))
def test_no_countrys_emergency_number_is_ever_called(region: str) -> None:
    metadata = PhoneMetadata.short_metadata_for_region(region)
    assert metadata is not None
    if metadata.emergency is None or not (number := metadata.emergency.example_number):
        pytest.skip("none is known")
    code = phonenumbers.country_code_for_region(region)
    assert read_number(number, region).kind is NumberKind.EMERGENCY
    for written in (number, f"+{code}{number}", f"+{code} {number}", f"00{code}{number}", f"tel:{number}"):
        assert isinstance(forced(written), Denied), written


@pytest.mark.parametrize("entered", ["+44 999", "+49 110", "+1 911", "0044 999"])
def test_another_countrys_emergency_number_is_none_that_could_be_dialled_from_here(entered: str) -> None:
    with pytest.raises(Refusal):
        read_number(entered, "FR")
    assert isinstance(forced(entered), Denied)


@pytest.mark.parametrize("entered", ["3018", "30 18", "3117", "36 15", "33112", "3919"])
def test_a_helpline_is_not_taken_for_the_emergency_number_in_it(entered: str) -> None:
    assert read_number(entered, "FR") == Number(NumberKind.SHORT, entered.replace(" ", ""))


@pytest.mark.parametrize("entered", ["3237", "32 37", "3624", "118218", "36 46", "1234"])
def test_a_short_number_is_a_persons_too(entered: str) -> None:
    assert read_number(entered, "FR").kind is NumberKind.SHORT
    assert isinstance(forced(entered), Denied)


@pytest.mark.parametrize(
    ("entered", "e164"),
    [
        ("04 76 00 00 00", "+33476000000"),
        ("+33 4 76 00 00 00", "+33476000000"),
        ("0033 4.76.00.00.00", "+33476000000"),
        ("+33 (0)4 76 00 00 00", "+33476000000"),
        ("tel:+33-4-76-00-00-00", "+33476000000"),
        ("0800 47 33 33", "+33800473333"),
        ("+41 22 730 51 11", "+41227305111"),
    ],
)
def test_a_full_number_is_kept_as_e164(entered: str, e164: str) -> None:
    assert read_number(entered, "FR") == Number(NumberKind.FULL, e164)


@pytest.mark.parametrize(
    "entered",
    ["", " ", "+", "abc", "15a", "112#", "*31#112", "112,,1", "112;1", "0476", "04 76 00 00", "+33 4 76 00 00 00 00 00",
     "+999 12 34 56 78", "04 76 00 00 00 ext. 2", "tel:", "++33476000000", "33+476000000", "1" * 41, "½", "-15-x"],
)  # fmt: skip
def test_what_is_no_number_is_refused_in_a_sentence(entered: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_number(entered, "FR")
    assert refused.value.code == "no_phone_number"
    assert "telephone number" in refused.value.field_sentences()["number"]
    assert isinstance(forced(entered), Denied)


@given(st.text(alphabet=st.sampled_from("0123456789+ .-()/*#;,telx１١\u200b\u00a0"), max_size=20))
def test_whatever_is_written_only_a_valid_full_number_that_is_no_emergency_is_called(entered: str) -> None:
    try:
        number = read_number(entered, "FR")
    except Refusal:
        return
    if number.kind is NumberKind.FULL:
        parsed = phonenumbers.parse(number.normalised)
        assert phonenumbers.is_valid_number(parsed)
        assert str(parsed.national_number) not in FLOOR
        assert read_number(number.normalised, "FR") == number
    else:
        assert isinstance(forced(entered), Denied)


@given(st.sampled_from(sorted(FLOOR)), st.lists(st.sampled_from(list(" .-()\u00a0\u200b")), max_size=6), st.data())
def test_what_stands_between_the_digits_hides_no_emergency_number(
    number: str, between: list[str], data: st.DataObject
) -> None:
    prefixes = ["", "tel:", "+"] if number == "000" else ["", "tel:", "0", "00", "+33", "0033", "+33 (0)", "+"]
    prefix = data.draw(st.sampled_from(prefixes))
    digits = list(number)
    for one in between:
        digits.insert(data.draw(st.integers(0, len(digits))), one)
    assert read_number(prefix + "".join(digits), "FR").kind is NumberKind.EMERGENCY


def test_a_row_whose_two_numbers_differ_is_not_believed() -> None:
    organisation = factories.OrganisationFactory.build()
    contact = factories.EmergencyContactFactory.build(organisation=organisation, agreed=True)
    assert may_call_automatically(contact) == Allowed("+33476000000")
    contact.normalised = "+33476111111"
    assert may_call_automatically(contact) == Denied(Ground.NO_NUMBER)
    contact.number, contact.normalised = "15", "+33476000000"
    assert may_call_automatically(contact) == Denied(Ground.EMERGENCY)
