"""Listens to one camera: remembers what is observed, evaluates the camera's rules, and hands on what begins and ends.

Everything here runs in the watch's thread and waits for nothing: no network, no database, and of the disk only a write of a
few hundred bytes into reserved room when a rule fires.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from uuid import UUID, uuid4

from alerts.duty import Past, RuleDuty
from alerts.firing import Firing
from alerts.memory import Memory
from alerts.models import RecordingKind
from alerts.rules.base import Evaluator, Match
from alerts.rules.registry import KINDS
from alerts.rules.schedule import Schedule
from alerts.rules.situations import Began, Ended, Phase, Situation
from detection.observations import Observation, Recorder

#: How often a situation that lasts is marked in the database.
MARK_S = 10.0


class Outlet(Protocol):
    """Where what a listener notices goes. Times are seconds of the epoch, business time. Nothing here may wait."""

    @property
    def offset(self) -> float:
        """Business time less the frames' time, seconds; 0 but in tests that move the clock."""

    def fire(self, firing: Firing) -> None:
        """A situation began whose rule is on."""

    def hit(self, duty: RuleDuty, at: float) -> None:
        """A situation began whose rule runs silently."""

    def seen(self, alert: UUID, at: float) -> None:
        """A situation lasts."""

    def ended(self, alert: UUID, at: float) -> None:
        """A situation ended; it was last seen at `at`."""

    def recorded(self, alert: UUID, kind: RecordingKind, data: bytes | None) -> None:
        """A snapshot or clip is ready, or there is none."""


@dataclass(slots=True)
class _Running:
    duty: RuleDuty
    evaluator: Evaluator
    schedule: Schedule
    situation: Situation
    alert: UUID | None = None
    marked: float = 0.0

    def after(self, past: Past | None, offset: float) -> _Running:
        """Itself, going on where another watcher left off: in its situation, or in the quiet time after one."""
        if past is not None and past.last_seen is not None and past.situation == self.duty.situation:
            self.alert = past.alert
            self.marked = past.last_seen.timestamp() - offset
            self.situation.resume(self.marked)
        elif past is not None and past.ended is not None:
            self.situation.be_quiet_until(past.ended.timestamp() - offset + self.duty.quiet_s)
        return self


@dataclass(frozen=True, slots=True)
class _Orders:
    duties: tuple[RuleDuty, ...]
    pasts: Mapping[UUID, Past]


class RuleListener:
    """The rules of one camera at work. `instruct` may be called from another thread, the rest from the watch's."""

    def __init__(self, camera: UUID, organisation: UUID, recorder: Recorder, outlet: Outlet) -> None:
        self.camera = camera
        self.organisation = organisation
        self.memory = Memory(camera)
        self._recorder = recorder
        self._outlet = outlet
        self._running: dict[UUID, _Running] = {}
        self._orders: _Orders | None = None
        self._instructed = False
        self._fired: frozenset[int] = frozenset()

    def instruct(self, duties: tuple[RuleDuty, ...], pasts: Mapping[UUID, Past]) -> None:
        """Run these rules from the next observation on. `pasts`: how other watchers left those that are new here."""
        self._orders = _Orders(duties, pasts)

    @property
    def wants_recordings(self) -> bool:
        """Whether a rule that is on may ask for a clip; before the rules are known, it may."""
        return not self._instructed or any(not running.duty.silent for running in self._running.values())

    @property
    def fired(self) -> frozenset[int]:
        """Tracks because of which a rule that is on matches now."""
        return self._fired

    def observe(self, observation: Observation) -> None:
        """Evaluate every rule on one observation."""
        self.memory.append(observation)
        if self._orders is not None:
            self._obey()
        at = observation.captured_at
        fired: set[int] = set()
        for running in self._running.values():
            match = running.evaluator.observe(observation)
            if match is not None and not running.schedule.runs(at + self._outlet.offset):
                match = None
            if match is not None and not running.duty.silent:
                fired |= match.tracks
            self._step(running, at, match)
        self._fired = frozenset(fired)

    def lost(self, at: float) -> None:
        """The source went away: what was being counted starts again, what lasts waits for the next observation."""
        for running in self._running.values():
            running.evaluator.lost()
            self._step(running, at, None)

    def close(self) -> None:
        """The watch ends here. Its situations go on with the next watcher, or end when nobody takes them up."""
        self._running.clear()

    def _step(self, running: _Running, at: float, match: Match | None) -> None:
        for change in running.situation.step(at, match):
            if isinstance(change, Began):
                self._began(running, change.at, change.match)
            else:
                self._ended(running, change)
        self._mark(running)

    def _began(self, running: _Running, at: float, match: Match) -> None:
        duty, offset = running.duty, self._outlet.offset
        running.marked = at
        if duty.silent:
            self._outlet.hit(duty, at + offset)
            return
        alert = running.alert = uuid4()
        self._outlet.fire(
            Firing(
                id=alert,
                organisation=self.organisation,
                camera=self.camera,
                rule=duty.rule,
                rule_name=duty.name,
                rule_version=duty.version,
                severity=duty.severity,
                area_name=duty.area_name,
                situation=duty.situation,
                code=duty.lookout.kind,
                things=dict(match.things),
                params=dict(match.params),
                captured_at=at + offset,
                raised_at=time.time() + offset,
            )
        )
        recorded = self._outlet.recorded
        self._recorder.snapshot(at, partial(recorded, alert, RecordingKind.SNAPSHOT))
        self._recorder.clip(
            at - duty.clip_before_s, at + duty.clip_after_s, partial(recorded, alert, RecordingKind.CLIP)
        )

    def _ended(self, running: _Running, change: Ended) -> None:
        if running.alert is not None:
            self._outlet.ended(running.alert, change.at + self._outlet.offset)
            running.alert = None

    def _mark(self, running: _Running) -> None:
        last = running.situation.last_seen
        if running.alert is not None and running.situation.phase is Phase.LASTING and last - running.marked >= MARK_S:
            running.marked = last
            self._outlet.seen(running.alert, last + self._outlet.offset)

    def _obey(self) -> None:
        orders, self._orders = self._orders, None
        if orders is None:
            return
        self._instructed = True
        before, self._running = self._running, {}
        for duty in orders.duties:
            known = before.pop(duty.rule, None)
            self._running[duty.rule] = self._taken_up(duty, known, orders.pasts.get(duty.rule))
        for gone in before.values():
            self._finish(gone)

    def _taken_up(self, duty: RuleDuty, known: _Running | None, past: Past | None) -> _Running:
        """The rule at work: as it was when nothing changed that matters, else from the start."""
        same_eyes = known is not None and known.duty.lookout == duty.lookout
        if known is not None and same_eyes and known.duty.silent == duty.silent:
            known.situation.stay_quiet_for(duty.quiet_s)
            known.duty = duty
            return known
        if known is not None:
            self._finish(known)
        lookout = duty.lookout
        return _Running(
            duty=duty,
            evaluator=known.evaluator
            if known is not None and same_eyes
            else KINDS[lookout.kind].prepare(lookout.settings, lookout.area),
            schedule=Schedule(lookout.hours, lookout.timezone),
            situation=Situation(duty.quiet_s),
        ).after(past if known is None and not duty.silent else None, self._outlet.offset)

    def _finish(self, running: _Running) -> None:
        self._ended(running, Ended(running.situation.last_seen))
