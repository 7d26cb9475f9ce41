"""The API's doors to recordings."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts.channels.recordings import selectors, services, wire
from alerts.channels.recordings.models import Origin, SoundRecording
from alerts.channels.recordings.serializers import (
    NewRecording,
    PolicyInput,
    RecordingPolicySerializer,
    RecordingQuery,
    SoundRecordingSerializer,
)
from alerts.channels.recordings.sounds import CONTENT_TYPE, LONGEST_S, MAX_BYTES
from soc.api import Pages, checked
from soc.people.permissions import Rights
from soc.people.requests import member_of
from soc.people.rights import Right
from soc.refusals import Refusal, Status


class SoundRecordingList(generics.ListAPIView[SoundRecording]):
    """Recordings that can be spoken as an instruction."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "POST": Right.DIRECT}
    serializer_class = SoundRecordingSerializer
    queryset = SoundRecording.objects.none()
    filter_backends = ()
    pagination_class = Pages
    parser_classes = (MultiPartParser,)

    @override
    def get_queryset(self) -> Any:
        asked = checked(RecordingQuery(data=_filters(self.request)))
        found = {name: value for name, value in asked.items() if name in ("site", "language")}
        return selectors.recordings(member_of(self.request)).filter(**found)

    @extend_schema(parameters=[RecordingQuery], operation_id="sound_recordings_list")
    def get(self, request: Request) -> Response:
        """The recordings in the member's reach, the newest first."""
        return self.list(request)

    @extend_schema(
        request={"multipart/form-data": NewRecording},
        responses={201: SoundRecordingSerializer},
        operation_id="sound_recordings_create",
    )
    def post(self, request: Request) -> Response:
        """Keep a recording (WAV, MP3, Ogg, WebM, M4A; 30 s and 40 MB at most). Its sound is made anew: nothing else is kept."""
        entered = checked(NewRecording(data=request.data))
        made = services.keep(
            member_of(request),
            entered["site"],
            language=entered["language"],
            text=entered["text"],
            origin=Origin(entered["origin"]),
            upload=entered["sound"],
        )
        return Response(SoundRecordingSerializer(made).data, status=201)


class SoundRecordingDoor(APIView):
    """One recording."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "DELETE": Right.PREPARE}

    @extend_schema(responses=SoundRecordingSerializer, operation_id="sound_recording")
    def get(self, request: Request, pk: UUID) -> Response:
        """What it says, and how long it lasts."""
        found = get_object_or_404(selectors.recordings(member_of(request)), pk=pk)
        return Response(SoundRecordingSerializer(found).data)

    @extend_schema(request=None, responses={204: None}, operation_id="sound_recording_remove")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take it off the list; what names it goes on with it."""
        services.remove(member_of(request), pk)
        return Response(status=204)


class SoundRecordingSound(APIView):
    """The sound of a recording."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(
        responses={(200, CONTENT_TYPE): OpenApiResponse(OpenApiTypes.BINARY)}, operation_id="sound_recording_sound"
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """A WAV file."""
        found = get_object_or_404(selectors.recordings(member_of(request)), pk=pk)
        data = selectors.data_of(found)
        if data is None:
            sentence = _("The recording cannot be read from the storage. Record it again, or tell the operator.")
            raise Refusal("recording_unavailable", sentence, status=Status.UNAVAILABLE)
        headers = {"Cache-Control": "private, no-cache", "Cross-Origin-Resource-Policy": "same-origin"}
        return HttpResponse(data, content_type=CONTENT_TYPE, headers=headers)


class RecordingPolicyDoor(APIView):
    """For how long recordings are kept."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "PATCH": Right.PREPARE}

    @extend_schema(responses=RecordingPolicySerializer, operation_id="sound_recording_policy")
    def get(self, request: Request) -> Response:
        """For how many days recordings are kept that nothing uses, and what may be recorded."""
        return _policy(selectors.days(member_of(request).organisation))

    @extend_schema(
        request=PolicyInput, responses=RecordingPolicySerializer, operation_id="sound_recording_policy_change"
    )
    def patch(self, request: Request) -> Response:
        """Set it; for who prepares plans at all sites."""
        entered = checked(PolicyInput(data=request.data))
        return _policy(services.keep_for(member_of(request), entered["days"]))


def _policy(days: int) -> Response:
    view = wire.RecordingPolicyView(days=days, longest_s=LONGEST_S, max_bytes=MAX_BYTES)
    return Response(view.model_dump(mode="json"))


def _filters(request: Request) -> dict[str, str]:
    """What the list is asked for, without the page."""
    return {name: value for name, value in request.query_params.dict().items() if name not in ("page", "page_size")}
