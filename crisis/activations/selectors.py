"""What can be asked about activations, scoped to the member: what is under way, counts that add up, people, what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from alerts.channels.base import AnswerKind, Channel, Failure
from alerts.deliveries.models import LEFT, TO_LEAVE, Answer, Delivery, DeliveryState
from crisis.activations import wire
from crisis.activations.kinds import ActivationState, HelpState
from crisis.activations.models import (
    Activation,
    ActivationEvent,
    HelpAnswer,
    HelpCall,
    Instruction,
    Participant,
    StepPerson,
    StepRun,
    Talk,
    TaskDone,
    Telling,
)
from soc import clock
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import Everywhere, reach, scoped

_READ = ("plan", "plan_version", "site", "started_by", "director", "deputy", "verified_by", "ended_by")
_POINTS = 60
"""Of the curve of answers."""
NO_ADDRESS = Q(state=DeliveryState.FAILED, failure=Failure.NO_ADDRESS)
"""Deliveries of which there was nowhere to send to."""


def activations(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[Activation]:
    """The activations in the member's reach, the newest first."""
    return scoped(Activation.objects.select_related(*_READ), member, right)


def view(of: Activation) -> wire.ActivationView:
    """An activation with its steps and counts."""
    given = Instruction.objects.filter(activation=of, ended_at=None).first()
    if given is not None:
        given.activation = of
    return wire.ActivationView(
        **wire.brief(of).model_dump(),
        steps=_steps(of),
        answers=answer_counts(of),
        reach=channel_counts(of),
        help=help_calls(of),
        instruction=wire.instruction_view(given) if given else None,
        talk=_talk(of),
        curve=curve(of),
        languages=list(of.content.languages),
    )


def _talk(of: Activation) -> wire.TalkView | None:
    now = Talk.objects.filter(activation=of, closed_at=None, until__gt=clock.now()).select_related("member").first()
    if now is None:
        return None
    now.activation = of
    return wire.talk_view(now)


def _steps(of: Activation) -> list[wire.StepView]:
    rows = StepRun.objects.filter(activation=of).select_related("forced_by")
    counted = {
        key: (people, answered)
        for key, people, answered in StepPerson.objects.filter(step__activation=of)
        .order_by()
        .values_list("step")
        .annotate(people=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)))
    }
    notes = dict(TaskDone.objects.filter(step__activation=of).values_list("step", "note"))
    views = []
    for row in rows:
        people, answered = counted.get(row.pk, (0, 0))
        views.append(wire.step_view(row, people=people, answered=answered, note=notes.get(row.pk, "")))
    return views


def messages(of: Activation) -> QuerySet[Telling, UUID]:
    """The messages by which the people of the plan are told: not those to who helps."""
    return Telling.objects.filter(activation=of, step__apart=False).values_list("message", flat=True)


def reached(of: Activation) -> Exists:
    """Whether something has left for a participant (`OuterRef` of one)."""
    rows = Delivery.objects.filter(message__in=messages(of), person=OuterRef("person"), state__in=LEFT)
    return Exists(rows)


def asked(of: Activation) -> QuerySet[Participant]:
    """The people of the plan: all who are told something but those who are only told whom to help."""
    in_a_step = StepPerson.objects.filter(participant=OuterRef("pk"), step__apart=False)
    return Participant.objects.filter(Exists(in_a_step), activation=of)


def answer_counts(of: Activation) -> wire.AnswerCounts:
    """How everybody stands: each person is in one count, so that they add up."""
    said = dict(asked(of).order_by().values_list("answer").annotate(count=Count("pk")))
    silent = said.get("", 0)
    none = asked(of).filter(reached(of), answer="").count() if silent else 0
    return wire.AnswerCounts(
        safe=said.get(AnswerKind.SAFE, 0),
        help=said.get(AnswerKind.HELP, 0),
        coming=said.get(AnswerKind.COMING, 0),
        other=said.get(AnswerKind.OTHER, 0) + said.get(AnswerKind.SEEN, 0),
        none=none,
        not_reached=silent - none,
    )


def nowhere(of: Activation) -> Q:
    """Whether nothing could be sent to a participant (`OuterRef` of one), because there is no number or address."""
    rows = Delivery.objects.filter(message__in=messages(of), person=OuterRef("person"))
    return Q(Exists(rows.filter(NO_ADDRESS)), ~Exists(rows.exclude(NO_ADDRESS)))


