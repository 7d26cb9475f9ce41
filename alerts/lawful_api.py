"""The API's door to what a camera's facts allow, before they are saved."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts import lawful
from detection import selectors
from detection.lawful import LegalRefusal, asked_of
from detection.models import Camera, PlaceKind
from detection.serializers import EndingSerializer, MissingFact
from soc.api import checked
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.people.serializers import Strict


class LawfulQuestion(Strict):
    """The facts of a camera as they stand in the form."""

    place = serializers.ChoiceField(choices=PlaceKind.choices, allow_blank=True)
    purpose = serializers.CharField(max_length=255, allow_blank=True, required=False)
    legal_basis = serializers.CharField(max_length=255, allow_blank=True, required=False)
    authorisation = serializers.CharField(max_length=255, allow_blank=True, required=False)
    authorised_until = serializers.DateField(allow_null=True, required=False)
    notice_displayed = serializers.BooleanField(required=False)
    camera = serializers.UUIDField(required=False, help_text="The camera that is being changed, if it is one.")


class PlaceAsks(serializers.Serializer[Any]):
    """What the organisation's law asks for at a kind of place."""

    place = serializers.ChoiceField(choices=PlaceKind.choices)
    facts = serializers.ListField(child=serializers.CharField(), help_text="Fields that have to be stated.")
    rule_needs_text = serializers.BooleanField(help_text="Whether each rule needs the text that authorises it.")


class KindAllowed(serializers.Serializer[Any]):
    """Whether rules of a kind may be switched on with these facts."""

    key = serializers.CharField()
    name = serializers.CharField()
    allowed = serializers.BooleanField(help_text="Without more than its own purpose.")
    missing = MissingFact(many=True, help_text="What each such rule still has to state.")


class RuleStopping(serializers.Serializer[Any]):
    """A rule that is on and that these facts would switch off."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    missing = MissingFact(many=True)


class LawfulAnswer(serializers.Serializer[Any]):
    """What a camera's facts allow."""

    may_be_watched = serializers.BooleanField()
    missing = MissingFact(many=True)
    ending = EndingSerializer(allow_null=True)
    places = PlaceAsks(many=True)
    kinds = KindAllowed(many=True)
    stopping = RuleStopping(many=True)


class LawfulDoor(APIView):
    """What a camera's facts allow."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_CAMERAS}

    @extend_schema(request=LawfulQuestion, responses=LawfulAnswer, operation_id="cameras_lawful_create")
    def post(self, request: Request) -> Response:
        """Whether a camera with these facts may be watched, and which rules may be on. Nothing is saved."""
        entered = checked(LawfulQuestion(data=request.data))
        member = member_of(request)
        found = lawful.standing(member, _camera(member, entered))
        body = {
            "may_be_watched": not found.missing,
            "missing": _written(found.missing),
            "ending": found.ending,
            "places": [
                {
                    "place": place.value,
                    "facts": sorted(fact.value for fact in law.camera),
                    "rule_needs_text": law.rule_needs_text,
                }
                for place, law in asked_of(member.organisation).items()
            ],
            "kinds": [
                {
                    "key": one.kind.key,
                    "name": one.kind.label,
                    "allowed": not one.missing,
                    "missing": _written(one.missing),
                }
                for one in found.kinds
            ],
            "stopping": [
                {"id": one.rule.pk, "name": one.rule.name, "missing": _written(one.missing)} for one in found.stopping
            ],
        }
        return Response(LawfulAnswer(body).data)


def _camera(member: Member, entered: dict[str, Any]) -> Camera:
    """The camera as it would be: the saved one with these facts, or one that is not saved yet."""
    saved = entered.pop("camera", None)
    if saved is None:
        camera = Camera(organisation=member.organisation)
    else:
        reached = selectors.cameras(member, Right.MANAGE_CAMERAS)
        camera = copy.copy(get_object_or_404(reached, pk=saved))
    for name, value in entered.items():
        setattr(camera, name, value)
    return camera


def _written(missing: tuple[LegalRefusal, ...]) -> list[dict[str, str]]:
    return [{"field": one.field.value, "sentence": str(one.sentence)} for one in missing]
