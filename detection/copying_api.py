"""The API's door to copying a camera's settings to others."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from detection import copying
from detection.copying import Outcome, Part, Target
from detection.serializers import MissingFact
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.people.serializers import Strict

MOST = 1000


class CopyTarget(Strict):
    """A camera to copy to; with `version`, a colleague's change since is not overwritten."""

    camera = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1, required=False)


class CopyInput(Strict):
    """What to copy, and to which cameras."""

    parts = serializers.ListField(child=serializers.ChoiceField(choices=[part.value for part in Part]))
    targets = serializers.ListField(child=CopyTarget(), allow_empty=False, max_length=MOST)
    preview = serializers.BooleanField(help_text="Whether it is only asked what would change.")


class CopyChange(serializers.Serializer[Any]):
    """A field that differs."""

    name = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class CopyOutcome(serializers.Serializer[Any]):
    """What becomes, or became, of one camera."""

    camera = serializers.UUIDField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    changes = CopyChange(many=True)
    missing = MissingFact(many=True, help_text="What the law asks of it then, before it may be watched.")
    refusal = serializers.CharField(help_text="Why nothing was written, in a sentence; empty when it was.")


class CopyAnswer(serializers.Serializer[Any]):
    """What becomes, or became, of each camera, in the order asked."""

    outcomes = CopyOutcome(many=True)


class CopyDoor(APIView):
    """Copy a camera's settings to others."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_CAMERAS}

    @extend_schema(request=CopyInput, responses=CopyAnswer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Copy, or with `preview` only say what would change. One transaction a camera; never an authorisation."""
        entered = checked(CopyInput(data=request.data))
        parts = {Part(part) for part in entered["parts"]}
        targets = [Target(one["camera"], one.get("version")) for one in entered["targets"]]
        act = copying.preview if entered["preview"] else copying.copy
        outcomes = act(member_of(request), pk, parts, targets)
        return Response(CopyAnswer({"outcomes": [_written(outcome) for outcome in outcomes]}).data)


def _written(outcome: Outcome) -> dict[str, Any]:
    return {
        "camera": outcome.camera.pk,
        "name": outcome.camera.name,
        "version": outcome.version,
        "changes": [{"name": one.field, "before": one.before, "after": one.after} for one in outcome.changes],
        "missing": [{"field": one.field.value, "sentence": str(one.sentence)} for one in outcome.missing],
        "refusal": outcome.refusal.sentence() if outcome.refusal else "",
    }
