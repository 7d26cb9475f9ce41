"""An alert as the API and the events write it: one shape for both, the same for every reader.

Texts that depend on the reader's language are codes (state, severity, failures), or, for *why*, the code with its parameters
and the sentence in every language of the installation, so that an event is encoded once for all its readers.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.utils import translation
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from alerts import rule_versions
from alerts.models import (
    Alert,
    AlertLog,
    AlertState,
    FalseAlarmReason,
    LogKind,
    Recording,
    RecordingFailure,
    RecordingKind,
    RuleState,
    RuleVersion,
)
from alerts.rules.forms import why_text
from soc.broadcast.events import Payload
from soc.people.models import Member


class View(BaseModel):
    """What the API and the events write: exact fields, never changed once it is put together."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(View):
    """Something with a name: a site, a camera, a member."""

    id: UUID
    name: str


class AlertRule(View):
    """The rule that raised an alert, as it was then."""

    id: UUID
    name: str
    version: int


class Why(View):
    """Why an alert was raised: code and parameters for programs, the sentence in each language for people."""

    code: str
    params: dict[str, JsonValue]
    text: dict[str, str] = Field(description="Language code to sentence.")


class RecordingView(View):
    """A snapshot or clip: `ready` when `/api/recordings/{id}/` has it, `failed` says why there is none."""

    id: UUID
    kind: RecordingKind
    ready: bool
    failed: RecordingFailure | None
    expires_at: dt.datetime
    destroyed_at: dt.datetime | None


class AlertView(View):
    """An alert as lists and events show it."""

    id: UUID
    site: Named
    camera: Named
    area: str = Field(description="Name of the zone or line, as it was; empty: the whole picture.")
    rule: AlertRule
    severity: int = Field(ge=1, le=4, description="1 low, 2 medium, 3 high, 4 critical.")
    state: AlertState
    why: Why
    captured_at: dt.datetime
    raised_at: dt.datetime
    committed_at: dt.datetime
    last_seen_at: dt.datetime
    ended_at: dt.datetime | None
    assigned_to: Named | None
    acknowledged_by: Named | None
    acknowledged_at: dt.datetime | None
    closed_by: Named | None
    closed_at: dt.datetime | None
    false_alarm_reason: FalseAlarmReason | None
    take_by: dt.datetime | None = Field(description="When it goes to the supervisor if nobody takes it; null: never.")
    escalated_at: dt.datetime | None = Field(description="When it went to the supervisor.")
    version: int
    recordings: list[RecordingView]


class LogLine(View):
    """One line of an alert's log."""

    at: dt.datetime
    kind: LogKind
    member: Named | None
    to_member: Named | None
    text: str


class Sighting(View):
    """A member has opened the alert's page."""

    member: Named
    at: dt.datetime


class ClipTimes(View):
    """When the frames of the clip are shown."""

    began_at: dt.datetime | None = Field(description="When the first frame was captured.")
    frames: list[int] = Field(description="When each frame is shown, in ms from the clip's start.")


class AlertDetail(AlertView):
    """An alert with its log, what its rule said when it fired, who has seen it, and the times of its clip's frames."""

    log: list[LogLine]
    rule_sentence: dict[str, str] = Field(
        description="Language code to the rule's sentence as it was; empty for a rule of before versions were kept."
    )
    seen_by: list[Sighting]
    clip_times: ClipTimes | None


class SimilarBefore(View):
    """What like this alert came before it: of its rule, or of its camera and kind."""

    days: int
    total: int
    false_alarms: int
    resolved: int
    alerts: list[AlertView] = Field(description="The newest of them.")


class AlertSeen(Payload):
    """A member has opened an alert's page for the first time."""

    kind: Literal["alert.seen"] = "alert.seen"
    alert: UUID
    member: Named
    at: dt.datetime


class AlertRaised(Payload, AlertView):
    """An alert was committed."""

    kind: Literal["alert.raised"] = "alert.raised"


class AlertChanged(Payload, AlertView):
    """Something about an alert changed: an answer, the situation's end, a recording's fate."""

    kind: Literal["alert.changed"] = "alert.changed"


class RecordingReady(Payload):
    """A snapshot or clip can be had."""

    kind: Literal["recording.ready"] = "recording.ready"
    alert: UUID
    recording: RecordingView


