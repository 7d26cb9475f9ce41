"""The clocks of alerts: retention, situations that nobody watches any more, rules that end, alerts that nobody takes.

Escalation does not wait for the broker: each responder looks into the database each second by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import structlog
from celery import shared_task
from django.db import transaction

from alerts import feed, lawful, orphanage, raising, recordings
from alerts.desk import spool_folder
from alerts.escalation import escalate_due
from alerts.models import Rule, RuleState, RuleTrial, RuleTrialHit
from alerts.rule_services import switch_off
from soc import clock
from soc.rounds import Act

log = structlog.get_logger(__name__)

HITS_KEPT = dt.timedelta(days=30)
TRIALS_KEPT = dt.timedelta(hours=1)
#: How long before its end a rule's administrators are told.
TOLD_BEFORE = dt.timedelta(days=14)

_HOUR = 3600.0
BEAT: Mapping[str, Any] = {
    "alerts-retention": {"task": "alerts.tasks.retention", "schedule": _HOUR, "options": {"expires": _HOUR}},
    "alerts-situations": {"task": "alerts.tasks.situations", "schedule": 20.0, "options": {"expires": 20.0}},
    "alerts-interrupted": {"task": "alerts.tasks.interrupted", "schedule": 300.0, "options": {"expires": 300.0}},
    "alerts-rules": {"task": "alerts.tasks.rules", "schedule": _HOUR, "options": {"expires": _HOUR}},
}
ROUNDS: Mapping[str, Act] = {"alerts-deadlines": escalate_due}


@shared_task
def retention() -> None:
    """Destroy what has expired, in every copy; the register stays. Forget old trials and silent hits."""
    destroyed = recordings.destroy_expired()
    now = clock.now()
    RuleTrial.objects.filter(asked_at__lt=now - TRIALS_KEPT).delete()
    RuleTrialHit.objects.filter(at__lt=now - HITS_KEPT).delete()
    log.info("retention.done", destroyed=destroyed)


@shared_task
def situations() -> None:
    """End situations whose watcher vanished, and adopt what dead processes of this machine left."""
    orphanage.adopt(spool_folder())
    raising.end_stale()


@shared_task
def interrupted() -> None:
    """Write down which recordings never came."""
    recordings.note_interrupted()


@shared_task
def rules() -> None:
    """Switch off rules that ended or that the law no longer allows; tell of those that end soon."""
    now = clock.now()
    running = Rule.objects.select_related("camera__organisation").filter(removed_at=None).exclude(state=RuleState.OFF)
    for rule in running:
        if rule.camera.removed_at is not None:
            switch_off(rule, "camera_removed")
        elif rule.expires_at <= now:
            switch_off(rule, "expired")
        elif rule.state == RuleState.ON and lawful.refusals(rule):
            switch_off(rule, "not_lawful")
        elif rule.expiry_told_at is None and rule.expires_at <= now + TOLD_BEFORE:
            _tell(rule)


@transaction.atomic
def _tell(rule: Rule) -> None:
    told = Rule.objects.filter(pk=rule.pk, expiry_told_at=None).update(expiry_told_at=clock.now())
    if told:
        feed.rule_expiring(rule)
