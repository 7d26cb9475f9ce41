"""The door behind the signed address of a sound: outside the API, because it asks who comes nothing and reads no rights."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from alerts.channels.voice import speech
from crisis.activations import sound_link
from crisis.activations.models import Instruction
from crisis.activations.sound import Sound, sound
from crisis.activations.sound_memory import SoundMemory
from soc.refusals import Refusal

_KEPT_S: Final = 3600
_memory: Final = SoundMemory()


@require_safe
def instruction_sound(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The instruction in the address's language, as a WAV file; the same file as for who is signed in."""
    language, until, key = (request.GET.get(name, "") for name in ("language", "until", "key"))
    if not sound_link.opens(pk, language, until, key):
        return _refused(sound_link.unknown())
    made = _memory.sound((pk, language), partial(_read, pk, language))
    if isinstance(made, Refusal):
        return _refused(made)
    headers = {
        "Cache-Control": f"private, max-age={_KEPT_S}, immutable",
        "Content-Language": language,
        "ETag": f'"{made.tag}"',
    }
    response = HttpResponse(made.data, content_type=speech.CONTENT_TYPE, headers=headers)
    return get_conditional_response(request, etag=headers["ETag"], response=response) or response


def _read(pk: UUID, language: str) -> Sound:
    """The sound from where it is kept.

    Raises:
        Refusal: its words were erased since, or it could not be spoken.
    """
    given = Instruction.objects.select_related("activation").filter(pk=pk).first()
    if given is None or language not in given.words:
        raise sound_link.unknown()
    return sound(given, language)


def _refused(refusal: Refusal) -> HttpResponse:
    """As the API writes a refusal."""
    body = {"code": refusal.code, "message": refusal.sentence(), "fields": refusal.field_sentences()}
    return JsonResponse(body, status=refusal.status.value, headers={"Cache-Control": "no-store"})
