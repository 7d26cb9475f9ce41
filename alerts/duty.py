"""What a watcher has to look for: the rules of its cameras as they are now, read from the database once a second."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from pydantic import ValidationError

from alerts import lawful
from alerts.models import Alert, Rule, RuleState
from alerts.rules.registry import KINDS
from alerts.rules.schedule import HOURS, Hours
from soc import clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lookout:
    """What is looked for and where: all that evaluation depends on.

    Two rules with the same lookout see the same, so that a change of a name or a severity interrupts no situation.
    """

    kind: str
    settings: Mapping[str, object] = field(hash=False)
    area: UUID | None
    hours: tuple[Hours, ...]
    timezone: str

    @property
    def digest(self) -> str:
        """Eight characters that change with what is looked for."""
        hours = [one.model_dump(mode="json") for one in self.hours]
        text = json.dumps([self.kind, dict(self.settings), str(self.area), hours, self.timezone], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class RuleDuty:
    """One rule as its watcher needs it."""

    rule: UUID
    organisation: UUID
    camera: UUID
    version: int
    name: str
    area_name: str
    severity: int
    quiet_s: int
    silent: bool
    clip_before_s: int
    clip_after_s: int
    lookout: Lookout = field(hash=False)

    @property
    def situation(self) -> str:
        """The key of its situations: one at a time for a rule in its zone or on its line, as it is now."""
        return f"{self.rule}:{self.lookout.area or 'all'}:{self.lookout.digest}"


@dataclass(frozen=True, slots=True)
class Past:
    """How another watcher left a rule: a situation that lasts, or one that ended and keeps the rule quiet."""

    situation: str
    alert: UUID | None = None
    last_seen: dt.datetime | None = None
    ended: dt.datetime | None = None


def duties(cameras: Collection[UUID]) -> dict[UUID, tuple[RuleDuty, ...]]:
    """The rules that run on each of these cameras now. A rule that cannot be read is logged and left out."""
    now = clock.now()
    found: dict[UUID, list[RuleDuty]] = {camera: [] for camera in cameras}
    rules = (
        Rule.objects.select_related("camera__organisation", "zone", "line")
        .filter(camera__in=cameras, removed_at=None, expires_at__gt=now, state__in=[RuleState.ON, RuleState.SILENT])
        .order_by("created_at")
    )
    for rule in rules:
        if rule.state == RuleState.ON and lawful.refusals(rule):
            continue  # the hourly task switches it off and says so
        try:
            found[rule.camera_id].append(duty(rule))
        except (ValidationError, KeyError) as error:
            log.exception("rule.unreadable", rule=str(rule.pk), error=type(error).__name__)
    return {camera: tuple(own) for camera, own in found.items()}


def duty(rule: Rule) -> RuleDuty:
    """One rule's duty.

    Raises:
        KeyError: its kind is no longer there.
        pydantic.ValidationError: its settings or hours are not valid.
    """
    kind = KINDS[rule.kind]
    kind.settings_model.model_validate(rule.settings)
    area = rule.zone or rule.line
    return RuleDuty(
        rule=rule.pk,
        organisation=rule.organisation_id,
        camera=rule.camera_id,
        version=rule.version,
        name=rule.name,
        area_name=area.name if area else "",
        severity=rule.severity,
        quiet_s=rule.quiet_s,
        silent=rule.state == RuleState.SILENT,
        clip_before_s=rule.camera.clip_before_s,
        clip_after_s=rule.camera.clip_after_s,
        lookout=Lookout(
            kind=rule.kind,
            settings=rule.settings,
            area=area.pk if area else None,
            hours=HOURS.validate_python(rule.schedule),
            timezone=rule.camera.organisation.timezone,
        ),
    )


def pasts(rules: Collection[UUID]) -> dict[UUID, Past]:
    """How other watchers left these rules, for those where it matters."""
    latest = (
        Alert.objects.filter(rule__in=rules)
        .order_by("rule_id", "-captured_at")
        .distinct("rule_id")
        .values_list("rule_id", "pk", "situation", "last_seen_at", "ended_at")
    )
    return {
        rule: Past(situation, None if ended else alert, None if ended else last_seen, ended)
        for rule, alert, situation, last_seen, ended in latest
    }
