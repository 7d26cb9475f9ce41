"""The API's doors for who directs: each is one decision."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from alerts.channels.base import Channel
from crisis.activations import directing, notes, selectors
from crisis.activations.api import answer, directed
from crisis.activations.kinds import VerifiedHow
from crisis.activations.models import Activation, HelpCall
from crisis.activations.serializers import (
    ActivationSerializer,
    CommandInput,
    FinishInput,
    HelpInput,
    InstructInput,
    NoteInput,
    SayInput,
    VerifyInput,
    VersionInput,
)
from soc.api import checked
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.requests import member_of
from soc.people.rights import Right
from soc.refusals import Refusal, Status


class DecisionDoor(APIView):
    """A decision about one activation; the answer is the activation after it."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}

    def decide(self, request: Request, pk: UUID, form: type[Serializer[Any]] | None = None) -> tuple[Member, UUID, Any]:
        """Who decides, about which activation in their reach, and what was entered."""
        entered = checked(form(data=request.data)) if form else {}
        member = member_of(request)
        return member, directed(member, pk), entered


class VerifyDoor(DecisionDoor):
    """Levée de doute."""

    @extend_schema(request=VerifyInput, responses=ActivationSerializer, operation_id="activation_verify")
    def post(self, request: Request, pk: UUID) -> Response:
        """Record how it was made sure that it is real."""
        member, found, entered = self.decide(request, pk, VerifyInput)
        directing.verify(found, member, VerifiedHow(entered["how"]))
        return answer(member, found)


class HoldDoor(DecisionDoor):
    """A step does not begin."""

    @extend_schema(request=None, responses=ActivationSerializer, operation_id="activation_step_hold")
    def post(self, request: Request, pk: UUID, key: str) -> Response:
        """Hold it until it is let go."""
        member, found, _entered = self.decide(request, pk)
        directing.hold(found, key, member)
        return answer(member, found)


class ReleaseDoor(DecisionDoor):
    """A step goes now."""

    @extend_schema(request=None, responses=ActivationSerializer, operation_id="activation_step_release")
    def post(self, request: Request, pk: UUID, key: str) -> Response:
        """Let it go: it was held, waits for a word, or would come later."""
        member, found, _entered = self.decide(request, pk)
        directing.release(found, key, member)
        return answer(member, found)


class FinishDoor(DecisionDoor):
    """A line of the checklist."""

    @extend_schema(request=FinishInput, responses=ActivationSerializer, operation_id="activation_step_finish")
    def post(self, request: Request, pk: UUID, key: str) -> Response:
        """Tick it off."""
        member, found, entered = self.decide(request, pk, FinishInput)
        directing.finish(found, key, member, entered["note"])
        return answer(member, found)


class RepeatDoor(DecisionDoor):
    """A message again."""

    @extend_schema(request=None, responses=ActivationSerializer, operation_id="activation_step_repeat")
    def post(self, request: Request, pk: UUID, key: str) -> Response:
        """Send it once more to who has not answered."""
        member, found, _entered = self.decide(request, pk)
        directing.repeat(found, key, member)
        return answer(member, found)


class CommandDoor(DecisionDoor):
    """Who directs."""

    @extend_schema(request=CommandInput, responses=ActivationSerializer, operation_id="activation_command")
    def post(self, request: Request, pk: UUID) -> Response:
        """Hand command over, or say who deputises."""
        member, found, entered = self.decide(request, pk, CommandInput)
        colleagues = Member.objects.filter(organisation=member.organisation_id, is_active=True)
        director, deputy = (
            None if named is None else get_object_or_404(colleagues, pk=named)
            for named in (entered["director"], entered["deputy"])
        )
        directing.command(found, member, director=director, deputy=deputy)
        return answer(member, found)


class SayDoor(DecisionDoor):
    """A further message."""

    @extend_schema(request=SayInput, responses=ActivationSerializer, operation_id="activation_message")
    def post(self, request: Request, pk: UUID) -> Response:
        """To everybody of the plan, or to some."""
        member, found, entered = self.decide(request, pk, SayInput)
        directing.say(
            found,
            member,
            words=entered["words"],
            channels=tuple(Channel(one) for one in entered["channels"]),
            choices=entered["choices"],
            to=entered["to"],
        )
        return answer(member, found)


class InstructDoor(DecisionDoor):
    """An instruction to every screen."""

    @extend_schema(request=InstructInput, responses=ActivationSerializer, operation_id="activation_instruction")
    def post(self, request: Request, pk: UUID) -> Response:
        """Speak it now."""
        member, found, entered = self.decide(request, pk, InstructInput)
        directing.instruct(found, member, entered["words"], entered["recordings"])
        return answer(member, found)


class InstructAgainDoor(DecisionDoor):
    """The instruction of the moment again."""

    @extend_schema(request=None, responses=ActivationSerializer, operation_id="activation_instruction_again")
    def post(self, request: Request, pk: UUID) -> Response:
        """Speak it once more."""
        member, found, _entered = self.decide(request, pk)
        directing.repeat_instruction(found, member)
        return answer(member, found)


class StandDownDoor(DecisionDoor):
    """The end."""

    @extend_schema(request=VersionInput, responses=ActivationSerializer, operation_id="activation_stand_down")
    def post(self, request: Request, pk: UUID) -> Response:
        """Stand down: who was reached is told that it is over."""
        member, found, entered = self.decide(request, pk, VersionInput)
        if Activation.objects.get(pk=found).version != entered["version"]:
            raise Refusal(
                "changed_meanwhile",
                _("Somebody has decided something meanwhile. Look at it, then stand down."),
                status=Status.CONFLICT,
            )
        directing.stand_down(found, member)
        return answer(member, found)


class NoteDoor(DecisionDoor):
    """The logbook of the activation."""

    rights: ClassVar[Rights] = {"POST": Right.WRITE_LOGBOOK}

    @extend_schema(request=NoteInput, responses=ActivationSerializer, operation_id="activation_note")
    def post(self, request: Request, pk: UUID) -> Response:
        """Write an entry."""
        entered = checked(NoteInput(data=request.data))
        member = member_of(request)
        found = get_object_or_404(selectors.activations(member), pk=pk)
        notes.note(found.pk, member, entered["text"], place=entered["place"])
        return answer(member, found.pk)


class HelpTakeDoor(DecisionDoor):
    """Somebody goes."""

    @extend_schema(request=HelpInput, responses=ActivationSerializer, operation_id="activation_help_take")
    def post(self, request: Request, pk: UUID, call: UUID) -> Response:
        """Say who."""
        member, found, entered = self.decide(request, pk, HelpInput)
        directing.take_help(_call(found, call), member, who=entered["who"], version=entered["version"])
        return answer(member, found)


class HelpCloseDoor(DecisionDoor):
    """Who called has been helped."""

    @extend_schema(request=VersionInput, responses=ActivationSerializer, operation_id="activation_help_close")
    def post(self, request: Request, pk: UUID, call: UUID) -> Response:
        """Close the call."""
        member, found, entered = self.decide(request, pk, VersionInput)
        directing.close_help(_call(found, call), member, version=entered["version"])
        return answer(member, found)


def _call(activation: UUID, call: UUID) -> UUID:
    return get_object_or_404(HelpCall, pk=call, activation=activation).pk
