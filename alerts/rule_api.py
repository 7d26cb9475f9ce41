"""The API's doors to rules: kinds, labels, rules and their trials."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts import rule_figures, rule_services, rule_versions, selectors
from alerts.asking import ask
from alerts.filters import RuleFilter
from alerts.models import Rule, RuleState, RuleTrial
from alerts.rule_services import RuleDraft, camera_for, draft_of
from alerts.rules.forms import schema
from alerts.rules.labels import LABELS
from alerts.rules.nouns import NOUNS
from alerts.rules.registry import KINDS
from alerts.rules.sentences import template
from alerts.serializers import (
    LabelSerializer,
    NewRule,
    RuleChange,
    RuleKindSerializer,
    RuleSerializer,
    SilentRun,
    TrialInput,
    TrialSerializer,
)
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right

#: How many moments of a silent run are told; its count is of all.
_SHOWN_HITS = 200


def kinds_view() -> Any:
    """The kinds as the API writes them, in the active language."""
    kinds = [
        {
            "key": kind.key,
            "label": kind.label,
            "help": kind.help,
            "needs": kind.needs,
            "settings": schema(kind),
            "sentence": template(kind),
        }
        for kind in KINDS.values()
    ]
    return RuleKindSerializer(kinds, many=True).data


def labels_view() -> Any:
    """The classes as the API writes them, in the active language."""
    labels = [
        {"key": key, "name": name, "one": noun.one, "bare": noun.bare, "several": noun.several, "none": noun.none}
        for (key, name), noun in zip(LABELS.items(), NOUNS.values(), strict=True)
    ]
    return LabelSerializer(labels, many=True).data


class RuleKindList(APIView):
    """The kinds of rules there are."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_RULES}

    @extend_schema(responses=RuleKindSerializer(many=True), operation_id="rule_kinds_list")
    def get(self, _request: Request) -> Response:
        """Every kind, with the JSON schema of its settings in the reader's language."""
        return Response(kinds_view())


class LabelList(APIView):
    """The classes the model knows."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_RULES}

    @extend_schema(responses=LabelSerializer(many=True), operation_id="labels_list")
    def get(self, _request: Request) -> Response:
        """COCO's 80 classes, named in the reader's language, and as sentences name them."""
        return Response(labels_view())


def _draft_fields(entered: dict[str, Any]) -> dict[str, Any]:
    if "schedule" in entered:
        entered["schedule"] = tuple(dict(hours) for hours in entered["schedule"])
    if "state" in entered:
        entered["state"] = RuleState(entered["state"])
    return entered


class RuleList(generics.ListAPIView[Rule]):
    """The rules."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_RULES, "POST": Right.MANAGE_RULES}
    serializer_class = RuleSerializer
    filterset_class = RuleFilter
    queryset = Rule.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.rules(member_of(self.request))

    @override
    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """A page of rules is written with the figures of all of them, read at once."""
        if kwargs.get("many") and args:
            found = rule_figures.figures([rule.pk for rule in args[0]])
            kwargs["context"] = {**self.get_serializer_context(), "figures": found}
        return super().get_serializer(*args, **kwargs)

    @extend_schema(request=NewRule, responses={201: RuleSerializer})
    def post(self, request: Request) -> Response:
        """Add a rule; it runs silently until it is switched on."""
        entered = _draft_fields(checked(NewRule(data=request.data)))
        member = member_of(request)
        camera, comment = camera_for(member, entered.pop("camera")), entered.pop("comment", "")
        rule = rule_services.create_rule(camera, RuleDraft(**entered), actor=member, comment=comment)
        return Response(RuleSerializer(rule).data, status=201)


class RuleDoor(generics.RetrieveAPIView[Rule]):
    """One rule."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_RULES, "PATCH": Right.MANAGE_RULES, "DELETE": Right.MANAGE_RULES}
    serializer_class = RuleSerializer
    queryset = Rule.objects.none()

    @override
    def get_queryset(self) -> Any:
        right = Right.SEE_RULES if self.request.method in ("GET", "HEAD", "OPTIONS") else Right.MANAGE_RULES
        return selectors.rules(member_of(self.request), right)

    @extend_schema(request=RuleChange, responses=RuleSerializer)
    def patch(self, request: Request, **_: str) -> Response:
        """Change a rule, switch it (`state`) or renew it (`renew`)."""
        rule = self.get_object()
        form = RuleChange(data=request.data, partial=True)
        form.fields["version"].required = True
        entered = _draft_fields(checked(form))
        version, renew = entered.pop("version", 0), entered.pop("renew", False)
        comment = entered.pop("comment", "")
        changed = rule_services.change_rule(
            rule, entered, version=version, renew=renew, comment=comment, actor=member_of(request)
        )
        return Response(RuleSerializer(changed).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, **_: str) -> Response:
        """Remove a rule; its alerts stay."""
        rule_services.remove_rule(self.get_object(), actor=member_of(request))
        return Response(status=204)


class RuleTrialDoor(generics.GenericAPIView[Rule]):
    """What a rule would have raised."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_RULES, "POST": Right.MANAGE_RULES}
    serializer_class = RuleSerializer
    queryset = Rule.objects.none()

    @override
    def get_queryset(self) -> Any:
        right = Right.MANAGE_RULES if self.request.method == "POST" else Right.SEE_RULES
        return selectors.rules(member_of(self.request), right)

    @extend_schema(responses=SilentRun, operation_id="rules_silent_run")
    def get(self, _request: Request, **_: str) -> Response:
        """When it would have raised in its silent run, since what it looks for was last changed."""
        rule = self.get_object()
        first = rule_versions.unchanged_since(rule)
        hits = selectors.silent_hits(rule, first.version if first else rule.version)
        run = {
            "since": first.at if first else None,
            "count": hits.count(),
            "hits": [hit.at for hit in hits[:_SHOWN_HITS]],
        }
        return Response(SilentRun(run).data)

    @extend_schema(request=None, responses={202: TrialSerializer}, operation_id="rules_trial")
    def post(self, request: Request, **_: str) -> Response:
        """Ask when it would have raised over the 15 minutes that the camera's watcher remembers."""
        rule = self.get_object()
        return Response(TrialSerializer(ask(rule.camera, draft_of(rule), actor=member_of(request))).data, status=202)


class TrialList(APIView):
    """Trials of rules that are not saved yet."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_RULES}

    @extend_schema(request=TrialInput, responses={202: TrialSerializer}, operation_id="trials_create")
    def post(self, request: Request) -> Response:
        """Ask when such a rule would have raised over the last 15 minutes."""
        entered = _draft_fields(checked(TrialInput(data=request.data)))
        member = member_of(request)
        camera = camera_for(member, entered.pop("camera"))
        draft = RuleDraft(name="trial", purpose="trial", **entered)
        return Response(TrialSerializer(ask(camera, draft, actor=member)).data, status=202)


class TrialDoor(generics.RetrieveAPIView[RuleTrial]):
    """A trial and its answer."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_RULES}
    serializer_class = TrialSerializer
    queryset = RuleTrial.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.trials(member_of(self.request))
