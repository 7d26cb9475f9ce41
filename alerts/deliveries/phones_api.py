"""The doors to the simulated phones: only where the installation simulates, and everything here says that it is a simulation."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts.channels.base import Channel
from alerts.channels.simulated.models import SimulatedMessage
from alerts.deliveries import phones
from soc.api import Newest, checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.people.serializers import Strict
from soc.refusals import Refusal, Status


class PhoneSerializer(serializers.Serializer[Any]):
    """A simulated phone or mailbox."""

    simulation = serializers.SerializerMethodField(help_text="Always true: nothing of this left the machine.")
    to = serializers.CharField(help_text="Its number or address; of push and the app, the account.")
    person = serializers.CharField(help_text="Whose it is; empty: nobody's in the directory.")
    channels = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices))
    messages = serializers.IntegerField()
    last_at = serializers.DateTimeField()

    def get_simulation(self, _phone: object) -> bool:
        """Said with everything."""
        return True


class PhoneChoice(serializers.Serializer[Any]):
    """An answer that a message offers."""

    key = serializers.CharField()
    words = serializers.CharField()


class PhoneMessageSerializer(serializers.ModelSerializer[SimulatedMessage]):
    """What a simulated phone received: as it would show or speak it."""

    simulation = serializers.SerializerMethodField(help_text="Always true: nothing of this left the machine.")
    answers = PhoneChoice(many=True)

    class Meta:
        model = SimulatedMessage
        fields = (
            "id", "simulation", "channel", "to", "subject", "text", "language", "reference", "exercise", "answers",
            "segments", "at",
        )  # fmt: skip

    def get_simulation(self, _message: object) -> bool:
        """Said with everything."""
        return True


class ReplyInput(Strict):
    """What the phone's owner does."""

    message = serializers.UUIDField(
        allow_null=True, default=None, help_text="The call or e-mail that is answered; null: a text, from a phone."
    )
    text = serializers.CharField(max_length=phones.LONGEST_REPLY, help_text="The words; during a call, the key.")


class NewestReceived(Newest):
    """Pages of what a phone received, newest first."""

    ordering = ("-at", "-id")


class PhoneList(APIView):
    """The simulated phones."""

    rights: ClassVar[Rights] = {"GET": Right.DIRECT}

    @extend_schema(responses=PhoneSerializer(many=True), operation_id="simulated_phones")
    def get(self, request: Request) -> Response:
        """Phones and mailboxes that received something, the last ones first; a list without pages. Simulation."""
        return Response(PhoneSerializer(phones.phones(member_of(request)), many=True).data)


class PhoneDoor(generics.ListAPIView[SimulatedMessage]):
    """One simulated phone."""

    rights: ClassVar[Rights] = {"GET": Right.DIRECT}
    serializer_class = PhoneMessageSerializer
    pagination_class = NewestReceived
    queryset = SimulatedMessage.objects.none()

    @override
    def get_queryset(self) -> Any:
        """What it received. Looking at it answers nothing. Simulation.

        Raises:
            Refusal: it received nothing.
        """
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        found = phones.messages(member_of(self.request)).filter(to=self.kwargs["to"])
        if not found.exists():
            raise Refusal("not_found", phones.UNKNOWN, status=Status.NOT_FOUND)
        return found


class PhoneReplies(APIView):
    """What a simulated phone's owner answers."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}

    @extend_schema(request=ReplyInput, responses={204: None}, operation_id="simulated_phone_reply")
    def post(self, request: Request, to: str) -> Response:
        """Answer as a real phone would: a text, an e-mail, or a key during a call. Simulation."""
        entered = checked(ReplyInput(data=request.data))
        phones.reply(member_of(request), to, **entered)
        return Response(status=204)