def channel_counts(of: Activation) -> list[wire.ChannelCounts]:
    """What became of what was owed, by channel. Who has no number or address there has not failed to be reached by it."""
    states: dict[Channel, dict[str, int]] = {}
    missing: dict[Channel, int] = {}
    rows = Delivery.objects.filter(message__in=messages(of)).order_by().values_list("channel", "state")
    counted = rows.annotate(count=Count("pk"), nowhere=Count("pk", filter=NO_ADDRESS))
    for channel, state, count, nowhere_to in counted:
        states.setdefault(Channel(channel), {})[state] = count - nowhere_to
        missing[Channel(channel)] = missing.get(Channel(channel), 0) + nowhere_to
    answers = dict(
        Answer.objects.filter(message__in=messages(of))
        .order_by()
        .values_list("channel")
        .annotate(count=Count("person", distinct=True))
    )
    return [
        wire.ChannelCounts(
            channel=channel,
            waiting=sum(counts.get(state, 0) for state in TO_LEAVE),
            sent=sum(counts.get(state, 0) for state in LEFT),
            delivered=counts.get(DeliveryState.DELIVERED, 0),
            failed=counts.get(DeliveryState.FAILED, 0),
            no_address=missing[channel],
            answers=answers.get(channel, 0),
        )
        for channel, counts in sorted(states.items(), key=lambda one: list(Channel).index(one[0]))
    ]


def help_calls(of: Activation) -> list[wire.HelpView]:
    """Calls for help: those that nobody has taken first, the latest word first."""
    rows = HelpCall.objects.filter(activation=of).select_related("participant")
    rows = rows.prefetch_related(Prefetch("answers", HelpAnswer.objects.select_related("answer").order_by("pk")))
    order = [HelpState.OPEN, HelpState.TAKEN, HelpState.CLOSED]
    return [
        wire.help_view(row)
        for row in sorted(rows, key=lambda one: (order.index(HelpState(one.state)), -one.again_at.timestamp()))
    ]


_CURVE = """
    SELECT bin, count(*) FROM (
        SELECT least(%s, width_bucket(extract(epoch FROM answered_at), %s, %s, %s)) AS bin
        FROM crisis_activations_participant WHERE activation_id = %s AND answered_at IS NOT NULL
    ) AS binned GROUP BY bin ORDER BY bin
"""


def curve(of: Activation) -> list[wire.Minute]:
    """How many had answered by when, since the start."""
    if of.started_at is None:
        return []
    start = of.started_at.timestamp()
    end = max((of.ended_at or clock.now()).timestamp(), start + _POINTS)
    with connection.cursor() as cursor:
        cursor.execute(_CURVE, [_POINTS, start, end, _POINTS, of.pk])
        counts = dict(cursor.fetchall())
    total, points = counts.get(0, 0), []
    for point in range(1, _POINTS + 1):
        total += counts.get(point, 0)
        at = start + (end - start) * point / _POINTS
        points.append(wire.Minute(at=dt.datetime.fromtimestamp(at, dt.UTC), answered=total))
    return points


def people(of: Activation) -> QuerySet[Participant]:
    """The people of an activation, as the counts have them; nobody once their names were erased."""
    return asked(of) if of.erased_at is None else Participant.objects.none()


def participant_views(of: Activation, rows: Sequence[Participant]) -> list[wire.ParticipantView]:
    """A page of people, with what became of what they were sent: the best of each channel."""
    deliveries = Delivery.objects.filter(message__in=messages(of), person__in=[row.person_id for row in rows])
    found: dict[UUID | None, dict[str, wire.PersonDelivery]] = {}
    for one in deliveries.order_by("pk"):
        best = found.setdefault(one.person_id, {})
        if one.channel in best and best[one.channel].state in LEFT and one.state not in LEFT:
            continue
        best[one.channel] = wire.PersonDelivery(
            channel=Channel(one.channel),
            state=one.state,
            failure=one.failure,
            at=one.delivered_at or one.sent_at or one.due_at,
        )
    return [wire.participant_view(row, list(found.get(row.person_id, {}).values())) for row in rows]


def log(of: Activation) -> QuerySet[ActivationEvent]:
    """What happened, the latest first."""
    return (
        ActivationEvent.objects.filter(activation=of)
        .select_related("member", "step", "participant", "entry__words")
        .order_by("-id")
    )


def instructions_for(member: Member) -> QuerySet[Instruction]:
    """The instructions of the moment that concern a member: at the sites where they have a role, newest first."""
    where = reach(member, Right.RESPOND)
    rows = Instruction.objects.filter(
        organisation=member.organisation_id, ended_at=None, activation__state=ActivationState.RUNNING
    ).select_related("activation__site")
    return rows if isinstance(where, Everywhere) else rows.filter(activation__site__in=where)


def talks_for(member: Member) -> QuerySet[Talk]:
    """Who speaks live now where the member has a role."""
    where = reach(member, Right.RESPOND)
    rows = Talk.objects.filter(
        organisation=member.organisation_id, closed_at=None, until__gt=clock.now()
    ).select_related("activation__site", "member")
    return rows if isinstance(where, Everywhere) else rows.filter(activation__site__in=where)
