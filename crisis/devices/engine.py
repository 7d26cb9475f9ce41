"""What each responder does every second: move runs on, give up what was lost, send what is planned, read what is waited for."""

from __future__ import annotations

from crisis.devices import advancing, reading, sending
from crisis.devices.hands import Hands, Threads

_SENDERS = Threads("devices-send", 16)
_READERS = Threads("devices-read", 16)


def tick(senders: Hands = _SENDERS, readers: Hands = _READERS) -> int:
    """One look at everything that is due; how much there was. Any number of processes may do it at once."""
    done = sending.give_up_lost()
    done += advancing.advance_due()
    done += sending.send_due(senders)
    done += reading.read_due(readers)
    return done
