"""When a situation begins, lasts and ends, and for how long its rule stays quiet after. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from alerts.rules.base import GRACE_S, Match

#: How long a situation waits for the next watcher to see it; after that the clock ends it (`alerts.raising.STALE`).
RESUME_S = 60.0


class Phase(Enum):
    """Where a rule stands."""

    IDLE = auto()
    LASTING = auto()
    QUIET = auto()


@dataclass(frozen=True, slots=True)
class Began:
    """A situation began: this is what becomes an alert."""

    at: float
    match: Match


@dataclass(frozen=True, slots=True)
class Ended:
    """The situation ended; `at` is when it was last seen to last."""

    at: float


Change = Began | Ended


class Situation:
    """The life of one rule's situations. A match that is missing for up to `grace_s` is a flicker, not an end.

    After an end the rule stays quiet for `quiet_s`; what still matches then begins a new situation.
    Times are seconds on one clock (the frames').
    """

    __slots__ = ("_grace_s", "_held", "_last", "_now", "_quiet_s", "_quiet_until", "_resumed", "phase")

    def __init__(self, quiet_s: float, grace_s: float = GRACE_S) -> None:
        self.phase = Phase.IDLE
        self._quiet_s = quiet_s
        self._grace_s = grace_s
        self._last = 0.0
        self._held = 0.0  # nobody looked until then, so a match could not be missing
        self._resumed = False
        self._quiet_until = 0.0
        self._now = 0.0

    @property
    def last_seen(self) -> float:
        """When the rule last matched."""
        return self._last

    def resume(self, last_seen: float) -> None:
        """Go on with a situation that another watcher was in, if it is seen again soon after this one begins to look."""
        self.phase = Phase.LASTING
        self._last = self._now = last_seen
        self._resumed = True

    def be_quiet_until(self, at: float) -> None:
        """Stay quiet until `at`, because of a situation that another watcher saw end."""
        self.phase = Phase.QUIET
        self._quiet_until = at

    def stay_quiet_for(self, quiet_s: float) -> None:
        """How long to be quiet after the next end; a quiet time under way changes with it."""
        self._quiet_until += quiet_s - self._quiet_s
        self._quiet_s = quiet_s

    def step(self, at: float, match: Match | None) -> tuple[Change, ...]:
        """What changes at `at`, in order: nothing, an end, a beginning, or an end and a beginning."""
        if at < self._now:  # the clock was set back: a quiet time must not last the longer for it
            self._last = min(self._last, at)
            self._held = min(self._held, at)
            self._quiet_until = min(self._quiet_until, at + self._quiet_s)
        self._now = at
        if self._resumed:
            self._resumed = False
            self._held = at if at - self._last <= RESUME_S else self._held
        changes: tuple[Change, ...] = ()
        if self.phase is Phase.LASTING and at - max(self._last, self._held) > self._grace_s:
            self.phase = Phase.QUIET
            self._quiet_until = self._last + self._quiet_s
            changes = (Ended(self._last),)
        if self.phase is Phase.QUIET and at >= self._quiet_until:
            self.phase = Phase.IDLE
        if match is None or self.phase is Phase.QUIET:
            return changes
        self._last = at
        if self.phase is Phase.IDLE:
            self.phase = Phase.LASTING
            return (*changes, Began(at, match))
        return changes
