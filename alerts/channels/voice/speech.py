"""What is spoken to everyone: made on the server by espeak-ng, in any language that it knows, kept by its digest.

Browsers without a voice of their own play it all the same, and everybody hears the same. A text is spoken once and kept in
MEDIA_ROOT/speech; it may name somebody, so what nobody asked for lately is deleted (`forget_older`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alerts.channels.voice import espeak_process
from soc.refusals import Refusal, Status

LONGEST_TEXT: Final = 2000
CONTENT_TYPE: Final = "audio/wav"
_PATIENCE_S: Final = 20
_WORDS_A_MINUTE: Final = 155
_SLOWER: Final = 120
#: Made anew when what is made changes.
_EDITION: Final = "espeak-ng 1.52, 1"
_PROGRAM: Final = Path(espeak_process.__file__)
# A thousand browsers ask for the same words in the same second: one makes them, the others wait for the file.
_MAKING: Final = tuple(Lock() for _ in range(16))
#: Languages whose usual voice espeak-ng calls otherwise.
_VOICES: Final = {"no": "nb", "zh": "cmn", "iw": "he"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sound file that was made.

    Attributes:
        path: where it lies.
        seconds: how long it lasts.
    """

    path: Path
    seconds: float

    @property
    def name(self) -> str:
        """Its name in MEDIA_ROOT: speech/….wav."""
        return f"{self.path.parent.name}/{self.path.name}"


def speak(text: str, language: str, *, slower: bool = False) -> bytes:
    """The text as a WAV file (16 bits, mono), which every browser plays.

    Raises:
        Refusal: there is nothing to say, it is too long, espeak-ng does not know the language, or it failed.
    """
    return kept(text, language, slower=slower).path.read_bytes()


def kept(text: str, language: str, *, slower: bool = False) -> Spoken:
    """As `speak`: where the file lies, made if it was not there.

    Raises:
        Refusal: as `speak`.
    """
    said = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not said:
        raise Refusal("nothing_to_say", _("There is nothing to say."), fields={"text": _("This is needed.")})
    if len(said) > LONGEST_TEXT:
        sentence = _("This is too long to be spoken: at most %(most)s characters.")
        raise Refusal("too_long_to_say", sentence, fields={"text": sentence}, params={"most": LONGEST_TEXT})
    digest = hashlib.sha256(json.dumps([_EDITION, language.lower(), slower, said]).encode()).hexdigest()
    path = _folder() / f"{digest}.wav"
    if not _is_there(path):
        with _MAKING[int(digest[:2], 16) % len(_MAKING)]:
            if not _is_there(path):
                _place(_made(said, language, slower=slower), path)
    return Spoken(path, _seconds(path))


def _is_there(path: Path) -> bool:
    """Whether the file is there; it was asked for just now, so it is not forgotten soon."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def forget_older(than: dt.timedelta) -> int:
    """Delete what nobody asked for since; returns how many files there were."""
    limit, gone = (dt.datetime.now(dt.UTC) - than).timestamp(), 0
    for path in _folder().glob("*.wav"):
        with contextlib.suppress(FileNotFoundError):  # another process was faster
            if path.stat().st_mtime < limit:
                path.unlink()
                gone += 1
    return gone


def _made(text: str, language: str, *, slower: bool) -> bytes:
    """The sound, from a process of its own.

    Raises:
        Refusal: the language is not known, or the process failed.
    """
    asked = {"text": text, "voices": _voices(language), "words_a_minute": _SLOWER if slower else _WORDS_A_MINUTE}
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise _failed() from failure
    if done.returncode == espeak_process.UNKNOWN_VOICE:
        sentence = _("This language cannot be spoken here. Upload a recording.")
        raise Refusal("cannot_say", sentence, fields={"language": sentence})
    if done.returncode != 0 or not done.stdout:
        raise _failed()
    return done.stdout


def _failed() -> Refusal:
    return Refusal(
        "speech_failed", _("The text could not be spoken now. Upload a recording."), status=Status.UNAVAILABLE
    )


def _voices(language: str) -> list[str]:
    """What espeak-ng may call the language's voice, the closest first."""
    whole = language.replace("_", "-").lower()
    plain = whole.split("-")[0]
    return list(dict.fromkeys([_VOICES.get(whole, whole), _VOICES.get(plain, plain), plain]))


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "speech"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _place(sound: bytes, path: Path) -> None:
    """Put the file in place in one step, so that nobody plays half of it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".making-", delete=False) as draft:
        draft.write(sound)
    Path(draft.name).replace(path)


def _seconds(path: Path) -> float:
    with wave.open(io.BytesIO(path.read_bytes())) as file:
        return float(file.getnframes() / file.getframerate())
