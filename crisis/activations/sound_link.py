"""The signed address of an instruction's sound: who was given it hears this instruction in this language, and nothing else.

It is in the event and in the list of who the instruction concerns, so that the thousand who ask in the same second need no
session and nothing is looked up to know them: the address carries what it opens, when it runs out, and a keyed digest of both.
It lasts for an hour. A page that holds it longer asks the door for who is signed in instead, and gets a new address with the
next event or list.

It also opens after the instruction has ended: who holds it has read the words already, it is the page that falls silent at the
end, and to know of the end each of the thousand would have to be looked up.
"""

from __future__ import annotations

import datetime as dt
import hmac
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crisis.activations.models import Instruction
from soc import clock
from soc.refusals import Refusal, Status

LASTS: Final = dt.timedelta(hours=1)
NAME: Final = "instruction-sound"
"""Of the address, in `urls`."""


def addresses(given: Instruction) -> dict[str, str]:
    """Where each of its languages is heard from now on, by language; nothing once it has ended."""
    if given.ended_at is not None:
        return {}
    until = int((clock.now() + LASTS).timestamp())
    path = reverse(NAME, args=[given.pk])
    return {language: f"{path}?{_query(given.pk, language, until)}" for language in given.words}


def opens(instruction: UUID, language: str, until: str, key: str) -> bool:
    """Whether an address was given here for this, and has not run out.

    Args:
        instruction: that it names.
        language: that it names.
        until: when it runs out, seconds since 1970 as it is written in the address.
        key: the digest that it ends with.
    """
    if not (until.isascii() and until.isdigit() and len(until) <= 12):
        return False
    ours = hmac.compare_digest(_digest(instruction, language, int(until)).encode(), key.encode())
    return ours and int(until) >= clock.now().timestamp()


def unknown() -> Refusal:
    """An address that is wrong, or that has run out: told alike."""
    sentence = _("This address of a sound is not valid any more. Open the instruction again to hear it.")
    return Refusal("sound_unknown", sentence, status=Status.NOT_FOUND)


def _query(instruction: UUID, language: str, until: int) -> str:
    return urlencode({"language": language, "until": until, "key": _digest(instruction, language, until)})


def _digest(instruction: UUID, language: str, until: int) -> str:
    said = f"crisis.activations.sound_link:{instruction}:{until}:{language}"
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), sha256).hexdigest()
