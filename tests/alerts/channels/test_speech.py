"""Instructions are really spoken: sound that lasts and is no silence, and a crash of it takes nothing along."""

from __future__ import annotations

import array
import datetime as dt
import io
import math
import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.test import override_settings

from alerts.channels.voice import espeak_process, speech
from soc.refusals import Refusal

EVACUATE = {
    "en": "Leave the building by staircase B. Do not use the lifts.",
    "fr": "Évacuez le bâtiment par l’escalier B. N’utilisez pas les ascenseurs.",
    "de": "Verlassen Sie das Gebäude über Treppe B.",
    "es": "Salgan del edificio por la escalera B.",
    "ar": "غادروا المبنى",
    "zh-Hans": "请离开大楼",
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


def measured(sound: bytes) -> tuple[float, float]:
    """Seconds, and how loud: the root of the mean square of the samples, of 32,768."""
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        samples = array.array("h", file.readframes(file.getnframes()))
        return len(samples) / file.getframerate(), math.sqrt(sum(one * one for one in samples) / len(samples))


@pytest.mark.parametrize("language", EVACUATE)
def test_it_is_real_sound(language: str) -> None:
    seconds, loudness = measured(speech.speak(EVACUATE[language], language))
    assert 0.5 < seconds < 15
    assert loudness > 500


def test_languages_are_spoken_each_in_its_way_and_slower_takes_longer() -> None:
    text = EVACUATE["fr"]
    french, english = speech.speak(text, "fr"), speech.speak(text, "en")
    assert french != english
    assert measured(speech.speak(text, "fr", slower=True))[0] > measured(french)[0] * 1.1
    assert measured(speech.speak(text + " " + text, "fr"))[0] > measured(french)[0] * 1.6


def test_a_text_is_spoken_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = speech.kept("Evacuate now.", "en")
    assert first.name == f"speech/{first.path.name}"
    assert (tmp_path / first.name).is_file()

    def never(*_: object, **__: object) -> bytes:
        raise AssertionError("spoken again")

    monkeypatch.setattr(speech, "_made", never)
    assert speech.kept("  Evacuate \n now. ", "en") == first
    with pytest.raises(AssertionError):
        speech.kept("Evacuate now!", "en")


def test_many_who_ask_at_once_get_one_file(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: speech.speak("Evacuate now.", "en"), range(4)))
    assert len(set(found)) == 1
    assert len(list((tmp_path / "speech").iterdir())) == 1


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("", "en", "nothing_to_say"),
        (" \n\t\x00 ", "en", "nothing_to_say"),
        ("a " * 2001, "en", "too_long_to_say"),
        ("Hello.", "tlhaa", "cannot_say"),
        ("Hello.", "", "cannot_say"),
        ("Hello.", "../../etc/passwd", "cannot_say"),
    ],
)
def test_what_cannot_be_spoken_is_said(text: str, language: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        speech.speak(text, language)
    assert refused.value.code == code
    assert "%(" not in refused.value.sentence()


def test_markup_is_read_out_and_changes_nothing() -> None:
    plain = measured(speech.speak("break", "en"))[0]
    assert measured(speech.speak('<break time="9s"/> break', "en"))[0] < plain + 6


def test_a_crash_of_the_library_is_an_error_and_no_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    crashing = tmp_path / "crash.py"
    crashing.write_text(f"import os\nos.kill(os.getpid(), {int(signal.SIGSEGV)})\n")
    monkeypatch.setattr(speech, "_PROGRAM", crashing)
    with pytest.raises(Refusal) as refused:
        speech.speak("Evacuate now.", "en")
    assert refused.value.code == "speech_failed"
    assert list((tmp_path / "speech").iterdir()) == []


def test_one_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setattr(speech, "_PROGRAM", endless)
    monkeypatch.setattr(speech, "_PATIENCE_S", 0.3)
    with pytest.raises(Refusal) as refused:
        speech.speak("Evacuate now.", "en")
    assert refused.value.code == "speech_failed"


def test_the_speaker_needs_nothing_of_ours() -> None:
    """It is started by its path, in a process that has neither Django's settings nor the database's address."""
    program = Path(espeak_process.__file__)
    done = subprocess.run(
        [sys.executable, "-I", program],
        input=b'{"text": "Yes.", "voices": ["en"], "words_a_minute": 150}',
        capture_output=True,
        env={},
        cwd="/",
        check=True,
    )
    assert done.stdout.startswith(b"RIFF")


def test_what_nobody_asked_for_lately_is_forgotten(tmp_path: Path) -> None:
    old, new = speech.kept("Old.", "en"), speech.kept("New.", "en")
    month = time.time() - 31 * 24 * 3600
    os.utime(old.path, (month, month))
    assert speech.forget_older(dt.timedelta(days=30)) == 1
    assert (old.path.exists(), new.path.exists()) == (False, True)
