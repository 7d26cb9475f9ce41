"""The doors of agents to texts that could not be bound to one person's one message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts.channels.base import AnswerKind
from alerts.deliveries import incoming, selectors
from alerts.deliveries.incoming import TakenDown
from alerts.deliveries.models import Incoming
from alerts.deliveries.serializers import (
    AnswerSerializer,
    BindInput,
    DismissInput,
    IncomingSerializer,
)
from alerts.deliveries.wire import answer_view, incoming_view
from soc.api import checked
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.rights import Right


class IncomingList(generics.ListAPIView[Incoming]):
    """Texts that an agent reads: calls for help first, then the newest."""

    rights: ClassVar[Rights] = {"GET": Right.DIRECT}
    serializer_class = IncomingSerializer
    queryset = Incoming.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter("settled", bool, description="True: those that were settled; else those that wait.")
        ]
    )
    @override
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Texts, each with who may have written it."""
        return super().get(request, *args, **kwargs)

    @override
    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        settled = self.request.query_params.get("settled") == "true"
        return selectors.incoming(member_of(self.request)).filter(settled_at__isnull=not settled)

    @override
    def paginate_queryset(self, queryset: Any) -> Any:
        return _views(member_of(self.request), super().paginate_queryset(queryset) or [])


class IncomingBind(APIView):
    """Whose text it is, and what it answers."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}

    @extend_schema(request=BindInput, responses={201: AnswerSerializer}, operation_id="incoming_text_bind")
    def post(self, request: Request, pk: UUID) -> Response:
        """Make it the answer of a person to a message; 409 when a colleague settled it."""
        entered = checked(BindInput(data=request.data))
        said = TakenDown(entered["person"], AnswerKind(entered["kind"]), place=entered["place"])
        answer = incoming.bind(pk, entered["message"], said, actor=member_of(request))
        return Response(AnswerSerializer(answer_view(answer)).data, status=201)


class IncomingDismiss(APIView):
    """A text that becomes no answer."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}

    @extend_schema(request=DismissInput, responses=IncomingSerializer, operation_id="incoming_text_dismiss")
    def post(self, request: Request, pk: UUID) -> Response:
        """Settle it; of a call for help it must be said what was done."""
        member = member_of(request)
        text = incoming.dismiss(pk, checked(DismissInput(data=request.data))["text"], actor=member)
        return Response(IncomingSerializer(_views(member, [selectors.incoming(member).get(pk=text.pk)])[0]).data)


def _views(member: Member, texts: Sequence[Incoming]) -> list[Any]:
    found = selectors.candidates(member, texts)
    return [incoming_view(text, found.get(text.pk, {})) for text in texts]
