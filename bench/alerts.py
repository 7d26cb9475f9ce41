"""What rules cost: a listener's work an observation, its memory, accepting an alert, a trial. No database."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from alerts.duty import Lookout, RuleDuty
from alerts.firing import Firing, dump
from alerts.listener import RuleListener
from alerts.models import RecordingKind
from alerts.rules.registry import KINDS
from alerts.spool import Spool
from alerts.trials import would_have_raised
from detection.observations import Observation, ObservedTrack
from detection.vision.geometry import Box

CAMERA, ORGANISATION, ZONE, LINE = (uuid4() for _ in range(4))
FRAMES_PER_SECOND = 5
REMEMBERED_S = 900
TRACKS = 6
START = 1_700_000_000.0


class Nowhere:
    """An outlet and recorder that lead nowhere."""

    offset = 0.0

    def fire(self, firing: Firing) -> None: ...

    def hit(self, duty: RuleDuty, at: float) -> None: ...

    def seen(self, alert: UUID, at: float) -> None: ...

    def ended(self, alert: UUID, at: float) -> None: ...

    def recorded(self, alert: UUID, kind: RecordingKind, data: bytes | None) -> None: ...

    def snapshot(self, at: float, done: Callable[[bytes | None], None]) -> None: ...

    def clip(self, start: float, end: float, done: Callable[[bytes | None], None]) -> None: ...


def observations(count: int, tracks: int = TRACKS) -> Iterator[Observation]:
    """People who walk through the zone and out of it, each with a number of their own for 10 s."""
    for number in range(count):
        at = START + number / FRAMES_PER_SECOND
        inside = frozenset({ZONE}) if int(at) % 20 < 10 else frozenset()
        seen = tuple(
            ObservedTrack(int(at) // 10 * 100 + one, "person", 0.8, Box(0.1, 0.1, 0.2, 0.4), inside, at - at % 10)
            for one in range(tracks)
        )
        yield Observation(CAMERA, at, number, seen)


def lookout(kind: str) -> Lookout:
    """A rule of this kind about people."""
    area = LINE if kind == "crosses" else ZONE
    return Lookout(kind, {"labels": ["person", "car"]}, area, (), "Europe/Paris")


def duties(per_kind: int) -> tuple[RuleDuty, ...]:
    """So many rules of each kind, on."""
    return tuple(
        RuleDuty(uuid4(), ORGANISATION, CAMERA, 1, kind, "Zone", 2, 60, False, 5, 5, lookout(kind))
        for kind in KINDS
        for _ in range(per_kind)
    )


def observe_us(frames: int, rules_per_kind: int) -> tuple[float, RuleListener]:
    """Median microseconds that a listener takes for one observation, memory included; and the listener."""
    nowhere = Nowhere()
    listener = RuleListener(CAMERA, ORGANISATION, nowhere, nowhere)
    listener.instruct(duties(rules_per_kind), {})
    took: list[float] = []
    for observation in observations(frames):
        began = time.perf_counter()
        listener.observe(observation)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6, listener


def accept_us(firings: int) -> float:
    """95th percentile of the microseconds in which a firing is in its spool, where `kill -9` does not reach it."""
    firing = Firing(
        uuid4(), ORGANISATION, CAMERA, uuid4(), "Rule", 1, 2, "Zone", "key", "seen", {"person": 1}, {}, START, START
    )
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder))
        took: list[float] = []
        for _ in range(firings):
            key = uuid4()
            began = time.perf_counter()
            spool.put(key, dump(firing))
            took.append(time.perf_counter() - began)
            spool.remove(key)
        spool.close()
    return statistics.quantiles(took, n=20)[-1] * 1e6


def trial_s(listener: RuleListener) -> float:
    """Seconds for a trial over all that the listener remembers."""
    began = time.perf_counter()
    would_have_raised(listener.memory.replay(), lookout("stays"), quiet_s=60)
    return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Result:
    """Microseconds a frame without rules and a rule; MiB a camera; microseconds to be safe; seconds a trial."""

    frame_us: float
    rule_us: float
    remembered_mib: float
    accepted_p95_us: float
    trial_s: float


def measure(*, short: bool) -> Result:
    """Measure all of it; `short` remembers a minute instead of fifteen."""
    frames = FRAMES_PER_SECOND * (60 if short else REMEMBERED_S)
    per_kind = 2
    bare, _without_rules = observe_us(frames, 0)
    full, listener = observe_us(frames, per_kind)
    return Result(
        frame_us=bare,
        rule_us=(full - bare) / (per_kind * len(KINDS)),
        remembered_mib=listener.memory.size / 2**20,
        accepted_p95_us=accept_us(40 if short else 400),
        trial_s=trial_s(listener),
    )


def main() -> None:
    """Print the figures."""
    result = measure(short="--short" in sys.argv)
    print(f"a frame without rules {result.frame_us:.1f} us, a rule {result.rule_us:.2f} us more ({TRACKS} tracks)")
    print(f"remembered {result.remembered_mib:.2f} MiB a camera, tried in {result.trial_s:.2f} s")
    print(f"an alert is safe from kill -9 in {result.accepted_p95_us:.0f} us (p95)")


if __name__ == "__main__":
    main()
