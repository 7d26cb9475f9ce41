"""The doors of the responder who is signed in: own messages, what was seen of them, own answers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.channels.base import AnswerKind, Channel
from alerts.channels.voice import speech
from alerts.deliveries import answers, heard, selectors
from alerts.deliveries.answers import Given
from alerts.deliveries.models import Message
from alerts.deliveries.serializers import GivenInput, HeardInput, OwnMessageSerializer
from alerts.deliveries.wire import own_message
from soc.api import checked
from soc.people.api import member_of
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.rights import Right


class OwnMessageList(APIView):
    """The messages to who is signed in."""

    rights: ClassVar[Rights] = {"GET": Right.RESPOND}

    @extend_schema(responses=OwnMessageSerializer(many=True), operation_id="own_messages")
    def get(self, request: Request) -> Response:
        """Those of the last seven days, newest first; a list without pages."""
        return Response(_shown(selectors.own_messages(member_of(request))))


class OwnMessageSeen(APIView):
    """That a message was read."""

    rights: ClassVar[Rights] = {"POST": Right.RESPOND}

    @extend_schema(request=None, responses={204: None}, operation_id="own_message_seen")
    def post(self, request: Request, pk: UUID) -> Response:
        """Say that it stands on the screen; that is no answer."""
        message, person = _found(member_of(request), pk)
        answers.opened_in_app(message, person)
        return Response(status=204)


class OwnMessageSound(APIView):
    """Hearing a message."""

    rights: ClassVar[Rights] = {"GET": Right.RESPOND}

    @extend_schema(
        parameters=[HeardInput],
        responses={(200, speech.CONTENT_TYPE): OpenApiTypes.BINARY},
        operation_id="own_message_sound",
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """Its own words as a WAV file; nothing of the request is spoken."""
        message, _person = _found(member_of(request), pk)
        entered = checked(HeardInput(data=request.query_params))
        return heard.response(heard.sound(message, entered["language"], plain=entered["plain"]))


class OwnMessageAnswer(APIView):
    """Answering a message."""

    rights: ClassVar[Rights] = {"POST": Right.RESPOND}

    @extend_schema(request=GivenInput, responses=OwnMessageSerializer, operation_id="own_message_answer")
    def post(self, request: Request, pk: UUID) -> Response:
        """Answer, as often as there is something to say: each answer is kept."""
        member = member_of(request)
        entered = checked(GivenInput(data=request.data))
        message, person = _found(member, pk)
        answers.opened_in_app(message, person)
        given = Given(AnswerKind(entered["kind"]), Channel.APP, entered["text"], entered["place"])
        answers.entered(message, person, given, once=entered["once"])
        return Response(_shown([selectors.own(message, person)])[0])


def _found(member: Member, pk: UUID) -> tuple[Message, Person]:
    found = selectors.own_message(member, pk)
    if found is None:
        raise Http404
    return found


def _shown(found: list[selectors.Own]) -> list[dict[str, object]]:
    views = [
        own_message(
            own.message,
            wanted=own.language,
            fallback=own.message.organisation.language,
            seen_at=own.seen_at,
            answers=own.answers,
        )
        for own in found
    ]
    return list(OwnMessageSerializer(views, many=True).data)
