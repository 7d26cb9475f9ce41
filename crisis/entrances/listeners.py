"""What the rooms below tell the ways in. The watcher lacks the libraries by which plans are carried out, so who needs them is
imported when something comes.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from alerts.channels.voice.incoming import CallIn, Said
from alerts.deliveries.models import Incoming
from crisis.emergency.models import CapMessage
from soc.people.directory.models import Person


def is_for_us(organisation: UUID, text: str) -> bool:
    """Whether a text begins as those with a code do."""
    from crisis.entrances import calls

    return calls.is_for_us(organisation, text)


def texted(incoming: Incoming) -> bool:
    """A text came that answers no message."""
    from crisis.entrances import calls

    return calls.texted(incoming)


def called(call: CallIn) -> Said | None:
    """Somebody calls, or has keyed something in."""
    from crisis.entrances import calls

    return calls.called(call)


def cap_came(message: CapMessage) -> None:
    """A CAP message was accepted."""
    from crisis.entrances import cap

    cap.came(message)


def person_erased(person: Person) -> Collection[int]:
    """Somebody is erased who may have called."""
    from crisis.entrances import erasing

    return erasing.forget_person(person)
