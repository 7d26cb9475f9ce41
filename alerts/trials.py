"""When would a rule have raised an alert? Answered by the camera's watcher from what it holds in RAM."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

import structlog
from pydantic import ValidationError

from alerts.duty import Lookout
from alerts.memory import Memory
from alerts.models import RuleTrial, TrialFailure
from alerts.raising import moment
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


def would_have_raised(
    observations: Iterable[Observation], lookout: Lookout, quiet_s: float, offset: float = 0.0
) -> list[float]:
    """When a rule would have raised, seconds of the epoch in the frames' time.

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
    situation = Situation(quiet_s)
    began = time.monotonic()
    hits: list[float] = []
    for observation in observations:
        at = observation.captured_at
        match = evaluator.observe(observation)
        if match is not None and not schedule.runs(at + offset):
            match = None
        hits += [change.at for change in situation.step(at, match) if isinstance(change, Began)]
        if time.monotonic() - began > MAX_SECONDS:
            raise TooLong
    return hits


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
            hits = would_have_raised(memory.replay(), lookout, trial.quiet_s, offset)
        except (KeyError, ValidationError):
            log.exception("trial.invalid", trial=str(trial.pk))
            changes["failed"] = TrialFailure.INVALID
        except TooLong:
            changes["failed"] = TrialFailure.TOO_LONG
        else:
            changes["hits"] = [moment(at + offset).isoformat() for at in hits[-MAX_HITS:]]
            oldest = memory.oldest
            changes["since"] = None if oldest is None else moment(oldest + offset)
        RuleTrial.objects.filter(pk=trial.pk, answered_at=None).update(**changes)
        answered += 1
    return answered
