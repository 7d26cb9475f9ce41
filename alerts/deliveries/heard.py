"""A message as it is heard: its own words in one of its languages, whole or plain, and of a drill first that it is one."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from alerts.channels.voice import speech
from alerts.deliveries.models import Message
from alerts.deliveries.texts import Texts, exercise_said
from soc.refusals import Refusal, Status


def sound(message: Message, language: str, *, plain: bool) -> bytes:
    """A WAV file of what is said aloud; plain words are said more slowly.

    Raises:
        Refusal: it has no such words, or they could not be spoken.
    """
    kept = message.texts.get(language)
    texts = Texts.model_validate(kept) if kept is not None else None
    words = "" if texts is None else texts.plain if plain else texts.spoken
    if not words:
        raise Refusal("not_in_language", _("This message does not say this in this language."), status=Status.NOT_FOUND)
    said = f"{exercise_said(language)} {words}" if message.exercise else words
    return speech.speak(said, language, slower=plain)


def response(data: bytes) -> HttpResponse:
    """The sound as doors give it: who hears it again asks again, as words are erased when their time is over."""
    return HttpResponse(data, content_type=speech.CONTENT_TYPE, headers={"Cache-Control": "no-store"})
