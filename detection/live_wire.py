"""How live pictures travel from a watcher to the web processes: channels, keys and the header of each picture."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import Final, Literal, TypeAlias
from uuid import UUID

VERSION: Final = 1
HEADER: Final = struct.Struct("<16sBBBBId")
WANT_FOR_S: Final = 5
"""How long a web process's wish for pictures lasts unless it is renewed."""

KEY_CHANNELS: Final = "live-key:*"


class Format(StrEnum):
    """What a viewer can show."""

    H264 = "h264"
    JPEG = "jpeg"

    @property
    def code(self) -> int:
        """Its number in the header."""
        return 1 if self is Format.H264 else 2


TRACKS: Final = "tracks"
Wish: TypeAlias = Format | Literal["tracks"]
"""What may be wanted of a camera: its pictures in a format, and the boxes on them."""

WISHES: Final[tuple[Wish, ...]] = (*Format, TRACKS)


class Flag(IntFlag):
    """Properties of one picture."""

    KEY = 1
    PIXELATED_WHOLE = 2


class LiveState(StrEnum):
    """What a tile says of its picture."""

    LIVE = "live"
    STALE = "stale"
    DOWN = "down"
    REFUSED = "refused"


def picture_channel(camera: UUID, kind: Format) -> str:
    """Carries the camera's pictures of this format, each with its header."""
    return f"live:{camera}:{kind}"


def state_channel(camera: UUID) -> str:
    """Carries what the watcher says of the picture."""
    return f"live:{camera}:state"


def tracks_channel(camera: UUID) -> str:
    """Carries the boxes of each analysed frame."""
    return f"live:{camera}:{TRACKS}"


def want_key(camera: UUID, kind: Wish) -> str:
    """Exists while somebody watches; the watcher encodes, and tells boxes, only then."""
    return f"live-want:{camera}:{kind}"


def key_channel(camera: UUID) -> str:
    """Asks the watcher, with what is wanted, for something with which a new viewer can begin."""
    return f"live-key:{camera}"


@dataclass(frozen=True, slots=True)
class Header:
    """The 32 bytes before each picture."""

    camera: UUID
    kind: Format
    flags: Flag
    sequence: int
    captured_at: float

    def encode(self) -> bytes:
        """The bytes, little endian."""
        return HEADER.pack(
            self.camera.bytes, VERSION, self.kind.code, self.flags, 0, self.sequence & 0xFFFFFFFF, self.captured_at
        )

    @classmethod
    def decode(cls, data: bytes) -> Header:
        """The header at the beginning of `data`.

        Raises:
            ValueError: when `data` does not begin with one.
        """
        try:
            camera, version, code, flags, _, sequence, captured_at = HEADER.unpack_from(data)
        except struct.error as error:
            raise ValueError("Too short for a picture's header.") from error
        kind = next((kind for kind in Format if kind.code == code), None)
        if version != VERSION or kind is None:
            raise ValueError("Not a picture's header of this version.")
        return cls(UUID(bytes=camera), kind, Flag(flags), sequence, captured_at)


@dataclass(frozen=True, slots=True)
class StateNotice:
    """What the watcher says of the picture. Why it is down stands in the camera's status.

    Attributes:
        since: seconds of the epoch.
    """

    state: LiveState
    since: float

    def encode(self) -> bytes:
        """As JSON."""
        return json.dumps([self.state, self.since]).encode()

    @classmethod
    def decode(cls, data: bytes) -> StateNotice:
        """The inverse of `encode`.

        Raises:
            ValueError: when `data` is none.
        """
        state, since = json.loads(data)
        return cls(LiveState(state), float(since))
