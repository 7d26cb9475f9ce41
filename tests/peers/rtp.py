"""H.264 access units as RTP packets (RFC 6184) in RTSP's interleaved frames (RFC 2326, 10.12)."""

from __future__ import annotations

import re
import struct

_LONGEST = 1400
_START_CODE = re.compile(b"\x00\x00\x00?\x01")


def nal_units(access_unit: bytes) -> list[bytes]:
    """The NAL units of an access unit in Annex B."""
    return [unit for unit in _START_CODE.split(access_unit) if unit]


class Packetiser:
    """Numbers one stream's packets."""

    def __init__(self) -> None:
        self._sequence = 0

    def packets(self, access_unit: bytes, timestamp: int, channel: int) -> bytes:
        """All packets of an access unit, interleaved; `timestamp` in 1/90,000 s."""
        payloads = [payload for unit in nal_units(access_unit) for payload in _payloads(unit)]
        return b"".join(
            self._packet(payload, timestamp, channel, last=number == len(payloads) - 1)
            for number, payload in enumerate(payloads)
        )

    def _packet(self, payload: bytes, timestamp: int, channel: int, *, last: bool) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        head = struct.pack(">BBHII", 0x80, 96 | (0x80 if last else 0), self._sequence, timestamp & 0xFFFFFFFF, 0x5EED)
        return b"$" + struct.pack(">BH", channel, len(head) + len(payload)) + head + payload


def _payloads(unit: bytes) -> list[bytes]:
    if len(unit) <= _LONGEST:
        return [unit]
    indicator, kind, body = (unit[0] & 0xE0) | 28, unit[0] & 0x1F, unit[1:]
    pieces = [body[at : at + _LONGEST] for at in range(0, len(body), _LONGEST)]
    ends = len(pieces) - 1
    return [
        bytes([indicator, kind | (0x80 if number == 0 else 0) | (0x40 if number == ends else 0)]) + piece
        for number, piece in enumerate(pieces)
    ]
