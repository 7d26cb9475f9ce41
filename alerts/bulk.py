"""One answer to many alerts: each in its own transaction, so that what a colleague did to one holds up none of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from alerts import selectors, services
from alerts.models import Alert, FalseAlarmReason
from alerts.states import Answer
from soc.people.models import Member
from soc.people.rights import Right
from soc.refusals import Refusal, Status

MOST = 200
_NOT_THERE = _("This alert does not exist, or it is not yours to answer.")


@dataclass(frozen=True, slots=True)
class Words:
    """What is said with the answer: to whom, why, and in which words."""

    member: UUID | None = None
    reason: FalseAlarmReason | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the answer to one alert: done, or the refusal."""

    alert: UUID
    refusal: Refusal | None


def answer_all(wanted: Sequence[tuple[UUID, int]], answer: Answer, words: Words, *, actor: Member) -> list[Outcome]:
    """Answer each alert as it was seen (id and version), in the given order.

    Raises:
        django.http.Http404: none of them is within the actor's reach.
    """
    reachable = {
        alert.pk: alert
        for alert in selectors.alerts(actor, Right.HANDLE_ALERTS).filter(pk__in=[alert for alert, _version in wanted])
    }
    if not reachable:
        raise Http404
    return [Outcome(pk, _refused(reachable.get(pk), version, answer, words, actor)) for pk, version in wanted]


def _refused(alert: Alert | None, version: int, answer: Answer, words: Words, actor: Member) -> Refusal | None:
    """Answer one alert; why not, if not."""
    if alert is None:
        return Refusal("not_found", _NOT_THERE, status=Status.NOT_FOUND)
    try:
        _answer(alert, version, answer, words, actor)
    except Refusal as refusal:
        return refusal
    return None


def _answer(alert: Alert, version: int, answer: Answer, words: Words, actor: Member) -> None:
    match answer:
        case Answer.ACKNOWLEDGE:
            services.acknowledge(alert, version=version, actor=actor)
        case Answer.ASSIGN:
            services.assign(alert, to=words.member, version=version, actor=actor)
        case Answer.COMMENT:
            services.comment(alert, text=words.text, actor=actor)
        case Answer.RESOLVE:
            services.resolve(alert, text=words.text, version=version, actor=actor)
        case Answer.FALSE_ALARM:
            services.false_alarm(alert, reason=words.reason, text=words.text, version=version, actor=actor)
