"""When would a rule have raised an alert? Answered by the camera's watcher from what it holds in RAM."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog
from pydantic import ValidationError

from alerts.duty import Lookout
from alerts.memory import Memory
from alerts.models import RuleTrial, TrialFailure
from alerts.raising import moment
from alerts.rules.base import Match
from alerts.rules.registry import KINDS
from alerts.rules.schedule import HOURS, Schedule
from alerts.rules.situations import Began, Situation
from detection.observations import Observation
from soc import clock

log = structlog.get_logger(__name__)

#: A question that nobody answered for this long is not answered any more.
ASKED_FOR = timedelta(seconds=20)
MAX_SECONDS = 10.0
MAX_HITS = 200


class TooLong(Exception):
    """The trial took longer than a watcher can spare."""


@dataclass(slots=True)
class Raised:
    """When a rule would have raised, seconds of the epoch in the frames' time.

    Attributes:
        hits: within its hours.
        outside: what it would have raised besides if it ran at any time.
    """

    hits: list[float] = field(default_factory=list)
    outside: list[float] = field(default_factory=list)


def would_have_raised(
    observations: Iterable[Observation], lookout: Lookout, quiet_s: float, offset: float = 0.0
) -> Raised:
    """When a rule would have raised.

    Args:
        observations: oldest first.
        lookout: what is looked for.
        quiet_s: how long it stays quiet after a situation.
        offset: business time less the frames' time.

    Raises:
        KeyError, pydantic.ValidationError: the lookout is not valid.
        TooLong: after `MAX_SECONDS`.
    """
    evaluator = KINDS[lookout.kind].prepare(lookout.settings, lookout.area)
    schedule = Schedule(lookout.hours, lookout.timezone)
    situation, anyway = Situation(quiet_s), Situation(quiet_s)
    began = time.monotonic()
    raised = Raised()
    for observation in observations:
        at = observation.captured_at
        match = evaluator.observe(observation)
        runs = match is not None and schedule.runs(at + offset)
        raised.hits += _began(situation, at, match if runs else None)
        raised.outside += [hit for hit in _began(anyway, at, match) if not runs]
        if time.monotonic() - began > MAX_SECONDS:
            raise TooLong
    return raised


def _began(situation: Situation, at: float, match: Match | None) -> list[float]:
    return [change.at for change in situation.step(at, match) if isinstance(change, Began)]


def answer(memories: Mapping[UUID, Memory], offset: float) -> int:
    """Answer the trials asked for of these cameras; how many."""
    asked = RuleTrial.objects.select_related("organisation").filter(
        camera__in=list(memories), answered_at=None, asked_at__gt=clock.now() - ASKED_FOR
    )
    answered = 0
    for trial in asked:
        memory = memories[trial.camera_id]
        changes: dict[str, object] = {"answered_at": clock.now()}
        try:
            lookout = Lookout(
                kind=trial.kind,
                settings=trial.settings,
                area=trial.zone_id or trial.line_id,
                hours=HOURS.validate_python(trial.schedule),
                timezone=trial.organisation.timezone,
            )
            raised = would_have_raised(memory.replay(), lookout, trial.quiet_s, offset)
        except (KeyError, ValidationError):
            log.exception("trial.invalid", trial=str(trial.pk))
            changes["failed"] = TrialFailure.INVALID
        except TooLong:
            changes["failed"] = TrialFailure.TOO_LONG
        else:
            changes["hits"] = [moment(at + offset).isoformat() for at in raised.hits[-MAX_HITS:]]
            changes["outside"] = [moment(at + offset).isoformat() for at in raised.outside[-MAX_HITS:]]
            oldest = memory.oldest
            changes["since"] = None if oldest is None else moment(oldest + offset)
        RuleTrial.objects.filter(pk=trial.pk, answered_at=None).update(**changes)
        answered += 1
    return answered
