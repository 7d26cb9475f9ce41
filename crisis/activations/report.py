"""The report of an activation: who was reached and answered how soon, what failed and why, who decided what, what to do better.

Of a drill it is compared with the drill before. Nobody is ranked: times are of channels and of groups of five people or more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from statistics import median
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from alerts.channels.base import Channel, Failure
from alerts.deliveries.models import LEFT, Answer, Delivery, DeliveryState
from alerts.wire import View
from crisis.activations import selectors, wire
from crisis.activations.kinds import ActivationState, EventKind, StepState
from crisis.activations.models import Activation, HelpCall, Participant, StepRun, TaskDone
from soc.people.directory.models import PersonProfile

SOON = dt.timedelta(minutes=5)
_FEWEST = 5
"""Of a smaller group a time would be somebody's own."""
_HELP_SOON = dt.timedelta(minutes=2)
_DECISIONS = (
    EventKind.STARTED,
    EventKind.DROPPED,
    EventKind.VERIFIED,
    EventKind.STEP_HELD,
    EventKind.STEP_RELEASED,
    EventKind.COMMAND,
    EventKind.HELP_TAKEN,
    EventKind.HELP_CLOSED,
    EventKind.TASK,
    EventKind.NOTE,
    EventKind.STOOD_DOWN,
)


class ResponseOf(View):
    """How people of a group, or by a channel, answered."""

    name: str
    people: int
    reached: int
    no_address: int = Field(description="Of those not reached: there is no number or address to send to.")
    answered: int
    within_5_min: int
    median_s: float | None = Field(description="From the start to the answer; null: fewer than five answered.")


class FailureCount(View):
    """How often something failed by a channel, and why."""

    channel: Channel
    failure: Failure
    sentence: str
    count: int


class TaskOutcome(View):
    """What became of a line of the checklist."""

    name: str
    role: str
    state: StepState
    done_by: str
    done_at: dt.datetime | None
    late: bool
    note: str


class Before(View):
    """The last time of the same kind, to compare with."""

    id: UUID
    number: int
    started_at: dt.datetime | None
    people: int
    reached: int
    answered: int
    within_5_min: int
    median_s: float | None


class ActivationReport(View):
    """A report."""

    activation: wire.ActivationBrief
    answers: wire.AnswerCounts
    overall: ResponseOf
    channels: list[ResponseOf]
    groups: list[ResponseOf]
    failures: list[FailureCount]
    steps: list[wire.StepView]
    tasks: list[TaskOutcome]
    decisions: list[wire.ActivationLine]
    lessons: list[wire.ActivationLine] = Field(description="What people wrote about it once it was over.")
    improve: list[str] = Field(description="What to do better, in the reader's language.")
    before: Before | None


def report(of: Activation) -> ActivationReport:
    """The report of an activation, in the active language."""
    full = selectors.view(of)
    overall = _overall(of)
    failures = _failures(of)
    tasks = _tasks(of)
    told = [wire.line_view(line) for line in selectors.log(of).filter(kind__in=_DECISIONS).order_by("id")]
    lessons = [line for line in told if line.kind is EventKind.NOTE and of.ended_at and line.at > of.ended_at]
    return ActivationReport(
        activation=wire.brief(of),
        answers=full.answers,
        overall=overall,
        channels=_channels(of),
        groups=_groups(of),
        failures=failures,
        steps=full.steps,
        tasks=tasks,
        decisions=[line for line in told if line not in lessons],
        lessons=lessons,
        improve=list(_improve(of, full, overall, failures, tasks)),
        before=_before(of),
    )


def _overall(of: Activation) -> ResponseOf:
    people = selectors.asked(of)
    return _response_of(_("Everybody"), of, people)


def _channels(of: Activation) -> list[ResponseOf]:
    messages = selectors.messages(of)
    found = []
    for channel in Channel:
        rows = Delivery.objects.filter(message__in=messages, channel=channel).exclude(person=None)
        people = rows.values("person").distinct().count()
        if not people:
            continue
        left = rows.filter(state__in=LEFT).values("person")
        reached = left.distinct().count()
        nowhere = rows.filter(selectors.NO_ADDRESS).exclude(person__in=left).values("person").distinct().count()
        firsts = Answer.objects.filter(message__in=messages, person=OuterRef("person")).order_by("at")
        by_it = selectors.asked(of).annotate(
            channel=Subquery(firsts.values("channel")[:1]), first=Subquery(firsts.values("at")[:1])
        )
        times = by_it.filter(channel=channel).values_list("first", flat=True)
        found.append(_response(str(channel.label), of, people, reached, times, nowhere))
    return found


def _groups(of: Activation) -> list[ResponseOf]:
    """By profile, as people have them now."""
    profiles = PersonProfile.objects.filter(organisation=of.organisation_id).select_related("profile")
    everybody = selectors.asked(of)
    named = profiles.filter(person__in=everybody.values("person")).values_list("profile", "profile__name")
    found = []
    for profile, name in sorted(set(named), key=lambda one: one[1]):
        has_it = PersonProfile.objects.filter(profile=profile, person=OuterRef("person"))
        found.append(_response_of(name, of, everybody.filter(Exists(has_it))))
    return found


def _response_of(name: str, of: Activation, people: QuerySet[Participant]) -> ResponseOf:
    reached, nowhere = people.filter(selectors.reached(of)).count(), people.filter(selectors.nowhere(of)).count()
    times = people.exclude(answered_at=None).values_list("answered_at", flat=True)
    return _response(name, of, people.count(), reached, times, nowhere)


