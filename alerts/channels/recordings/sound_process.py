"""Reads one sound file from standard input and writes its sound alone to standard output: a process of its own, because it is C.

It is started by its path (`alerts.channels.recordings.sounds`) and imports nothing of Vigie: a crash, a file that takes all
memory or all time takes this process along and nothing else. Written is raw sound: 16 bits, little endian, one channel. Nothing
else of the file survives: no title, no picture, no place, no second track. Exit status: see `Trouble`.
"""

from __future__ import annotations

import contextlib
import io
import resource
import sys
from array import array
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

import av

HERTZ = 22_050
"""What espeak-ng speaks with, so that both can be joined; a telephone takes 8,000."""
LONGEST_S = 30.0
LEEWAY_S = 0.5
"""Encoders add some silence: a recorder that was stopped at 30 s makes a file that is a little longer."""
MEMORY = 2 * 1024**3
CPU_S = 20
SILENCE = 300
"""Of 32,767: what never gets louder was recorded with the microphone off."""
LOUDEST = 29_000
MOST_GAIN = 8.0

_CONTAINERS = {"wav": "wav", "mp3": "mp3", "ogg": "ogg", "webm": "matroska", "mp4": "mov"}
_CODECS = ("pcm_", "mp3", "opus", "vorbis", "aac", "alac")
"""Each decoder is a way in: what these names do not begin is not even tried."""


class Trouble(IntEnum):
    """Why there is no sound."""

    NOT_SOUND = 3
    TOO_LONG = 4
    SILENT = 5
    BROKEN = 6


class NoSound(Exception):
    """The file gives no sound that can be used."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


def container_of(data: bytes) -> str | None:
    """The kind of file by how it begins, whatever it calls itself: a key of `_CONTAINERS`."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS":
        return "ogg"
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return "webm"
    if data[4:8] == b"ftyp":
        return "mp4"
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return "mp3"  # the sync word, layer III
    return None


def sound_of(data: bytes) -> bytes:
    """The file's first sound track as raw samples, as loud as can be without distortion.

    Raises:
        NoSound: it is no such file, too long, silent or damaged.
    """
    kind = container_of(data)
    if kind is None:
        raise NoSound(Trouble.NOT_SOUND)
    most = int((LONGEST_S + LEEWAY_S) * HERTZ)
    samples = array("h")
    try:
        with av.open(io.BytesIO(data), format=_CONTAINERS[kind]) as opened:
            for piece in _pieces(opened):
                samples.frombytes(piece)
                if len(samples) > most:
                    raise NoSound(Trouble.TOO_LONG)
    except (av.FFmpegError, ValueError, OSError) as error:
        raise NoSound(Trouble.BROKEN) from error
    if not samples:
        raise NoSound(Trouble.BROKEN)
    if sys.byteorder == "big":
        samples.byteswap()
    return _loud(samples).tobytes()


def _pieces(opened: Any) -> Iterator[bytes]:
    track = next(iter(opened.streams.audio), None)
    if track is None or not track.codec_context.name.startswith(_CODECS):
        raise NoSound(Trouble.NOT_SOUND)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=HERTZ)
    for frame in opened.decode(track):
        for one in resampler.resample(frame):
            yield _bytes(one)
    for one in resampler.resample(None):
        yield _bytes(one)


def _bytes(frame: Any) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * 2]  # a plane is padded


def _loud(samples: array[int]) -> array[int]:
    peak = max(max(samples), -min(samples))
    if peak < SILENCE:
        raise NoSound(Trouble.SILENT)
    gain = min(MOST_GAIN, LOUDEST / peak)
    return array("h", (round(one * gain) for one in samples)) if gain > 1 else samples


def _bounded() -> None:
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # where a system has no such limit, the caller's patience is one
            resource.setrlimit(what, (most, most))


def main() -> int:
    """Read the file, write its sound. Returns the exit status."""
    _bounded()
    av.logging.set_level(None)
    try:
        found = sound_of(sys.stdin.buffer.read())
    except NoSound as none:
        return int(none.trouble)
    sys.stdout.buffer.write(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
