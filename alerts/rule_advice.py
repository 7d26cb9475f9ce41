"""What would make a rule fire less, reckoned from its own alerts of the last seven days.

A longer stay, a longer quiet time, other hours: each is a change that can be tried at once, and says how many alerts would have
remained.

The reckoning is an estimate from when situations began and ended; the trial says what is true of the last minutes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from alerts.models import Alert, Rule
from alerts.rule_figures import WEEK
from alerts.rules.registry import KINDS
from alerts.rules.sentences import duration
from soc import clock

#: Advice from fewer alerts than this would be guessing.
FEWEST = 8
#: A change is worth advising when at most this share would have remained, but something.
WORTH = 0.5
#: The alerts that are reckoned with, the newest.
READ = 2_000

_STAYS_S = (5, 10, 20, 30, 60, 120, 300, 600)
_QUIETS_S = (300, 600, 900, 1_800, 3_600)
_WINDOWS_H = range(4, 13)
#: Hours are advised when so much of all alerts lies in one window of the day.
GATHERED = 0.6


@dataclass(frozen=True, slots=True)
class Advice:
    """A change of the rule, as the API takes it, and a sentence in the active language that says what it would do."""

    code: str
    sentence: str
    change: dict[str, Any]
    remaining: int


@dataclass(frozen=True, slots=True)
class _Past:
    """A situation of the rule: when it was seen to begin and to last."""

    began: dt.datetime
    lasted: dt.timedelta

    @property
    def ended(self) -> dt.datetime:
        return self.began + self.lasted


def advice(rule: Rule, now: dt.datetime | None = None) -> list[Advice]:
    """What to change so that the rule fires less; empty when too little is known or nothing would help."""
    now = now or clock.now()
    rows = (
        Alert.objects.filter(rule=rule, captured_at__gt=now - WEEK)
        .order_by("-captured_at")
        .values_list("captured_at", "last_seen_at")[:READ]
    )
    pasts = [_Past(began, max(last - began, dt.timedelta())) for began, last in reversed(rows)]
    if len(pasts) < FEWEST:
        return []
    return [one for one in (_longer(rule, pasts), _quieter(rule, pasts), _other_hours(rule, pasts)) if one]


def _longer(rule: Rule, pasts: Sequence[_Past]) -> Advice | None:
    """A longer stay: a situation that lasted less than what is added would not have been one."""
    kind = KINDS.get(rule.kind)
    if kind is None:
        return None
    timed = "seconds" in kind.settings_model.model_fields
    if not timed and kind.calmer is None:
        return None
    now_s = float(rule.settings.get("seconds", 0)) if timed else 0.0
    for more in _STAYS_S:
        remaining = sum(past.lasted.total_seconds() > more for past in pasts)
        if _worth(remaining, len(pasts)):
            wanted = now_s + more
            change: dict[str, Any] = {"settings": {**rule.settings, "seconds": wanted}}
            if not timed:
                change["kind"] = kind.calmer
            text = gettext(
                "Wait for %(time)s before it fires: about %(remaining)s of the last %(count)s alerts remain."
            )
            return Advice("longer", _fill(text, duration(wanted), remaining, pasts), change, remaining)
    return None


def _quieter(rule: Rule, pasts: Sequence[_Past]) -> Advice | None:
    for quiet_s in _QUIETS_S:
        remaining = _raised_with(dt.timedelta(seconds=quiet_s), pasts)
        if quiet_s > rule.quiet_s and _worth(remaining, len(pasts)):
            text = gettext(
                "Stay quiet for %(time)s after each: about %(remaining)s of the last %(count)s alerts remain."
            )
            return Advice("quieter", _fill(text, duration(quiet_s), remaining, pasts), {"quiet_s": quiet_s}, remaining)
    return None


def _raised_with(quiet: dt.timedelta, pasts: Sequence[_Past]) -> int:
    raised, quiet_until = 0, dt.datetime.min.replace(tzinfo=dt.UTC)
    for past in pasts:
        if past.began >= quiet_until:
            raised += 1
            quiet_until = past.ended + quiet
        elif past.ended > quiet_until:
            # What still matches when the quiet time is over begins anew then.
            raised += 1
            quiet_until = past.ended + quiet
    return raised


def _other_hours(rule: Rule, pasts: Sequence[_Past]) -> Advice | None:
    """Leave out the hours into which most alerts fall, if the rule has no hours yet."""
    if rule.schedule:
        return None
    zone = ZoneInfo(rule.camera.organisation.timezone)
    by_hour = Counter(past.began.astimezone(zone).hour for past in pasts)
    for length in _WINDOWS_H:
        start = max(range(24), key=lambda hour: _within(by_hour, hour, length))
        inside = _within(by_hour, start, length)
        remaining = len(pasts) - inside
        if inside >= GATHERED * len(pasts) and _worth(remaining, len(pasts)):
            end = (start + length) % 24
            hours = {"days": list(range(7)), "start": f"{end:02}:00", "end": f"{start:02}:00"}
            text = gettext(
                "Most come between %(start)s and %(end)s. Let it run outside these hours: "
                "about %(remaining)s of the last %(count)s alerts remain."
            )
            words = {"start": hours["end"], "end": hours["start"], "remaining": remaining, "count": len(pasts)}
            return Advice("hours", text % words, {"schedule": [hours]}, remaining)
    return None


def _within(by_hour: Counter[int], start: int, length: int) -> int:
    return sum(by_hour[(start + hour) % 24] for hour in range(length))


def _worth(remaining: int, count: int) -> bool:
    return 0 < remaining <= WORTH * count


def _fill(text: str, time: str, remaining: int, pasts: Sequence[_Past]) -> str:
    return text % {"time": time, "remaining": remaining, "count": len(pasts)}
