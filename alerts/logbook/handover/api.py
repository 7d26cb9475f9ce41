"""The API's doors to handovers. Nothing is signed by a program; each signature asks for a proof of the last minute."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.logbook import selectors as logbook
from alerts.logbook.handover import selectors, services
from alerts.logbook.handover.serializers import (
    GiveInput,
    HandoverBriefSerializer,
    HandoverDraftSerializer,
    HandoverSerializer,
    TakeHereInput,
    TakeInput,
)
from soc.api import checked
from soc.people import proof, sign_in
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.requests import address_of, by_own_hand, no_program
from soc.people.rights import Right
from soc.refusals import Refusal, Status


class HandoverList(APIView):
    """The handovers that wait for their second signature; sign one first."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_LOGBOOK, "POST": Right.WRITE_LOGBOOK}

    @extend_schema(responses=HandoverBriefSerializer(many=True), operation_id="handovers_waiting")
    def get(self, request: Request) -> Response:
        """Those that wait, the longest first."""
        return Response(HandoverBriefSerializer(selectors.waiting(member_of(request)), many=True).data)

    @extend_schema(request=GiveInput, responses={201: HandoverSerializer}, operation_id="handover_give")
    def post(self, request: Request) -> Response:
        """Sign the handover of one's own shift."""
        entered = checked(GiveInput(data=request.data))
        by_own_hand(request, proof.FOR_A_SIGNATURE)
        member = member_of(request)
        return _answer(member, services.give(member, **entered).pk, status=201)


class HandoverDraftDoor(APIView):
    """What the next one finds, before it is signed."""

    rights: ClassVar[Rights] = {"GET": Right.WRITE_LOGBOOK}

    @extend_schema(responses=HandoverDraftSerializer, operation_id="handover_draft")
    def get(self, request: Request) -> Response:
        """What stands open where the own shift is, now."""
        shift = logbook.own_shift(member_of(request))
        if shift is None:
            raise Refusal("not_on_duty", _("You are not on duty."), status=Status.CONFLICT)
        return Response(HandoverDraftSerializer(selectors.draft(shift)).data)


class HandoverDoor(APIView):
    """One handover."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_LOGBOOK}

    @extend_schema(responses=HandoverSerializer, operation_id="handover_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """With all that is signed."""
        return _answer(member_of(request), pk)


class WithdrawDoor(APIView):
    """Take the first signature back: the own one, or as a supervisor a colleague's."""

    rights: ClassVar[Rights] = {"POST": Right.WRITE_LOGBOOK}

    @extend_schema(request=None, responses=HandoverSerializer, operation_id="handover_withdraw")
    def post(self, request: Request, pk: UUID) -> Response:
        """It can be signed anew."""
        no_program(request)
        member = member_of(request)
        services.withdraw(member, _found(member, pk))
        return _answer(member, pk)


class TakeDoor(APIView):
    """Take over, on one's own screen."""

    rights: ClassVar[Rights] = {"POST": Right.WRITE_LOGBOOK}

    @extend_schema(request=TakeInput, responses=HandoverSerializer, operation_id="handover_take")
    def post(self, request: Request, pk: UUID) -> Response:
        """Sign second."""
        read = checked(TakeInput(data=request.data))["digest"]
        member = member_of(request)
        found = _found(member, pk)
        by_own_hand(request, proof.FOR_A_SIGNATURE)
        services.take(member, found, read=read)
        return _answer(member, pk)


class TakeHereDoor(APIView):
    """Take over on the screen of who leaves, whose session goes on."""

    rights: ClassVar[Rights] = {"POST": Right.WRITE_LOGBOOK}

    @extend_schema(request=TakeHereInput, responses=HandoverSerializer, operation_id="handover_take_here")
    def post(self, request: Request, pk: UUID) -> Response:
        """Sign second, by name and password."""
        no_program(request)
        entered = checked(TakeHereInput(data=request.data))
        host = member_of(request)
        found = _found(host, pk)
        taker = sign_in.check_password(entered["name"], entered["password"], address=address_of(request))
        if sign_in.second_steps(taker) or sign_in.demanded(taker):
            raise Refusal(
                "second_step_needed",
                _("%(who)s signs in with a second step, which is not asked for here: sign on your own screen."),
                status=Status.CONFLICT,
                params={"who": taker.display_name},
            )
        services.take(taker, found, read=entered["digest"], host=host)
        return _answer(host, pk)


def _found(member: Member, pk: UUID) -> UUID:
    """The handover's id, if it is in the member's reach."""
    return get_object_or_404(selectors.handovers(member), pk=pk).pk


def _answer(member: Member, pk: UUID, status: int = 200) -> Response:
    handover = get_object_or_404(selectors.handovers(member), pk=pk)
    return Response(HandoverSerializer(selectors.detail(handover, member)).data, status=status)
