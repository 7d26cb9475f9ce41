"""What anybody may know about this installation, signed in or not: who answers for it, and to whom a barrier is reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from soc.config import config
from soc.people.permissions import Open, Rights


@dataclass(frozen=True, slots=True)
class About:
    """The operator as the accessibility statement names them, empty where none is said; whether messages stay here."""

    operator: str
    contact: str
    simulation: bool


class AboutSerializer(serializers.Serializer[About]):
    """The operator, and an address for people who meet a barrier."""

    operator = serializers.CharField(read_only=True)
    contact = serializers.CharField(read_only=True)
    simulation = serializers.BooleanField(
        read_only=True, help_text="Messages for which no provider is set up stay here, on simulated phones."
    )

    class Meta:
        ref_name = "About"


class AboutDoor(APIView):
    """Names no organisation and no site: it can be read without signing in."""

    rights: ClassVar[Rights] = {"GET": Open.TO_ALL}

    @extend_schema(responses=AboutSerializer, operation_id="about_retrieve")
    def get(self, request: Request) -> Response:  # noqa: ARG002  (DRF's signature)
        """Who answers for this installation."""
        return Response(AboutSerializer(About(config().operator, config().contact, config().simulate)).data)
