"""A monitor outside is asked for every minute, as long as nothing that people are owed is late; it raises the alarm when not.

Its silence is what says that something is wrong, so in doubt nothing is sent: when the outbox was not found clean by a
reconciliation of that same minute, when a step, a decision or a script is late, and when this cannot be told.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

import httpx
import structlog
from django.db import transaction

from alerts.channels import network
from alerts.deliveries import reconciling
from alerts.deliveries.models import NoticeRun, OutsideMonitor
from crisis.activations.kinds import ActivationState, StepState
from crisis.activations.models import Activation, StepRun, Telling
from crisis.devices.models import ScriptRun
from soc import clock
from soc.config import config

log = structlog.get_logger(__name__)

ROUND = "outside-monitor"
EVERY: Final = dt.timedelta(minutes=1)
LATE_AFTER: Final = dt.timedelta(seconds=60)
PATIENCE_S: Final = 10.0
"""All of a ping, however slowly the other side speaks."""


class Why(StrEnum):
    """Why the monitor was not told, or did not take it."""

    OUTBOX = "outbox"
    STEPS = "steps"
    NOT_ALLOWED = "not_allowed"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    ANSWER = "answer"


def ping_due() -> int:
    """Tell the monitor, once a minute for the whole installation, if nothing is late; whether it was told."""
    address = config().deadman_url.get_secret_value()
    if not address or not _mine_now():
        return 0
    reconciling.reconcile()
    why = late() or _ask_for(address)
    if why is not None:
        log.warning("outside_monitor.not_told", why=why.value)
    told: dict[str, dt.datetime | str] = {"failure": why or ""}
    if why is None:
        told["succeeded_at"] = clock.now()
    OutsideMonitor.objects.filter(pk=1).update(**told)
    return int(why is None)


@transaction.atomic
def _mine_now() -> bool:
    """Whether it is time, and nobody else's to do: of all responders one asks a minute."""
    OutsideMonitor.objects.get_or_create(pk=1)
    row = OutsideMonitor.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    now = clock.now()
    if row is None or (row.tried_at is not None and now - row.tried_at < EVERY):
        return False
    row.tried_at = now
    row.save(update_fields=["tried_at"])
    return True


def late() -> Why | None:
    """What should have happened a minute ago and has not; null: nothing."""
    before = clock.now() - LATE_AFTER
    if not reconciling.standing().clean or NoticeRun.objects.filter(done_at=None, due_at__lt=before).exists():
        return Why.OUTBOX
    goes_on = (ActivationState.RUNNING, ActivationState.ASKING)
    steps = StepRun.objects.filter(state=StepState.WAITING, due_at__lt=before, activation__state__in=goes_on)
    tellings = Telling.objects.filter(done_at=None, due_at__lt=before)
    decisions = Activation.objects.filter(state=ActivationState.ASKING, decide_by__lt=before)
    scripts = ScriptRun.objects.filter(ended_at=None, next_at__lt=before)
    return Why.STEPS if any(rows.exists() for rows in (steps, tellings, decisions, scripts)) else None


def _ask_for(address: str) -> Why | None:
    try:
        where = network.pinned(address)
    except network.NotAllowed:
        return Why.NOT_ALLOWED
    except OSError:
        return Why.UNREACHABLE
    if where.url.scheme != "https" and not network.operators(ip_address(where.url.host)):
        return Why.NOT_ALLOWED  # what travels in the clear stays in the operator's own networks
    try:
        status = asyncio.run(asyncio.wait_for(_status(where), PATIENCE_S))
    except (TimeoutError, httpx.TimeoutException):
        return Why.TIMEOUT
    except httpx.HTTPError:
        return Why.UNREACHABLE
    return None if 200 <= status < 300 else Why.ANSWER


async def _status(where: network.Pinned) -> int:
    """What it answers; what it writes besides is not read, and where it sends on is not followed."""
    async with (
        httpx.AsyncClient(timeout=PATIENCE_S, follow_redirects=False, trust_env=False) as client,
        client.stream("GET", where.url, headers=where.headers, extensions=where.extensions) as answer,
    ):
        return answer.status_code