def _response(
    name: str, of: Activation, people: int, reached: int, times: Iterable[dt.datetime | None], nowhere: int
) -> ResponseOf:
    start = of.started_at or of.asked_at
    waits = sorted((at - start).total_seconds() for at in times if at is not None)
    return ResponseOf(
        name=name,
        people=people,
        reached=reached,
        no_address=nowhere,
        answered=len(waits),
        within_5_min=sum(wait <= SOON.total_seconds() for wait in waits),
        median_s=median(waits) if len(waits) >= _FEWEST else None,
    )


def _failures(of: Activation) -> list[FailureCount]:
    """What was tried and failed, or was refused. That there is no number or address is told apart (`no_address`)."""
    failed = Delivery.objects.filter(message__in=selectors.messages(of), state=DeliveryState.FAILED)
    rows = failed.exclude(failure=Failure.NO_ADDRESS)
    counted = rows.order_by().values_list("channel", "failure").annotate(count=Count("pk"))
    return [
        FailureCount(
            channel=Channel(channel), failure=Failure(failure), sentence=str(Failure(failure).label), count=count
        )
        for channel, failure, count in sorted(counted, key=lambda row: -row[2])
        if failure
    ]


def _tasks(of: Activation) -> list[TaskOutcome]:
    done = {one.step_id: one for one in TaskDone.objects.filter(step__activation=of).select_related("by")}
    found = []
    for step in StepRun.objects.filter(activation=of, document__kind="task"):
        ticked = done.get(step.pk)
        within = step.document.get("within_s") or 0
        until = step.started_at + dt.timedelta(seconds=within) if within and step.started_at else None
        found.append(
            TaskOutcome(
                name=step.document["name"],
                role=step.document["role"],
                state=StepState(step.state),
                done_by=ticked.by.display_name if ticked else "",
                done_at=ticked.at if ticked else None,
                late=until is not None and (ticked.at > until if ticked else (of.ended_at or until) > until),
                note=ticked.note if ticked else "",
            )
        )
    return found


def _improve(
    of: Activation,
    full: wire.ActivationView,
    overall: ResponseOf,
    failures: list[FailureCount],
    tasks: list[TaskOutcome],
) -> Iterable[str]:
    nowhere = overall.no_address
    if nowhere:
        yield ngettext(
            "%(count)d person was not reached at all: add a number or address.",
            "%(count)d people were not reached at all: add numbers or addresses.",
            nowhere,
        ) % {"count": nowhere}
    missed = full.answers.not_reached - nowhere
    if missed > 0:
        yield ngettext(
            "%(count)d person has a number or address and was not reached all the same: see what failed.",
            "%(count)d people have a number or address and were not reached all the same: see what failed.",
            missed,
        ) % {"count": missed}
    for failure in failures:
        yield _("%(channel)s failed %(count)d times: %(why)s.") % {
            "channel": failure.channel.label,
            "count": failure.count,
            "why": failure.sentence,
        }
    for step in full.steps:
        if step.state is StepState.FAILED:
            yield _("The step “%(name)s” failed: look at its devices or contact.") % {"name": step.name}
        if step.fell_back:
            yield _("Nobody was on the list of “%(name)s”, so the supervisors were told.") % {"name": step.name}
    calls = list(HelpCall.objects.filter(activation=of))
    alone = sum(_left_alone(call, of.ended_at) for call in calls)
    if alone:
        yield ngettext(
            "%(count)d call for help was still open at the end: nobody had been sent.",
            "%(count)d calls for help were still open at the end: nobody had been sent.",
            alone,
        ) % {"count": alone}
    slow = [call for call in calls if _waited_long(call, of.ended_at)]
    if slow:
        yield ngettext(
            "%(count)d call for help waited more than two minutes.",
            "%(count)d calls for help waited more than two minutes.",
            len(slow),
        ) % {"count": len(slow)}
    for task in tasks:
        if task.late:
            yield _("The task “%(name)s” was late or not done.") % {"name": task.name}


def _left_alone(call: HelpCall, ended_at: dt.datetime | None) -> bool:
    """Whether nobody had been sent to it when the plan ended, however soon that was; one that came later is none of these."""
    if ended_at is None or call.called_at > ended_at:
        return False
    dealt_with = [at for at in (call.taken_at, call.closed_at) if at is not None]
    return not dealt_with or min(dealt_with) > ended_at


def _waited_long(call: HelpCall, ended_at: dt.datetime | None) -> bool:
    until = call.taken_at or call.closed_at or ended_at
    return until is None or until - call.called_at > _HELP_SOON


def _before(of: Activation) -> Before | None:
    """The one before of the same plan: of a drill the last drill, of an emergency the last emergency."""
    if of.started_at is None:
        return None
    earlier = Activation.objects.filter(
        plan=of.plan_id, drill=of.drill, state=ActivationState.ENDED, number__lt=of.number
    )
    found = earlier.order_by("-number").first()
    if found is None:
        return None
    overall = _overall(found)
    return Before(
        id=found.pk,
        number=found.number,
        started_at=found.started_at,
        people=overall.people,
        reached=overall.reached,
        answered=overall.answered,
        within_5_min=overall.within_5_min,
        median_s=overall.median_s,
    )
