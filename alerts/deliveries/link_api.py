"""The doors behind the link in a message: they need no sign-in, show this one message, and answer for its recipient only."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.channels.base import AnswerKind, Channel
from alerts.channels.voice import speech
from alerts.deliveries import answers, heard, link_answers, links
from alerts.deliveries.link_answers import ByLink
from alerts.deliveries.models import Answer
from alerts.deliveries.serializers import LinkAnswer, LinkHeard, LinkToken, ReadMessageSerializer
from alerts.deliveries.wire import read_message
from soc.api import checked
from soc.people.permissions import Open, Rights
from soc.people.requests import address_of
from soc.people.session_api import own_page


class LinkDoor(APIView):
    """What the link in a message opens."""

    rights: ClassVar[Rights] = {"POST": Open.TO_ALL}

    @extend_schema(request=LinkToken, responses=ReadMessageSerializer, operation_id="answer_link_open")
    def post(self, request: Request) -> Response:
        """Read the message. That answers nothing: a preview in a messenger opens links too."""
        own_page(request)
        delivery = links.find(checked(LinkToken(data=request.data))["token"], address=address_of(request))
        if delivery.person is not None:
            answers.seen(delivery.message, delivery.person, Channel(delivery.channel))
        given = Answer.objects.filter(message=delivery.message_id, person=delivery.person_id)
        return Response(ReadMessageSerializer(read_message(delivery, given if delivery.person_id else ())).data)


class LinkAnswerDoor(APIView):
    """Answering by the link in a message."""

    rights: ClassVar[Rights] = {"POST": Open.TO_ALL}

    @extend_schema(request=LinkAnswer, responses=ReadMessageSerializer, operation_id="answer_link_answer")
    def post(self, request: Request) -> Response:
        """Answer, as often as there is something to say: each answer is kept."""
        own_page(request)
        entered = checked(LinkAnswer(data=request.data))
        one = ByLink(entered["token"], AnswerKind(entered["kind"]), entered["text"], entered["place"], entered["once"])
        return Response(ReadMessageSerializer(link_answers.answer(one, address=address_of(request))).data)


class LinkSound(APIView):
    """Hearing what the link in a message opens."""

    rights: ClassVar[Rights] = {"POST": Open.TO_ALL}

    @extend_schema(
        request=LinkHeard,
        responses={(200, speech.CONTENT_TYPE): OpenApiTypes.BINARY},
        operation_id="answer_link_sound",
    )
    def post(self, request: Request) -> HttpResponse:
        """The message's own words as a WAV file. That answers nothing."""
        own_page(request)
        entered = checked(LinkHeard(data=request.data))
        message = links.find(entered["token"], address=address_of(request)).message
        return heard.response(heard.sound(message, entered["language"], plain=entered["plain"]))
