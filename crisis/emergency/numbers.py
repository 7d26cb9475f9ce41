"""Telephone numbers of emergency services: which are short, which belong to a person's hand alone, and how a phone dials them.

Only a full, valid number can ever be called by the system; what this says of short ones decides the sentence, not the rule.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import phonenumbers
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumbers import shortnumberinfo

from soc.people.directory.emergency_numbers import FLOOR as FLOOR
from soc.people.models import Organisation
from soc.refusals import Refusal

LONGEST: Final = 40
_LONGEST_SHORT = 6
_LEFT_OUT = frozenset(" .-/()")


class NumberKind(models.TextChoices):
    """What a number is."""

    EMERGENCY = "emergency", _("emergency number")
    SHORT = "short", _("short number")
    FULL = "full", _("full number")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is kept: a full one as E.164, another as its digits."""

    kind: NumberKind
    normalised: str

    @property
    def link(self) -> str:
        """What a phone dials when it is touched."""
        return f"tel:{self.normalised}"


def region_of(organisation: Organisation) -> str:
    """The country on whose telephone network the organisation dials: that of its legal frame."""
    region = organisation.legal_frame.upper()
    return region if region in phonenumbers.SUPPORTED_REGIONS else "FR"


def read_number(entered: str, region: str) -> Number:
    """A number as a person wrote it.

    Args:
        entered: "15", "1 1 2", "tel:112", "04 76 00 00 00", "+33 4 76 00 00 00", …
        region: where it would be dialled, as ISO 3166 writes it.

    Raises:
        Refusal: it is no telephone number.
    """
    dialled = _dialled(entered)
    short = next((one for one in _bare(dialled, region) if is_emergency(one, region)), None)
    if short is not None:
        return Number(NumberKind.EMERGENCY, short)
    if _is_short(dialled, region):
        return Number(NumberKind.SHORT, dialled)
    if (full := _full(dialled, region)) is not None:
        return Number(NumberKind.FULL, full)
    raise _no_number()


def is_emergency(digits: str, region: str) -> bool:
    """Whether these digits, dialled as they are, reach an emergency service."""
    return digits in FLOOR or bool(shortnumberinfo.is_emergency_number(digits, region))


def _is_short(dialled: str, region: str) -> bool:
    """Whether a country may have such a short number. A "0" begins a longer one, of which the rest is missing."""
    if dialled[0] in "+0" or len(dialled) > _LONGEST_SHORT:
        return False
    number = phonenumbers.PhoneNumber(phonenumbers.country_code_for_region(region), int(dialled))
    return bool(shortnumberinfo.is_possible_short_number_for_region(number, region))


def _full(dialled: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    if is_emergency(str(number.national_number), phonenumbers.region_code_for_number(number) or region):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _bare(dialled: str, region: str) -> Iterator[str]:
    """The digits, and what is left of them without leading zeros and without the own country's code: +33 112 is 112.

    Not without another country's: 30 18 is a helpline of France's, and not the fire brigade of Greece.
    """
    digits = dialled.removeprefix("+")
    yield digits
    yield digits.lstrip("0")
    abroad = digits if dialled.startswith("+") else digits[2:] if digits.startswith("00") else ""
    code = str(phonenumbers.country_code_for_region(region))
    if abroad.startswith(code):
        yield abroad.removeprefix(code).lstrip("0")


def _dialled(entered: str) -> str:
    """Only digits, and a "+" in front of them.

    Raises:
        Refusal: there is something else in it.
    """
    text = unicodedata.normalize("NFKC", entered).strip()
    text = "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cf"})
    if text[:4].lower() == "tel:":
        text = text[4:].partition(";")[0]
    written = "".join(_digit(one) for one in text if one not in _LEFT_OUT and unicodedata.category(one) != "Pd")
    if len(entered) > LONGEST or not written.removeprefix("+").isdecimal():
        raise _no_number()
    return written


def _digit(character: str) -> str:
    """A digit of any script as 0 to 9; anything else as it is."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _no_number() -> Refusal:
    sentence = _("This is no telephone number. Write it as it is dialled, such as 15, or +33 4 76 00 00 00.")
    return Refusal("no_phone_number", sentence, fields={"number": sentence})
