"""The API's doors to CAP: messages for members, a signed webhook for those who send, a feed with a key for those who fetch."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from crisis.emergency import selectors, wire
from crisis.emergency.cap import access, feed, receiving, signing
from crisis.emergency.cap.schema import MEDIA_TYPE
from crisis.emergency.filters import CapFilter
from crisis.emergency.models import CapMessage, CapReader
from crisis.emergency.serializers import (
    CapDetailSerializer,
    CapPartnerInput,
    CapPartnerSerializer,
    CapSerializer,
    NewCapReaderSerializer,
    NewCapSenderSerializer,
)
from soc.api import Newest, checked
from soc.people.api import member_of
from soc.people.permissions import Open, Rights
from soc.people.requests import address_of
from soc.people.rights import Right

A = TypeVar("A", bound=HttpResponseBase)
_KEY = OpenApiParameter("key", str, required=True, description="The reader's key.")


class AsItIs(BaseContentNegotiation):
    """One form, whatever the reader says that it accepts: readers of feeds ask for many."""

    @override
    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    @override
    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class NewestMessages(Newest):
    """Pages of messages, the newest first."""

    ordering = ("-created_at", "id")


class CapList(generics.ListAPIView[CapMessage]):
    """CAP messages in and out; the webhook by which they come."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "POST": Open.TO_ALL}
    serializer_class = CapSerializer
    pagination_class = NewestMessages
    filterset_class = CapFilter
    queryset = CapMessage.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.messages(member_of(self.request))

    @override
    def get_authenticators(self) -> list[BaseAuthentication]:
        """Who sends is known by the signature alone."""
        return [] if self._is_webhook() else super().get_authenticators()

    @override
    def get_content_negotiator(self) -> BaseContentNegotiation:
        return AsItIs() if self._is_webhook() else super().get_content_negotiator()

    def _is_webhook(self) -> bool:
        request = getattr(self, "request", None)
        return request is not None and request.method == "POST"

    @extend_schema(
        request={MEDIA_TYPE: OpenApiTypes.BINARY}, responses={200: None, 201: None}, operation_id="cap_receive"
    )
    def post(self, request: Request) -> Response:
        """Send a CAP 1.2 message, signed: 201, or 200 when it was there already. See `crisis.emergency.cap.signing`."""
        received = receiving.receive(
            receiving.Signed(
                sender=request.headers.get(signing.SENDER_HEADER, ""),
                timestamp=request.headers.get(signing.TIMESTAMP_HEADER, ""),
                signature=request.headers.get(signing.SIGNATURE_HEADER, ""),
                body=request._request.body,  # to the byte: the signature is over it
                address=address_of(request),
            )
        )
        return Response({"id": str(received.message.pk)}, status=200 if received.known else 201)


class CapDoor(APIView):
    """One CAP message."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=CapDetailSerializer, operation_id="cap_message")
    def get(self, request: Request, pk: UUID) -> Response:
        """What it says, in each of its languages."""
        message = get_object_or_404(selectors.messages(member_of(request)), pk=pk)
        return Response(CapDetailSerializer(wire.cap_detail(message)).data)


class CapDocumentDoor(APIView):
    """One CAP message as XML."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}
    content_negotiation_class = AsItIs

    @extend_schema(responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY}, operation_id="cap_document")
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """The document, as it was given out or as it came."""
        return _document(get_object_or_404(selectors.messages(member_of(request)), pk=pk))


class FeedDoor(APIView):
    """The feed of what is given out, for other systems."""

    rights: ClassVar[Rights] = {"GET": Open.TO_ALL}
    authentication_classes = ()
    content_negotiation_class = AsItIs

    @extend_schema(
        parameters=[_KEY], responses={(200, "application/atom+xml"): OpenApiTypes.BINARY}, operation_id="cap_feed"
    )
    def get(self, request: Request) -> HttpResponse:
        """The newest messages, as Atom; 404 for a key that is nobody's."""
        reader, key = _reader(request)
        messages = list(feed.given_out(reader).defer("document")[: feed.MOST_ENTRIES])

        def address(pk: UUID) -> str:
            return request.build_absolute_uri(f"{reverse('cap-feed-message', args=[pk])}?key={key}")

        own = request.build_absolute_uri(reverse("cap-feed"))
        return _unkept(HttpResponse(feed.atom(reader, messages, own, address), content_type=feed.ATOM_TYPE))


