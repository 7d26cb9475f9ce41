"""Speaks one text into a WAV file on standard output: a process of its own, which a crash in C takes along alone.

It is started by its path (`alerts.channels.voice.speech`) and imports nothing of Vigie. On standard input: JSON with `text`,
`voices` (the first that espeak-ng knows is taken) and `words_a_minute`. Exit status 3: it knows none of the voices.
"""

from __future__ import annotations

import ctypes
import io
import json
import sys
import wave
from typing import Any

import espeakng_loader

UNKNOWN_VOICE = 3

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the text is spoken when espeak_Synth returns
_DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
_UTF8 = 1  # espeakCHARS_UTF8; without espeakSSML markup is read out, not obeyed
_CHARACTERS = 1  # POS_CHARACTER
_RATE = 1  # espeakRATE
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class UnknownVoice(Exception):
    """espeak-ng has none of the voices."""


def spoken(text: str, voices: list[str], words_a_minute: int) -> bytes:
    """The text as a WAV file, 16 bits, mono.

    Raises:
        UnknownVoice: no voice is known.
        RuntimeError: the library does not do what it should.
    """
    library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
    hertz = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), _DONT_EXIT)
    if hertz <= 0:
        raise RuntimeError("espeak-ng does not start")
    pieces: list[bytes] = []

    def heard(samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            pieces.append(ctypes.string_at(samples, count * 2))
        return 0

    callback = _CALLBACK(heard)
    library.espeak_SetSynthCallback(callback)
    if not any(library.espeak_SetVoiceByName(voice.encode()) == 0 for voice in voices):
        raise UnknownVoice(", ".join(voices))
    library.espeak_SetParameter(_RATE, words_a_minute, 0)
    raw = text.encode() + b"\0"
    if library.espeak_Synth(raw, len(raw), 0, _CHARACTERS, 0, _UTF8, None, None) != 0:
        raise RuntimeError("espeak-ng does not speak")
    library.espeak_Synchronize()
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(hertz)
        file.writeframes(b"".join(pieces))
    return written.getvalue()


def main() -> int:
    """Read what is asked for and write it. Returns the exit status."""
    asked = json.load(sys.stdin)
    try:
        found = spoken(asked["text"], asked["voices"], asked["words_a_minute"])
    except UnknownVoice:
        return UNKNOWN_VOICE
    sys.stdout.buffer.write(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
