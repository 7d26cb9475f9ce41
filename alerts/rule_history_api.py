"""The API's doors to what a rule was and did: its versions, going back to one, its figures."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import override

from alerts import rule_advice, rule_figures, rule_services, selectors
from alerts.models import Rule, RuleVersion
from alerts.rule_serializers import FiguresSerializer, RuleVersionSerializer
from alerts.serializers import GoBackInput, RuleSerializer
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class _OfARule(generics.GenericAPIView[Rule]):
    """Something of a rule in reach."""

    serializer_class = RuleSerializer
    queryset = Rule.objects.none()

    @override
    def get_queryset(self) -> Any:
        right = Right.MANAGE_RULES if self.request.method == "POST" else Right.SEE_RULES
        return selectors.rules(member_of(self.request), right)


class RuleVersions(_OfARule):
    """A rule's versions, and going back to one."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_RULES, "POST": Right.MANAGE_RULES}

    @extend_schema(responses=RuleVersionSerializer(many=True), operation_id="rule_versions_list")
    def get(self, _request: Request, **_: str) -> Response:
        """Newest first: who changed what, when and why."""
        versions = list(selectors.versions(self.get_object()))
        before = {newer.version: older for newer, older in pairwise(versions)}
        return Response(RuleVersionSerializer(versions, many=True, context={"before": before}).data)

    @extend_schema(request=GoBackInput, responses=RuleSerializer, operation_id="rule_versions_go_back")
    def post(self, request: Request, **_: str) -> Response:
        """Make the rule what it was in version `to`, as one more change; whether it is on stays as it is."""
        rule = self.get_object()
        entered = checked(GoBackInput(data=request.data))
        to = get_object_or_404(RuleVersion, rule=rule, version=entered.pop("to"))
        changed = rule_services.go_back(rule, to, actor=member_of(request), **entered)
        return Response(RuleSerializer(changed).data)


class RuleFigures(_OfARule):
    """What became of a rule's alerts."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_RULES}

    @extend_schema(responses=FiguresSerializer, operation_id="rule_figures")
    def get(self, _request: Request, **_: str) -> Response:
        """Over its life and week by week; whether it fires too often, and what would help."""
        rule = self.get_object()
        of = rule_figures.figures([rule.pk])[rule.pk]
        often = rule_figures.too_often(of)
        view = {
            **asdict(of),
            "false_share": of.false_share,
            "median_taken_s": of.median_taken.total_seconds() if of.median_taken is not None else None,
            "weeks": rule_figures.weeks(rule),
            "reasons": [{"text": text, "count": count} for text, count in rule_figures.reasons(rule)],
            "too_often": often,
            "advice": rule_advice.advice(rule) if often else [],
        }
        return Response(FiguresSerializer(view).data)