class FeedMessageDoor(APIView):
    """A message of the feed."""

    rights: ClassVar[Rights] = {"GET": Open.TO_ALL}
    authentication_classes = ()
    content_negotiation_class = AsItIs

    @extend_schema(
        parameters=[_KEY], responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY}, operation_id="cap_feed_message"
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """The document; 404 for a key that is nobody's."""
        reader, _key = _reader(request)
        return _document(get_object_or_404(feed.given_out(reader), pk=pk))


class SenderList(APIView):
    """Who may send CAP messages; add one."""

    rights: ClassVar[Rights] = {"GET": Right.PREPARE, "POST": Right.PREPARE}

    @extend_schema(responses=CapPartnerSerializer(many=True), operation_id="cap_senders")
    def get(self, request: Request) -> Response:
        """The senders."""
        found = [wire.partner_view(one) for one in selectors.senders(member_of(request))]
        return Response(CapPartnerSerializer(found, many=True).data)

    @extend_schema(request=CapPartnerInput, responses={201: NewCapSenderSerializer}, operation_id="cap_sender_add")
    def post(self, request: Request) -> Response:
        """Add a sender. Its secret is in this answer and in no other."""
        made = access.add_sender(member_of(request), **checked(CapPartnerInput(data=request.data)))
        view = wire.NewCapSender(sender=wire.partner_view(made.sender), secret=made.secret)
        return _unkept(Response(NewCapSenderSerializer(view).data, status=201))


class SenderDoor(APIView):
    """One sender."""

    rights: ClassVar[Rights] = {"DELETE": Right.PREPARE}

    @extend_schema(request=None, responses={204: None}, operation_id="cap_sender_revoke")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Accept no more from it."""
        access.revoke_sender(member_of(request), pk)
        return Response(status=204)


class ReaderList(APIView):
    """Who may fetch the feed; add one."""

    rights: ClassVar[Rights] = {"GET": Right.PREPARE, "POST": Right.PREPARE}

    @extend_schema(responses=CapPartnerSerializer(many=True), operation_id="cap_readers")
    def get(self, request: Request) -> Response:
        """The readers."""
        found = [wire.partner_view(one) for one in selectors.readers(member_of(request))]
        return Response(CapPartnerSerializer(found, many=True).data)

    @extend_schema(request=CapPartnerInput, responses={201: NewCapReaderSerializer}, operation_id="cap_reader_add")
    def post(self, request: Request) -> Response:
        """Add a reader. Its key is in this answer and in no other."""
        made = access.add_reader(member_of(request), **checked(CapPartnerInput(data=request.data)))
        address = request.build_absolute_uri(f"{reverse('cap-feed')}?key={made.key}")
        view = wire.NewCapReader(reader=wire.partner_view(made.reader), key=made.key, feed=address)
        return _unkept(Response(NewCapReaderSerializer(view).data, status=201))


class ReaderDoor(APIView):
    """One reader."""

    rights: ClassVar[Rights] = {"DELETE": Right.PREPARE}

    @extend_schema(request=None, responses={204: None}, operation_id="cap_reader_revoke")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Give it nothing more."""
        access.revoke_reader(member_of(request), pk)
        return Response(status=204)


def _reader(request: Request) -> tuple[CapReader, str]:
    key = request.query_params.get("key", "")
    if (reader := access.reader_of(key)) is None:
        raise Http404
    return reader, key


def _document(message: CapMessage) -> HttpResponse:
    answer = HttpResponse(bytes(message.document), content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{message.pk}.cap.xml"'  # never shown as a page of ours
    return _unkept(answer)


def _unkept(answer: A) -> A:
    """Kept by no proxy and no browser on its way."""
    answer["Cache-Control"] = "no-store"
    return answer
