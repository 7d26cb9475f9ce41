"""The sound of an uploaded file in the one form that is kept: what every browser plays, and a telephone call can play."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.refusals import Refusal, Status

MAX_BYTES: Final = 40 * 1024 * 1024
"""Three minutes of a studio's WAV: so large a file is still read, and refused for being too long."""
LONGEST_S: Final = 30
HERTZ: Final = 22_050
CONTENT_TYPE: Final = "audio/wav"
_PATIENCE_S: Final = 40
_PROGRAM: Final = Path(__file__).with_name("sound_process.py")
_TOO_LARGE: Final = _("The recording’s file is larger than 40 MB. Save it smaller, then try again.")
_TROUBLES: Final[Mapping[int, tuple[str, Promise]]] = {
    3: ("not_a_recording", _("This is no recording that can be read. Use WAV, MP3, Ogg, WebM or M4A.")),
    4: (
        "recording_too_long",
        _("The recording is too long: at most %(most)s seconds. Shorten it, then try again."),
    ),
    5: ("recording_silent", _("There is nothing to hear in this recording. Is the microphone on?")),
    6: ("recording_broken", _("The recording cannot be read: its file is damaged or empty.")),
}
"""By the exit status of the process: `sound_process.Trouble`."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound that we made: WAV, 16 bits, one channel.

    Attributes:
        data: the file.
        seconds: how long it lasts.
    """

    data: bytes
    seconds: float

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the file."""
        return hashlib.sha256(self.data).hexdigest()


def sound_of(upload: IO[bytes]) -> Sound:
    """The sound of an uploaded file, made anew: nothing else that is in the file is kept.

    Raises:
        Refusal: it is too large, too long, silent, damaged or no recording; `fields` says so at `sound`.
    """
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refusal("recording_too_large", _TOO_LARGE, fields={"sound": _TOO_LARGE})
    raw = _raw(data)
    return Sound(wav([raw]), len(raw) / 2 / HERTZ)


def wav(pieces: list[bytes]) -> bytes:
    """Raw pieces of sound, one after the other, as a WAV file."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(HERTZ)
        file.writeframes(b"".join(pieces))
    return written.getvalue()


def joined(files: list[bytes]) -> bytes:
    """WAV files of the one form, one after the other, as one.

    Raises:
        ValueError: one is of another form.
    """
    pieces = []
    for data in files:
        with wave.open(io.BytesIO(data)) as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, HERTZ):
                raise ValueError("Sounds of two forms cannot be joined.")
            pieces.append(file.readframes(file.getnframes()))
    return wav(pieces)


def _raw(data: bytes) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)], input=data, capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired as failure:
        raise _refused(6) from failure
    except OSError as failure:
        sentence = _("The recording could not be read now. Try again.")
        raise Refusal("recordings_unavailable", sentence, status=Status.UNAVAILABLE) from failure
    if done.returncode == 0 and done.stdout:
        return done.stdout
    raise _refused(done.returncode if done.returncode in _TROUBLES else 6)  # a crash is a damaged file


def _refused(status: int) -> Refusal:
    code, sentence = _TROUBLES[status]
    return Refusal(code, sentence, fields={"sound": sentence}, params={"most": LONGEST_S})
