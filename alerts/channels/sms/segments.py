"""How many segments an SMS takes, exactly as the network counts them.

A text goes out in GSM-7 (160 septets; 153 a segment when there are several, because each then names the others) if every
character is in its tables, else in UCS-2 (70 code units, or 67). A character of GSM-7's extension table takes two septets,
one outside the basic plane takes two code units; neither is ever split between segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

#: GSM 03.38's basic table, in its order; the escape (0x1B) is no character.
_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = frozenset("\f^{}\\[~]|€")


class Encoding(Enum):
    """How a text is written on the network."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


#: Units of a text that fits one segment, and of each segment when it takes several.
_ROOM: Final = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Segmented:
    """What a text takes.

    Attributes:
        encoding: of the whole text.
        segments: how many; an empty text takes none.
        used: septets or code units, without what is lost where a character was not split.
        room: how many more fit before another segment is needed.
        forced_by: the characters that are not in GSM-7, each once, in the order in which they stand in the text.
    """

    encoding: Encoding
    segments: int
    used: int
    room: int
    forced_by: tuple[str, ...] = ()


def segmented(text: str) -> Segmented:
    """Count `text`.

    >>> segmented("Évacuez. Répondez 1.").encoding.value
    'GSM-7'
    >>> segmented("Forêt").forced_by
    ('ê',)
    """
    forced_by = tuple(dict.fromkeys(sign for sign in text if sign not in _BASIC and sign not in _EXTENSION))
    encoding = Encoding.UCS2 if forced_by else Encoding.GSM7
    units = [_units(sign, encoding) for sign in text]
    used = sum(units)
    alone, each = _ROOM[encoding]
    if used <= alone:
        return Segmented(encoding, 1 if text else 0, used, alone - used, forced_by)
    segments, filled = 1, 0
    for unit in units:
        if filled + unit > each:
            segments, filled = segments + 1, 0
        filled += unit
    return Segmented(encoding, segments, used, each - filled, forced_by)


def _units(sign: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if sign in _EXTENSION else 1
    return 2 if ord(sign) > 0xFFFF else 1
