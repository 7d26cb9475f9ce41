"""What a reply says: the digit that was asked for, or words in the languages that people answer in.

A reply that asks for help is never taken for anything else, nor is one that says that somebody is not safe: an agent who looks
once too often does less harm than one who does not look.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from alerts.channels.base import AnswerKind
from alerts.deliveries.texts import Offered

_REFERENCE = re.compile(r"\b([A-Z]{1,2})[-\s]?(\d{1,9})\b", re.IGNORECASE)
_DIGIT = re.compile(r"^\W*([1-9])(?![\d°º:]|(?:st|nd|rd|th|er|e|h|[eè]re|[eè]me)\b)", re.IGNORECASE)
"""The digit, but none of "1st floor" or "1er étage"."""
_WORDS: dict[AnswerKind, frozenset[str]] = {
    AnswerKind.HELP: frozenset(
        ("help", "sos", "mayday", "aide", "aidez", "aider", "secours", "secourez", "hilfe", "notfall", "ayuda", "socorro",
         "auxilio", "aiuto", "soccorso", "ajuda", "pomoc", "ratunku", "ajutor", "yardim", "yardım", "imdat", "hulp",
         "danger", "blesse", "blessee", "blesses", "hurt", "injured", "trapped", "coince", "coincee", "coinces", "bloque",
         "bloquee", "bloques", "enferme", "enfermee", "stuck", "emergency", "urgence", "bleeding", "saigne", "verletzt",
         "herido", "herida", "βοηθεια", "помогите", "помощь", "спасите", "допоможіть", "допоможить", "допомога",
         "مساعدة", "النجدة", "ساعدوني")
    ),
    AnswerKind.SAFE: frozenset(
        ("safe", "sauf", "sauve", "securite", "bien", "fine", "sicher", "salvo", "seguro", "segura", "abri", "unharmed",
         "indemne", "sauvee", "alright")
    ),
    AnswerKind.COMING: frozenset(("coming", "arrive", "arrivons", "omw", "route", "viens", "komme", "unterwegs", "voy")),
    AnswerKind.SEEN: frozenset(("seen", "vu", "recu", "received", "compris", "understood", "taken", "gesehen", "visto")),
}  # fmt: skip
_PHRASES: dict[AnswerKind, tuple[str, ...]] = {
    AnswerKind.COMING: ("on my way",),
    AnswerKind.HELP: ("救命", "求助", "帮助", "救我", "मदद", "बचाओ"),  # alphabets whose words are not told apart here
}
_OK = frozenset(("ok", "okay", "oui", "yes"))
_STOP = frozenset(
    ("stop", "stopall", "arret", "unsubscribe", "desabonner", "cancel", "end", "quit", "revoke", "optout")
)
_START = frozenset(("start", "unstop", "reprise", "resume"))
_NOT = frozenset(
    ("not", "pas", "never", "nicht", "kein", "jamais", "isn", "isnt", "aren", "arent", "cannot", "cant", "nao", "non", "no",
     "ne", "n", "sans", "without", "plus", "hardly")
)  # fmt: skip
_DENIES = frozenset(("not", "pas", "never", "nicht", "jamais", "isn", "isnt", "aren", "arent", "nao", "hardly"))
"""Of these, those that deny what comes within a few words; "no" and "non" deny the very next one only."""
_REACH = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What a reply says.

    Args:
        kind: what it answers; null: nothing that was understood.
        references: the messages that it may name, as messages carry it; the first that is known counts.
        stop: it asks for no more SMS.
        start: it takes that back.
        rest: the words, without digit and reference: a place, or more.
    """

    kind: AnswerKind | None
    references: tuple[str, ...]
    stop: bool
    start: bool
    rest: str


def understand(text: str, offered: Sequence[Offered], reference: str = "") -> Said:
    """Read a reply.

    Args:
        text: as it came.
        offered: the answers of the message that it may belong to; a digit means one of them.
        reference: of that message: it is no part of what is said. "Room B 12" is a place.
    """
    found = list(_REFERENCE.finditer(text))
    references = tuple(dict.fromkeys(f"{one[1].upper()}-{one[2]}" for one in found))
    bare = text
    for one in reversed(found):
        if reference and f"{one[1].upper()}-{one[2]}" == reference:
            bare = f"{bare[: one.start()]} {bare[one.end() :]}"
    digit = _DIGIT.match(bare.strip(" \t\r\n[]"))
    chosen = next((one.kind for one in offered if digit and one.key == digit[1]), None)
    rest = (_DIGIT.sub("", bare.strip(" \t\r\n[]")) if chosen else bare).strip(" \t\r\n,.;:[]")
    kind = _kind(_folded(bare), bare, chosen, {one.kind for one in offered})
    command = _command(text)
    return Said(kind, references, command in _STOP, command in _START, rest)


def _command(text: str) -> str:
    """The only word of a text, whatever message it names beside it."""
    words = _folded(_REFERENCE.sub(" ", text))
    return words[0] if len(words) == 1 else ""


def _kind(
    words: Sequence[str], text: str, chosen: AnswerKind | None, offered: Collection[AnswerKind]
) -> AnswerKind | None:
    """Help before everything: "1 but my colleague needs help" is a call for help, and so is "1 not safe"."""
    line = f"{' '.join(words)} {text}"
    found = {kind for kind, known in _WORDS.items() if known.intersection(words)}
    found |= {kind for kind, phrases in _PHRASES.items() if any(phrase in line for phrase in phrases)}
    if AnswerKind.HELP in found or _denies_safety(words):
        return AnswerKind.HELP
    if chosen is not None:
        return chosen
    if _NOT.intersection(words):
        return None  # "not coming": what exactly it is, a person reads
    if not found and _OK.intersection(words):
        # What somebody agrees to is what was asked for.
        asked = AnswerKind.SAFE in offered and AnswerKind.SEEN not in offered
        return AnswerKind.SAFE if asked else AnswerKind.SEEN
    return next(iter(found)) if len(found) == 1 else None


def _denies_safety(words: Sequence[str]) -> bool:
    for at, word in enumerate(words):
        if word in _WORDS[AnswerKind.SAFE] | {"ok", "okay"}:
            before = words[max(0, at - _REACH) : at]
            if _DENIES.intersection(before) or before[-1:] in (["no"], ["non"]):
                return True
    return False


def _folded(text: str) -> list[str]:
    """The words, without accents and case, in whatever alphabet."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) != "Mn").casefold()
    return re.findall(r"[^\W_]+", plain)
