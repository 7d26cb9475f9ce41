"""What alerts say to browsers: each event with the right it asks for, at the site it belongs to."""

from __future__ import annotations

from alerts import wire
from alerts.models import Alert, AlertSighting, Recording, Rule, RuleState
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import publish
from soc.people.rights import Right


def shown(alert: Alert) -> Alert:
    """The alert again, with everything its view reads."""
    return (
        Alert.objects.select_related("site", "camera", "assigned_to", "acknowledged_by", "closed_by")
        .prefetch_related("recordings")
        .get(pk=alert.pk)
    )


def raised(alert: Alert) -> None:
    """Tell of a new alert. Last in the transaction. Its site and camera are known to it, so nothing is read again."""
    _publish(alert, wire.alert_raised(alert))


def changed(alert: Alert) -> None:
    """Tell of a change of an alert. Last in the transaction."""
    _publish(alert, wire.alert_changed(shown(alert)))


def seen(sighting: AlertSighting) -> None:
    """Tell colleagues who has opened an alert. Last in the transaction."""
    _publish(
        sighting.alert,
        wire.AlertSeen(alert=sighting.alert_id, member=wire.named(sighting.member), at=sighting.at),
    )


def recording_ready(recording: Recording) -> None:
    """Tell that a snapshot or clip can be had. Last in the transaction."""
    _publish(recording.alert, wire.RecordingReady(alert=recording.alert_id, recording=wire.recording_view(recording)))


def rule_changed(rule: Rule) -> None:
    """Tell of a change of a rule. Last in the transaction."""
    payload = wire.RuleChanged(
        rule=rule.pk,
        camera=rule.camera_id,
        state=RuleState(rule.state),
        version=rule.version,
        removed=rule.removed_at is not None,
    )
    publish(Event(rule.organisation_id, payload, Right.SEE_RULES, rule.camera.site_id))


def rule_expiring(rule: Rule) -> None:
    """Tell those who may renew it that a rule ends soon. Last in the transaction."""
    payload = wire.RuleExpiring(rule=rule.pk, camera=rule.camera_id, name=rule.name, expires_at=rule.expires_at)
    publish(Event(rule.organisation_id, payload, Right.MANAGE_RULES, rule.camera.site_id))


def _publish(alert: Alert, payload: Payload) -> None:
    publish(Event(alert.organisation_id, payload, Right.SEE_ALERTS, alert.site_id))
