"""How an event is written: once, as the text that browsers get, behind a line that says who may get it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from uuid import UUID

from soc.people.rights import Right

CHANNELS = "feed:*"


def channel(organisation_id: UUID) -> str:
    """The broker's channel of one organisation's feed."""
    return f"feed:{organisation_id}"


def organisation_of(name: str) -> UUID:
    """The organisation whose channel this is.

    Raises:
        ValueError: for a channel that is no feed's.
    """
    return UUID(name.removeprefix("feed:"))


def text_of(kind: str, number: int | None, at: dt.datetime, payload: object) -> str:
    """The JSON text that a browser gets."""
    event = {"number": number, "kind": kind, "at": at.isoformat(), "payload": payload}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Envelope:
    """An encoded event and its audience: `text` is passed on untouched to whoever holds `right` at `site`."""

    kind: str
    number: int | None
    right: Right
    site: UUID | None
    text: str
    member: UUID | None = None
    """For this member alone, when it is set."""

    def encode(self) -> bytes:
        """One line of JSON with the audience, then the text."""
        head = json.dumps([self.kind, self.number, self.right.value, _text(self.site), _text(self.member)])
        return f"{head}\n{self.text}".encode()

    @classmethod
    def decode(cls, data: bytes) -> Envelope:
        """The inverse of `encode`.

        Raises:
            ValueError: when `data` is no envelope.
        """
        head, _, text = data.decode().partition("\n")
        kind, number, right, site, member = json.loads(head)
        return cls(
            kind=kind,
            number=number,
            right=Right(right),
            site=UUID(site) if site else None,
            text=text,
            member=UUID(member) if member else None,
        )


def _text(of: UUID | None) -> str | None:
    return str(of) if of else None
