"""A recording is read by what is in it, made anew in one form, and refused in words when it is not one."""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Callable
from itertools import pairwise

import pytest

from alerts.channels.recordings import sound_process, sounds
from alerts.channels.voice import speech
from soc.refusals import Refusal
from tests.alerts.channels.recordings.files import KINDS, encoded, tone, wav


def samples(data: bytes) -> array[int]:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        return array("h", file.readframes(file.getnframes()))


def pitch(data: bytes) -> float:
    """How often it swings, in Hz, by how often it crosses zero."""
    found = samples(data)
    return sum(one < 0 <= other for one, other in pairwise(found)) / (len(found) / 22_050)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_becomes_the_same_form_with_the_same_sound(kind: str) -> None:
    made = sounds.sound_of(io.BytesIO(KINDS[kind]()))
    assert made.seconds == pytest.approx(1.0, abs=0.12)  # encoders add silence
    assert pitch(made.data) == pytest.approx(480, rel=0.1)


@pytest.mark.parametrize("kind", ["mp3", "ogg", "webm", "m4a"])
def test_nothing_else_of_the_file_survives(kind: str) -> None:
    file = KINDS[kind]()
    assert b"secret title" in file
    made = sounds.sound_of(io.BytesIO(file))
    assert b"secret" not in made.data
    assert len(made.data) == 44 + 2 * len(samples(made.data))


def test_what_is_quiet_is_made_louder_and_what_is_loud_is_left() -> None:
    quiet, loud = (sounds.sound_of(io.BytesIO(wav(0.3, loud=level))).data for level in (2000, 31_000))
    assert max(samples(quiet)) == pytest.approx(16_000, rel=0.05)
    assert max(samples(loud)) > 30_000


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (lambda: wav(180, hertz=16_000), "recording_too_long"),
        (lambda: encoded("mp3", "libmp3lame", 31.5), "recording_too_long"),
        (lambda: wav(1, loud=100), "recording_silent"),
        (lambda: b"", "not_a_recording"),
        (lambda: b"MZ" + bytes(2000), "not_a_recording"),
        (lambda: b"#EXTM3U\nfile:///etc/passwd\n", "not_a_recording"),
        (lambda: b"OggS" + bytes(2000), "recording_broken"),
        (lambda: KINDS["m4a"]()[:600], "recording_broken"),
        (lambda: b"\x1a\x45\xdf\xa3" + b"\xff" * 5000, "recording_broken"),
    ],
    ids=["3 minutes", "31 s of mp3", "silence", "empty", "program", "playlist", "no ogg", "cut off", "no webm"],
)
def test_what_is_no_recording_is_refused_in_words(file: Callable[[], bytes], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        sounds.sound_of(io.BytesIO(file()))
    assert refused.value.code == code
    assert "sound" in refused.value.fields
    assert "%(" not in refused.value.sentence()


def test_thirty_seconds_are_taken() -> None:
    assert sounds.sound_of(io.BytesIO(wav(30, hertz=16_000))).seconds == pytest.approx(30, abs=0.01)


def test_a_file_larger_than_is_accepted_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "MAX_BYTES", 1000)
    with pytest.raises(Refusal) as refused:
        sounds.sound_of(io.BytesIO(wav(1)))
    assert refused.value.code == "recording_too_large"


def test_speech_and_recordings_can_be_joined() -> None:
    spoken = speech.speak("This is an exercise.", "en")
    made = sounds.sound_of(io.BytesIO(wav(1)))
    both = samples(sounds.joined([spoken, made.data]))
    assert len(both) == len(samples(spoken)) + len(samples(made.data))


def test_the_process_and_its_caller_agree() -> None:
    assert (sound_process.HERTZ, math.floor(sound_process.LONGEST_S)) == (sounds.HERTZ, sounds.LONGEST_S)
    assert set(sounds._TROUBLES) == {one.value for one in sound_process.Trouble}


def test_the_tones_of_these_tests_are_tones() -> None:
    assert len(tone(0.5)) == 48_000
