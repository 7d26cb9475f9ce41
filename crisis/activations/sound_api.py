"""The door to the sound of an instruction: for every member whom the instruction of the moment concerns."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from alerts.channels.voice import speech
from crisis.activations import selectors
from crisis.activations.sound import sound
from soc.people.permissions import Rights
from soc.people.requests import member_of
from soc.people.rights import Right

_KEPT_S = 3600
"""The words of an instruction do not change: who hears it again within the hour asks for nothing."""


class InstructionSound(APIView):
    """An instruction, spoken."""

    rights: ClassVar[Rights] = {"GET": Right.RESPOND}

    @extend_schema(
        parameters=[OpenApiParameter("language", str, required=True, description="One of the languages of its words.")],
        responses={(200, speech.CONTENT_TYPE): OpenApiTypes.BINARY},
        operation_id="me_instruction_sound",
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """Its recording, or its kept words, as a WAV file. Nothing else is ever spoken here: no text of the request is."""
        given = get_object_or_404(selectors.instructions_for(member_of(request)), pk=pk)
        made = sound(given, request.query_params.get("language", ""))
        return HttpResponse(
            made.data,
            content_type=speech.CONTENT_TYPE,
            headers={"Cache-Control": f"private, max-age={_KEPT_S}", "ETag": f'"{made.tag}"'},
        )
