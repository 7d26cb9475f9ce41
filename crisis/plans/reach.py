"""Who a plan would reach now: how many people, by which ways, in which languages, and who has no phone number.

1. Each different audience is resolved once, to the ids of its people: one query (an area and a schedule take one more).
2. One query tells of all of them what they read and by what they can be reached.
3. The rest is counted here. So the number of queries depends on the number of audiences, never on that of people.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, QuerySet, Value

from alerts.channels.base import Channel
from crisis.plans.audiences import people
from crisis.plans.content import MessageStep, PlanContent
from crisis.plans.models import PlanVersion
from crisis.plans.parts import has_address
from soc.people.directory.models import ContactWay, Person, WayKind
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

SHOWN_WITHOUT_PHONE = 200


@dataclass(frozen=True, slots=True)
class StepReach:
    """Whom a step would reach.

    Attributes:
        step: its key.
        people: how many its audience is.
        channels: of each way that the step uses, how many of them it reaches; ``None``: not known.
        reached: how many of them at least one of its ways reaches.
    """

    step: str
    people: int
    channels: Mapping[Channel, int | None]
    reached: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a plan would reach.

    Attributes:
        at: when that was so.
        people: how many in all, each counted once.
        channels: of each way that the plan uses, how many people it reaches; ``None``: not known.
        by_two: how many are reached by two ways or more.
        by_none: how many are reached by no way at all.
        without_phone: ids of who has no phone number, by name.
        languages: language code to how many read it.
        steps: each step that tells people something, in the plan's order.
        help_to: how many are told of a call for help; ``None``: who directs is.
    """

    at: dt.datetime
    people: int
    channels: Mapping[Channel, int | None]
    by_two: int
    by_none: int
    without_phone: tuple[UUID, ...]
    languages: Mapping[str, int]
    steps: tuple[StepReach, ...]
    help_to: int | None


@dataclass(frozen=True, slots=True)
class _Facts:
    """By what somebody can be reached, and what they read."""

    language: str
    phone: bool
    channels: frozenset[Channel]


def reach(version: PlanVersion, at: dt.datetime) -> Reach:
    """Whom a version would reach at `at`. Not scoped: it tells numbers, and ids of who has no phone number."""
    return reach_of(version.content, version.organisation_id, version.plan.site_id, at)


def reach_of(content: PlanContent, organisation: UUID, site: UUID, at: dt.datetime) -> Reach:
    """The same, of a document."""
    steps = list(content.messages())
    wanted = {step.to for step in steps} | ({content.help_to} if content.help_to is not None else set())
    rows = {audience: people(organisation, site, audience, at) for audience in wanted}
    ids = {audience: frozenset(of.values_list("pk", flat=True)) for audience, of in rows.items()}
    told = {step.to for step in steps}
    facts = _facts([rows[audience] for audience in told])
    unknown = _unknown()
    by: dict[UUID, set[Channel]] = {person: set() for person in facts}
    for step in steps:
        ways = {way.channel for way in step.ways}
        for person in ids[step.to] & facts.keys():
            by[person] |= facts[person].channels & ways
    used = _in_order({way.channel for step in steps for way in step.ways})
    counted = Counter(channel for channels in by.values() for channel in channels)
    return Reach(
        at=at,
        people=len(facts),
        channels={channel: None if channel in unknown else counted[channel] for channel in used},
        by_two=sum(len(channels) > 1 for channels in by.values()),
        by_none=sum(not channels for channels in by.values()),
        without_phone=tuple(person for person, fact in facts.items() if not fact.phone),
        languages=dict(Counter(fact.language for fact in facts.values()).most_common()),
        steps=tuple(_of_step(step, ids[step.to], facts, unknown) for step in steps),
        help_to=None if content.help_to is None else len(ids[content.help_to]),
    )


def names(member: Member, people: Collection[UUID]) -> dict[UUID, str]:
    """The first of these people, by name, whom `member` may see in the directory."""
    rows = scoped(Person.objects.filter(pk__in=people), member, Right.SEE_DIRECTORY)
    return {row.pk: str(row) for row in rows.order_by("display_name", "id")[:SHOWN_WITHOUT_PHONE]}


def _of_step(
    step: MessageStep, audience: frozenset[UUID], facts: Mapping[UUID, _Facts], unknown: frozenset[Channel]
) -> StepReach:
    ways = _in_order({way.channel for way in step.ways})
    own = [facts[person].channels for person in audience if person in facts]
    counted = Counter(channel for channels in own for channel in channels)
    return StepReach(
        step=step.key,
        people=len(own),
        channels={channel: None if channel in unknown else counted[channel] for channel in ways},
        reached=sum(not channels.isdisjoint(ways) for channels in own),
    )


def _in_order(channels: Collection[Channel]) -> list[Channel]:
    return [channel for channel in Channel if channel in channels]


def _unknown() -> frozenset[Channel]:
    """Channels of which nobody can say whom they reach."""
    return frozenset({Channel.PUSH} if has_address(Channel.PUSH) is None else ())


def _facts(audiences: list[QuerySet[Person]]) -> dict[UUID, _Facts]:
    """What is known of everybody in these audiences, by name; one query."""
    if not audiences:
        return {}
    conditions = _conditions()
    rows = (
        reduce(or_, audiences)
        .annotate(**{f"by_{channel.value}": condition for channel, condition in conditions.items()}, phone=_phone())
        .order_by("display_name", "id")
        .values_list("pk", "language", "phone", *(f"by_{channel.value}" for channel in conditions))
    )
    sets: dict[tuple[bool, ...], frozenset[Channel]] = {}
    found: dict[UUID, _Facts] = {}
    for pk, language, phone, *by in rows:
        key = tuple(by)
        if key not in sets:
            sets[key] = frozenset(channel for channel, has in zip(conditions, key, strict=True) if has)
        found[pk] = _Facts(language, phone, sets[key])
    return found


def _conditions() -> dict[Channel, Exists | Value]:
    """Of each channel, whether it has where to send to somebody."""
    members = Member.objects.filter(pk=OuterRef("member"), is_active=True)
    own: dict[Channel, Exists] = {
        Channel.APP: Exists(members),
        Channel.SMS: Exists(_ways(WayKind.PHONE).filter(sms=True, stopped_at=None)),
        Channel.VOICE: Exists(_ways(WayKind.PHONE).filter(voice=True)),
        Channel.EMAIL: Exists(_ways(WayKind.EMAIL)),
    }
    nobody = Value(False, output_field=BooleanField())
    found: dict[Channel, Exists | Value] = {}
    for channel in Channel:
        registered = has_address(channel)
        found[channel] = registered if registered is not None else own.get(channel, nobody)
    return found


def _phone() -> Exists:
    return Exists(_ways(WayKind.PHONE))


def _ways(kind: WayKind) -> QuerySet[ContactWay]:
    return ContactWay.objects.filter(person=OuterRef("pk"), kind=kind)