class RuleChanged(Payload):
    """A rule was added, changed, switched or removed."""

    kind: Literal["rule.changed"] = "rule.changed"
    rule: UUID
    camera: UUID
    state: RuleState
    version: int
    removed: bool


class RuleExpiring(Payload):
    """A rule ends soon unless it is renewed."""

    kind: Literal["rule.expiring"] = "rule.expiring"
    rule: UUID
    camera: UUID
    name: str
    expires_at: dt.datetime


def named(member: Member) -> Named:
    """A member as a name."""
    return Named(id=member.pk, name=member.display_name)


def _named(member: Member | None) -> Named | None:
    return None if member is None else named(member)


def recording_view(recording: Recording) -> RecordingView:
    """A recording as the API shows it."""
    return RecordingView(
        id=recording.pk,
        kind=RecordingKind(recording.kind),
        ready=recording.is_ready,
        failed=RecordingFailure(recording.failed) if recording.failed else None,
        expires_at=recording.expires_at,
        destroyed_at=recording.destroyed_at,
    )


def _why(stored: dict[str, JsonValue]) -> Why:
    code, params = stored["code"], stored["params"]
    if not isinstance(code, str) or not isinstance(params, dict):
        raise TypeError("An alert's why is a code and parameters.")
    text: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            text[language] = why_text(code, params)
    return Why(code=code, params=params, text=text)


def _fields(alert: Alert) -> dict[str, object]:
    return {
        "id": alert.pk,
        "site": Named(id=alert.site_id, name=alert.site.name),
        "camera": Named(id=alert.camera_id, name=alert.camera.name),
        "area": alert.area_name,
        "rule": AlertRule(id=alert.rule_id, name=alert.rule_name, version=alert.rule_version),
        "severity": alert.severity,
        "state": AlertState(alert.state),
        "why": _why(alert.why),
        "captured_at": alert.captured_at,
        "raised_at": alert.raised_at,
        "committed_at": alert.committed_at,
        "last_seen_at": alert.last_seen_at,
        "ended_at": alert.ended_at,
        "assigned_to": _named(alert.assigned_to),
        "acknowledged_by": _named(alert.acknowledged_by),
        "acknowledged_at": alert.acknowledged_at,
        "closed_by": _named(alert.closed_by),
        "closed_at": alert.closed_at,
        "false_alarm_reason": FalseAlarmReason(alert.false_alarm_reason) if alert.false_alarm_reason else None,
        "take_by": alert.take_by,
        "escalated_at": alert.escalated_at,
        "version": alert.version,
        "recordings": [recording_view(one) for one in sorted(alert.recordings.all(), key=lambda one: one.kind)],
    }


def alert_view(alert: Alert) -> AlertView:
    """An alert as lists show it. Prefetch with `alerts.selectors.shown`."""
    return AlertView.model_validate(_fields(alert))


def alert_detail(alert: Alert) -> AlertDetail:
    """An alert with its log, who has seen it and its clip's times. Prefetch with `alerts.selectors.alerts_with_log`."""
    clip = next((one for one in alert.recordings.all() if one.kind == RecordingKind.CLIP and one.is_ready), None)
    return AlertDetail.model_validate(
        {
            **_fields(alert),
            "log": [_log_line(line) for line in alert.log.all()],
            "rule_sentence": _rule_sentence(alert),
            "seen_by": [Sighting(member=named(one.member), at=one.at) for one in alert.sightings.all()],
            "clip_times": ClipTimes(began_at=clip.began_at, frames=clip.frames) if clip and clip.frames else None,
        }
    )


def _rule_sentence(alert: Alert) -> dict[str, str]:
    version = RuleVersion.objects.filter(rule=alert.rule_id, version=alert.rule_version).first()
    if version is None:
        return {}
    return {language: rule_versions.sentence(version, language) for language, _name in settings.LANGUAGES}


def _log_line(line: AlertLog) -> LogLine:
    return LogLine(
        at=line.at,
        kind=LogKind(line.kind),
        member=_named(line.member),
        to_member=_named(line.to_member),
        text=line.text,
    )


def alert_raised(alert: Alert) -> AlertRaised:
    """The event of a new alert."""
    return AlertRaised.model_validate(_fields(alert))


def alert_changed(alert: Alert) -> AlertChanged:
    """The event of a change."""
    return AlertChanged.model_validate(_fields(alert))
