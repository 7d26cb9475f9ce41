"""Which numbers reach emergency services, in whatever country they are dialled: no message and no call of ours goes there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import shortnumberinfo

FLOOR: Final = frozenset(
    {"15", "17", "18", "112", "114", "115", "116", "119", "191", "196", "197"}  # France
    | {"000", "102", "103", "108", "110", "111", "113", "117", "118", "122", "133", "144", "155", "158"}
    | {"911", "995", "998", "999"}
)
"""Emergency numbers whatever the library says: France's, Europe's, its neighbours' and what people dial from films."""
_LONGEST: Final = 6
_EVERYWHERE: Final = tuple(shortnumberinfo.SUPPORTED_SHORT_REGIONS)


def reaches_emergency(address: str) -> bool:
    """Whether a number that a message or call would go to reaches an emergency service, in any country.

    The gateway behind us may stand in any country and may leave out a plus, so that ``15``, ``1 1 2``, ``+112``, ``+33 17`` and
    ``0033 18`` are all meant. A full number never is.

    >>> [reaches_emergency(one) for one in ("15", "tel:1-1-2", "+33 17", "999", "+33 6 12 34 56 78", "+30 210 123 4567")]
    [True, True, True, True, False, False]
    """
    # What follows a pause, a code of the network or a parameter is dialled apart: "112,,1" calls 112.
    parts = (_dialled(part) for part in re.split("[;,#*]", unicodedata.normalize("NFKC", address)))
    return any(_is_emergency(digits, regions) for part in parts for digits, regions in _meant(part))


def _meant(dialled: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The short numbers that these digits may be, each with the countries in which they would be dialled."""
    digits = dialled.removeprefix("+")
    for short in {digits, digits.lstrip("0")}:
        if len(short) <= _LONGEST:
            yield short, _EVERYWHERE
    abroad = digits if dialled.startswith("+") else digits[2:] if digits.startswith("00") else ""
    for length in (1, 2, 3):
        code, rest = abroad[:length], abroad[length:]
        regions = tuple(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())) if code else ()
        for short in {rest, rest.lstrip("0")} if regions else ():
            if len(short) <= _LONGEST:
                yield short, regions


@lru_cache(maxsize=512)
def _is_emergency(digits: str, regions: tuple[str, ...]) -> bool:
    if not digits:
        return False
    return digits in FLOOR or any(shortnumberinfo.is_emergency_number(digits, region) for region in regions)


def _dialled(written: str) -> str:
    """Its digits, of whatever script, and the plus in front of them."""
    values = (unicodedata.decimal(one, None) for one in written)
    digits = "".join(str(value) for value in values if value is not None)
    return f"+{digits}" if re.match(r"\D*\+", written) else digits
