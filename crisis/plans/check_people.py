"""Whom a plan would not reach: audiences of nobody, ways that reach nobody, hours with nobody on call, people who are gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.channels.base import Channel
from crisis.plans.content import MessageStep, OnCall, PlanContent
from crisis.plans.hole import At, Hole, HoleCode, Weight
from crisis.plans.parts import Uncovered, gaps
from crisis.plans.reach import Reach, StepReach
from crisis.plans.references import AudienceAt, Reference, RefKind, audiences

LOOKED_AHEAD = dt.timedelta(days=30)
"""How far ahead is looked for hours without anybody on call."""
_GONE = {
    RefKind.PROFILE: HoleCode.PROFILE_GONE,
    RefKind.LIST: HoleCode.LIST_GONE,
    RefKind.PERSON: HoleCode.PERSON_GONE,
    RefKind.SITE: HoleCode.SITE_GONE,
    RefKind.SCHEDULE: HoleCode.SCHEDULE_GONE,
}


def gone(of: Collection[Reference], known: Mapping[RefKind, Mapping[UUID, str]]) -> Iterator[Hole]:
    """What audiences name and what is not there any more."""
    sentences = {
        RefKind.PROFILE: _("A profile that is named here is not there any more. Choose another."),
        RefKind.LIST: _("A list of people that is named here is not there any more. Choose another."),
        RefKind.PERSON: _("Somebody who is named here is not in the directory any more. Choose somebody else."),
        RefKind.SITE: _("A site that is named here is not there any more. Choose another."),
        RefKind.SCHEDULE: _("An on-call schedule that is named here is not there any more. Choose another."),
    }
    for one in of:
        if one.kind in _GONE and one.id not in known.get(one.kind, {}):
            yield Hole(_GONE[one.kind], sentences[one.kind], step=one.step, field=one.field)


def reached(content: PlanContent, reach: Reach, organisation: UUID, zone: dt.tzinfo) -> Iterator[Hole]:
    """Steps that nobody or not everybody receives.

    Args:
        content: the document.
        reach: whom it would reach.
        organisation: whose.
        zone: on whose clock hours are told.
    """
    uncovered = {
        schedule: gaps(organisation, schedule, reach.at, reach.at + LOOKED_AHEAD) for schedule in _schedules(content)
    }
    by_step = {one.step: one for one in reach.steps}
    for at in audiences(content):
        people = reach.help_to if at.step is None else by_step[at.step].people
        yield from _nobody(content, at, people or 0, uncovered, reach.at)
    yield from _on_call(content, uncovered, zone)
    for index, step in enumerate(content.steps):
        if isinstance(step, MessageStep) and (found := by_step[step.key]).people:
            yield from _ways(At(index, step), found)
        yield from _too_many(content, At(index, step), by_step)


def _schedules(content: PlanContent) -> dict[UUID, AudienceAt]:
    """Each schedule that is named, and where first."""
    found: dict[UUID, AudienceAt] = {}
    for at in audiences(content):
        for group in at.audience.groups:
            if isinstance(group, OnCall):
                found.setdefault(group.schedule, at)
    return found


def _nobody(
    content: PlanContent,
    at: AudienceAt,
    people: int,
    uncovered: Mapping[UUID, Collection[Uncovered] | None],
    now: dt.datetime,
) -> Iterator[Hole]:
    if people:
        return
    step = content.step(at.step) if at.step is not None else None
    named = {"step": step.name if step is not None else ""}
    sentence = (
        _("Nobody would be told of a call for help. Choose who is.")
        if step is None
        else _("Nobody would receive “%(step)s” now. Choose to whom it goes.") % named
    )
    weight = Weight.WARNS if _somebody_later(at, uncovered, now) else Weight.STOPS
    yield Hole(HoleCode.NOBODY, sentence, weight, at.step, at.field)


def _somebody_later(at: AudienceAt, uncovered: Mapping[UUID, Collection[Uncovered] | None], now: dt.datetime) -> bool:
    """Whether one of its schedules has somebody on call at another hour."""
    for group in at.audience.groups:
        if isinstance(group, OnCall) and (free := uncovered.get(group.schedule)) is not None:
            empty = sum((min(gap.until, now + LOOKED_AHEAD) - max(gap.since, now) for gap in free), dt.timedelta())
            if empty < LOOKED_AHEAD:
                return True
    return False


def _on_call(
    content: PlanContent, uncovered: Mapping[UUID, Collection[Uncovered] | None], zone: dt.tzinfo
) -> Iterator[Hole]:
    where = _schedules(content)
    for schedule, free in uncovered.items():
        at = where[schedule]
        if free is None:
            sentence = _("Nobody can say whether somebody is on call at every hour.")
            yield Hole(HoleCode.ON_CALL_UNKNOWN, sentence, Weight.WARNS, at.step, at.field)
        elif free:
            first = next(iter(free))
            sentence = ngettext(
                "Nobody is on call at %(count)d time in the next %(days)d days, first on %(when)s.",
                "Nobody is on call at %(count)d times in the next %(days)d days, first on %(when)s.",
                len(free),
            ) % {
                "count": len(free),
                "days": LOOKED_AHEAD.days,
                "when": date_format(localtime(first.since, zone), "DATETIME_FORMAT"),
            }
            yield Hole(HoleCode.ON_CALL_GAP, sentence, Weight.WARNS, at.step, at.field)


def _ways(at: At, found: StepReach) -> Iterator[Hole]:
    """Ways of a step whose audience is somebody."""
    named = {"step": at.step.name}
    if not found.reached:
        # Where push alone might reach them and nobody can say so, it is no way to count on.
        sentence = _("No way of “%(step)s” reaches any of its people. Add a way, or numbers and addresses.") % named
        yield at.hole(HoleCode.UNREACHED, sentence, field="ways")
        return
    for channel, count in found.channels.items():
        if count == 0:
            sentence = _("%(way)s reaches nobody of “%(step)s”: no number or address for it.")
            words = sentence % {**named, "way": Channel(channel).label}
            yield at.hole(HoleCode.WAY_REACHES_NOBODY, words, Weight.WARNS, "ways")
    if left := found.people - found.reached:
        sentence = ngettext(
            "No way of “%(step)s” reaches %(count)d person.", "No way of “%(step)s” reaches %(count)d people.", left
        )
        yield at.hole(HoleCode.UNREACHED, sentence % {**named, "count": left}, Weight.WARNS, "ways")


def _too_many(content: PlanContent, at: At, by_step: Mapping[str, StepReach]) -> Iterator[Hole]:
    unless = at.step.unless
    if unless is None or (asked := by_step.get(unless.step)) is None or not 0 < asked.people < unless.needed:
        return
    its = content.step(unless.step)
    sentence = ngettext(
        "“%(step)s” needs %(needed)d answer to “%(asked)s”, which goes to fewer people: it would always be done.",
        "“%(step)s” needs %(needed)d answers to “%(asked)s”, which goes to fewer people: it would always be done.",
        unless.needed,
    ) % {"step": at.step.name, "needed": unless.needed, "asked": its.name if its is not None else unless.step}
    yield at.hole(HoleCode.UNLESS_TOO_MANY, sentence, Weight.WARNS, "unless.needed")
