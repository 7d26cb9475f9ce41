"""The doors of agents to messages: one in numbers, its deliveries, and answers that are taken down on the telephone."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts.channels.base import AnswerKind, Channel, Failure
from alerts.deliveries import incoming, selectors
from alerts.deliveries.incoming import TakenDown
from alerts.deliveries.models import Delivery, DeliveryState, Message, Priority
from alerts.deliveries.serializers import AnswerSerializer, DeliverySerializer, MessageSerializer, TakenDownInput
from alerts.deliveries.wire import (
    AnswerCount,
    Count,
    FailureCount,
    MessageView,
    answer_view,
    choices_view,
    sentence,
    texts_view,
)
from alerts.wire import Named
from soc.api import Newest, checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class MessageDoor(APIView):
    """One message."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=MessageSerializer, operation_id="message_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """What it says, how many have it by which way, why others have not, and what was answered."""
        message = get_object_or_404(selectors.messages(member_of(request)), pk=pk)
        return Response(MessageSerializer(_view(message, selectors.figures(message))).data)


class DeliveryFilter(django_filters.FilterSet):
    """`?channel=sms&state=failed&failure=no_address`."""

    channel = django_filters.MultipleChoiceFilter(choices=Channel.choices)
    state = django_filters.MultipleChoiceFilter(choices=DeliveryState.choices)
    failure = django_filters.MultipleChoiceFilter(choices=Failure.choices)

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()


class DeliveryPages(Newest):
    """Pages of a message's deliveries, in the order in which they were asked for."""

    ordering = "id"


class DeliveryList(generics.ListAPIView[Delivery]):
    """What is owed of a message, person by person."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}
    serializer_class = DeliverySerializer
    pagination_class = DeliveryPages
    filterset_class = DeliveryFilter
    queryset = Delivery.objects.none()

    @override
    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        message = get_object_or_404(selectors.messages(member_of(self.request)), pk=self.kwargs["pk"])
        return selectors.deliveries(message)


class AnswerList(APIView):
    """Answers on somebody's behalf."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}

    @extend_schema(request=TakenDownInput, responses={201: AnswerSerializer}, operation_id="message_answer")
    def post(self, request: Request, pk: UUID) -> Response:
        """Take down what somebody said on the telephone."""
        member = member_of(request)
        message = get_object_or_404(selectors.messages(member, Right.DIRECT), pk=pk)
        entered = checked(TakenDownInput(data=request.data))
        said = TakenDown(entered["person"], AnswerKind(entered["kind"]), entered["text"], entered["place"])
        answer = incoming.take_down(message, said, actor=member)
        return Response(AnswerSerializer(answer_view(answer)).data, status=201)


def _view(message: Message, figures: selectors.Figures) -> MessageView:
    return MessageView(
        id=message.pk,
        reference=message.reference,
        site=Named(id=message.site.pk, name=message.site.name) if message.site else None,
        exercise=message.exercise,
        priority=Priority(message.priority),
        texts=texts_view(message),
        choices=choices_view(message),
        created_at=message.created_at,
        withdrawn_at=message.withdrawn_at,
        answers_until=message.answers_until,
        people=figures.people,
        reached=figures.reached,
        answered=figures.answered,
        counts=[Count.model_validate(row) for row in figures.counts],
        failures=[
            FailureCount.model_validate({**row, "sentence": sentence(str(row["failure"]))}) for row in figures.failures
        ],
        answers=[AnswerCount(kind=AnswerKind(kind), count=count) for kind, count in sorted(figures.answers.items())],
    )
