"""What an instruction sounds like: its recording where there is one, else its own kept words, spoken once for all who hear it."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from django.utils.translation import gettext_lazy as _

from alerts.channels.recordings import selectors as recordings
from alerts.channels.recordings.models import SoundRecording
from alerts.channels.recordings.sounds import joined
from alerts.channels.voice import speech
from alerts.deliveries.texts import exercise_said
from crisis.activations.models import Instruction
from soc.refusals import Refusal, Status

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sound:
    """A WAV file, and what tells it from another."""

    data: bytes
    tag: str


def sound(given: Instruction, language: str) -> Sound:
    """The instruction in one of its languages; in a drill the sound says first that it is one.

    Args:
        given: with its activation.
        language: one of the languages of its words.

    Raises:
        Refusal: it is not given in that language, or it could not be spoken.
    """
    words = given.words.get(language)
    if words is None:
        raise Refusal(
            "not_in_language",
            _("This instruction is not given in this language."),
            status=Status.NOT_FOUND,
        )
    recorded = _recorded(given, language)
    if recorded is not None:
        return recorded
    said = f"{exercise_said(language)} {words}" if given.activation.drill else words
    made = speech.kept(said, language)
    return Sound(made.path.read_bytes(), made.path.stem)


def _recorded(given: Instruction, language: str) -> Sound | None:
    """Its recording in a language; a recording that is not there is spoken instead, because somebody must hear it."""
    wanted = given.recordings.get(language)
    if wanted is None:
        return None
    found = SoundRecording.objects.filter(organisation=given.organisation_id, pk=wanted).first()
    data = recordings.data_of(found) if found is not None else None
    if found is None or data is None:
        log.error("instruction.recording_missing", instruction=str(given.pk), recording=wanted)
        return None
    if not given.activation.drill:
        return Sound(data, found.sha256)
    try:
        exercise = speech.speak(exercise_said(language), language)
        return Sound(joined([exercise, data]), f"{found.sha256}-drill")
    except (Refusal, ValueError):
        # Nobody may take an exercise for the real thing: where that cannot be said, the words are spoken or nothing is.
        return None
