"""Phone numbers: what somebody writes is read as a number of the organisation's country and kept as E.164 (+33639980001).

The one place that says which country that is, and which short numbers reach emergency services.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberType, shortnumberinfo

from soc.people.models import Organisation
from soc.refusals import Refusal

_MORE_EMERGENCY: Mapping[str, frozenset[str]] = {
    # The deaf, the homeless, children in danger, security forces, rescue at sea, rescue in the air.
    "FR": frozenset(["114", "115", "119", "191", "196", "197"]),
}
"""What `phonenumbers` does not count among a country's emergency numbers, and a person in need would dial all the same."""

_OVERSEAS: Mapping[str, tuple[str, ...]] = {"FR": ("RE", "GP", "GF", "MQ", "YT")}
"""Countries whose numbers are dialled in the same way, with a country's code of their own: 0692 12 34 56 is +262 692 12 34 56."""

_FICTION = re.compile(r"\A\+33(19900|26191|35301|46571|53649|63998)[0-9]{4}\Z")
"""Numbers that the French regulator keeps for films, drills and demonstrations: nobody has them, so some count as no numbers."""

_SHORT = re.compile(r"\A\+?[0-9]{1,6}\Z")
_NO_SMS = frozenset([PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP, PhoneNumberType.UAN])

NOT_A_NUMBER = _("This is no phone number. Write it as 06 12 34 56 78, or with + and the country's code.")
COUNTRY_NEEDED = _("Write the number with + and the country's code, such as +33 6 12 34 56 78.")
EMERGENCY = _(
    "This reaches the emergency services, which no message and no call of ours may. Write a person's own number."
)
TOO_SHORT = _("This is a short number, which works in one country or network only. Write the full number behind it.")
EXPENSIVE = _("Calls to this number are charged at a premium rate: it is not called. Write another number.")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can be kept.

    Attributes:
        number: as E.164.
        sms: whether it can be expected to receive SMS; a fixed line cannot.
    """

    number: str
    sms: bool


def region_of(organisation: Organisation) -> str | None:
    """The country (ISO 3166) whose numbers may be written without its code, or ``None``: all need it.

    An organisation has no country of its own: its legal frame is named after one (`fr`), and a frame that is not has none.
    """
    region = organisation.legal_frame.upper()
    return region if region in phonenumbers.SUPPORTED_REGIONS else None


def is_emergency(text: str, region: str | None) -> bool:
    """Whether a number, short or behind a country's code, reaches emergency services there: ``15``, ``1 1 2``, ``+33 17``."""
    digits = _digits(text)
    if not _SHORT.match(digits):
        return False
    if region is not None and not digits.startswith("+"):
        return _is_emergency_in(digits, region)
    if not digits.startswith("+"):
        return any(_is_emergency_in(digits, one) for one in ("FR", "US", "GB"))  # 112, 911, 999
    for length in (1, 2, 3):
        code = digits[1 : 1 + length]
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code or 0), ())
        if any(_is_emergency_in(digits[1 + length :], one) for one in regions):
            return True
    return False


def parsed(text: str, region: str | None, field: str = "address") -> Phone:
    """A number as it can be kept.

    Args:
        text: what somebody wrote.
        region: the country whose numbers need no code: `region_of`.
        field: where a refusal is shown.

    Raises:
        Refusal: it is no number, or none that may be called.
    """
    phone = looked_at(text, region)
    if not isinstance(phone, Phone):
        raise Refusal("no_such_number", phone, fields={field: phone})
    return phone


def looked_at(text: str, region: str | None) -> Phone | Promise:
    """The number, or the sentence that says why it cannot be kept. For tables, where each row has a number."""
    if is_emergency(text, region):
        return EMERGENCY
    digits = _digits(text)
    if region is not None and digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not digits.startswith("+"):
        if region is None:
            return COUNTRY_NEEDED
        if _SHORT.match(digits) and shortnumberinfo.is_valid_short_number_for_region(_as_short(digits, region), region):
            return TOO_SHORT
    number = next(filter(None, (_number(digits, one) for one in (region, *_OVERSEAS.get(region or "", ())))), None)
    if number is None:
        return NOT_A_NUMBER
    kind = phonenumbers.number_type(number)
    if kind is PhoneNumberType.PREMIUM_RATE:
        return EXPENSIVE
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(written, kind not in _NO_SMS)


def _number(digits: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension:
        return None
    fiction = _FICTION.match(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return number if fiction or phonenumbers.is_valid_number(number) else None


def written(number: str) -> str:
    """A kept number as people write it: ``+33 6 39 98 00 01``."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def _digits(text: str) -> str:
    """The number without what people put between its digits; letters stay, so that they are refused."""
    return re.sub(r"(?<=\d)\s*\(0\)|[\s.\-/()\u2010-\u2015\u202a-\u202e]+", "", text.strip())


def _as_short(digits: str, region: str) -> phonenumbers.PhoneNumber:
    return phonenumbers.PhoneNumber(
        country_code=phonenumbers.country_code_for_region(region), national_number=int(digits.lstrip("+"))
    )


def _is_emergency_in(digits: str, region: str) -> bool:
    return digits in _MORE_EMERGENCY.get(region, ()) or shortnumberinfo.is_emergency_number(digits, region)
