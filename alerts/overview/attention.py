"""What needs somebody, most urgent first: each thing once, with the page that deals with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from alerts.overview.wire import Attention, AttentionCode, Overview
from detection.models import WatchState
from soc.people.models import Member

NAMED_CAMERAS = 4
"""So many cameras without a picture are named; the others are counted."""

TAKEN_LONG = dt.timedelta(hours=1)
"""An alert that was taken this long ago and is not closed may have been forgotten."""

SIGNED_LONG = dt.timedelta(minutes=15)
"""A handover that nobody took over this long after it was signed may leave a site to nobody."""

TOO_MUCH = 0.2
"""A camera that dropped this share of its frames in the last hour is watched badly."""

ENOUGH = 600
"""Of fewer frames no share is told: a watch that has just begun has dropped some."""

_OPEN = "/alerts?state=open"


AttentionSource = Callable[[Member, dt.datetime], list[Attention]]
"""Says what else needs a member's attention at a moment, in the active language."""

_SOURCES: Final[list[AttentionSource]] = []


def register_attention(source: AttentionSource) -> None:
    """Have `source` asked for every overview: by it a room above says what needs somebody there."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def attention(of: Overview, member: Member) -> list[Attention]:
    """What in an overview needs attention, and what rooms above say does. Nothing, on a calm day."""
    found = [*_alerts(of), *_watch(of), *_people(of), *_law(of), *_rules(of)]
    found += [one for source in _SOURCES for one in source(member, of.at)]
    return sorted(found, key=lambda one: -one.urgency)  # stable: as listed within the same urgency


def _alerts(of: Overview) -> list[Attention]:
    found: list[Attention] = []
    codes: dict[int, AttentionCode] = {4: "critical_open", 3: "high_open"}
    for one in of.open:
        if one.count and one.longest and one.severity in codes:
            code, link = codes[one.severity], f"{_OPEN}&severity={one.severity}"
            since = one.longest.since
            found.append(Attention(code=code, urgency=one.severity, link=link, count=one.count, since=since))
    late = sum(one.late for one in of.open)
    if late:
        found.append(Attention(code="late", urgency=4, link=_OPEN, count=late))
    others = [one for one in of.open if one.severity <= 2 and one.longest]
    if others:
        since = min(one.longest.since for one in others if one.longest)
        count = sum(one.count for one in others)
        found.append(Attention(code="others_open", urgency=2, link=_OPEN, count=count, since=since))
    longest = of.taken.longest
    if longest is not None and of.at - longest.since > TAKEN_LONG:
        link = "/alerts?state=acknowledged"
        found.append(Attention(code="taken_long", urgency=2, link=link, count=of.taken.count, since=longest.since))
    return found


def _watch(of: Overview) -> list[Attention]:
    found: list[Attention] = []
    if of.watch.expected and not of.watch.watchers:
        found.append(Attention(code="no_watcher", urgency=4, link="/studio/cameras", count=of.watch.expected))
        return found
    down = [one for one in of.down if one.state is WatchState.DOWN]
    for one in down[:NAMED_CAMERAS]:
        link = f"/timeline?camera={one.camera.id}"
        why = one.sentence
        found.append(
            Attention(code="camera_down", urgency=3, link=link, count=1, name=one.camera.name, since=one.since, why=why)
        )
    if len(down) > NAMED_CAMERAS:
        more = len(down) - NAMED_CAMERAS
        found.append(Attention(code="cameras_down", urgency=3, link="/studio/cameras", count=more))
    unwatched = [one for one in of.down if one.state is WatchState.UNWATCHED]
    if unwatched:
        first = unwatched[0]
        found.append(
            Attention(
                code="not_watched",
                urgency=3,
                link="/studio/cameras",
                count=len(unwatched),
                name=first.camera.name,
                since=first.since,
                why=first.sentence,
            )
        )
    busy = [one for one in of.watch.cameras if one.share > TOO_MUCH and one.frames >= ENOUGH]
    if busy:
        link = f"/studio/cameras/{busy[0].camera.id}"
        found.append(Attention(code="dropping", urgency=2, link=link, count=len(busy), name=busy[0].camera.name))
    return found


def _people(of: Overview) -> list[Attention]:
    found = [
        Attention(
            code="handover_waits",
            urgency=2,
            link=f"/logbook/handover/{one.id}",
            count=1,
            name=one.given.member.name,
            since=one.given.at,
        )
        for one in of.handovers
        if of.at - one.given.at > SIGNED_LONG
    ]
    if not of.on_duty:
        waiting = any(one.count for one in of.open)
        found.append(Attention(code="nobody_on_duty", urgency=3 if waiting else 1, link="/logbook"))
    return found


def _law(of: Overview) -> list[Attention]:
    found: list[Attention] = []
    for one in of.authorisations:
        link = f"/studio/rules/{one.rule.id}" if one.rule else f"/studio/cameras/{one.camera.id}"
        name = one.rule.name if one.rule else one.camera.name
        code: AttentionCode = "authorisation_ended" if one.ended else "authorisation_ends"
        found.append(
            Attention(code=code, urgency=2 if one.ended else 1, link=link, count=1, name=name, last_day=one.last_day)
        )
    return found


def _rules(of: Overview) -> list[Attention]:
    found = [
        Attention(
            code="rule_ends",
            urgency=1,
            link=f"/studio/rules/{one.rule.id}",
            count=1,
            name=one.rule.name,
            since=one.ends_at,
        )
        for one in of.ending_rules
    ]
    found += [
        Attention(
            code="rule_often",
            urgency=1,
            link=f"/studio/rules/{one.rule.id}",
            count=1,
            name=one.rule.name,
            why=one.sentences[0],
        )
        for one in of.often_rules
    ]
    return found
