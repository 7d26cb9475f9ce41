"""How many alarms and messages of plain alerts an organisation sends in a minute, so that a broken rule cannot text a town.

A plan's messages do not come here: whoever started it decided. What is let through is written down for a minute, under the
lock of the organisation's row, so that no two alerts that come at once are both the last one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from alerts.deliveries import feed
from alerts.deliveries.models import Limits, Spent
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member, Organisation
from soc.people.rights import Right
from soc.people.scope import Everywhere, reach
from soc.refusals import Refusal, Status

WINDOW = dt.timedelta(minutes=1)
LOWEST, MOST_ALARMS, MOST_DELIVERIES = 1, 1_000, 1_000_000
_QUIET = dt.timedelta(minutes=5)
"""After so long without anything held back, the next time is told anew."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What may leave now.

    Args:
        alarm: the alarm itself; without it nothing of it may.
        deliveries: how many of those that were asked for.
        tell: agents are to be told (`tell`): something is held back, for the first time in a while.
    """

    alarm: bool
    deliveries: int
    tell: bool


def of(organisation: UUID) -> Limits:
    """The organisation's limits; a row that is not kept while they are the usual ones."""
    return Limits.objects.filter(pk=organisation).first() or Limits(organisation_id=organisation)


@transaction.atomic
def spend(organisation: UUID, deliveries: int, *, alarm: bool) -> Granted:
    """Let through what fits into this minute, and write it down; what does not is journalled, once in a while.

    Args:
        organisation: whose.
        deliveries: how many there are to send.
        alarm: it is an alert's first word; else another way of one that was let through.
    """
    Limits.objects.get_or_create(organisation_id=organisation)
    limits = Limits.objects.select_for_update().get(pk=organisation)
    now = clock.now()
    rows = Spent.objects.filter(organisation=organisation)
    rows.filter(at__lte=now - WINDOW).delete()
    spent = rows.aggregate(alarms=Sum("alarms", default=0), deliveries=Sum("deliveries", default=0))
    passes = not alarm or spent["alarms"] < limits.alarms
    granted = min(deliveries, max(0, limits.deliveries - spent["deliveries"])) if passes else 0
    if passes and (alarm or granted):
        Spent.objects.create(organisation_id=organisation, at=now, alarms=int(alarm), deliveries=granted)
    tell = False
    if not passes or granted < deliveries:
        tell = limits.over_at is None or now - limits.over_at > _QUIET
        limits.over_at = now
        limits.save(update_fields=["over_at"])
        if tell:
            record(
                organisation,
                Action.LIMIT_REACHED,
                details={"alarms": limits.alarms, "deliveries": limits.deliveries},
            )
    return Granted(passes, granted, tell)


def tell(organisation: UUID) -> None:
    """Tell agents that messages are held back. Last in the transaction."""
    feed.limit_reached(of(organisation))


@transaction.atomic
def change(changes: Mapping[str, int], *, version: int, actor: Member) -> Limits:
    """Change the limits; they hold from now on.

    Args:
        changes: `alarms`, `deliveries` or both, a minute.
        version: that was seen.
        actor: who changes them.

    Raises:
        Refusal: the actor administers some sites only, or a colleague was first.
    """
    if not isinstance(reach(actor, Right.MANAGE_CHANNELS), Everywhere):
        raise Refusal(
            "not_everywhere",
            _("These limits hold for the whole organisation: only who administers all its sites can change them."),
            status=Status.FORBIDDEN,
        )
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation_id)  # there may be no row to lock
    limits = of(actor.organisation_id)
    if limits.version != version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed these limits since you looked. Look at them again."),
            status=Status.CONFLICT,
        )
    before = {name: getattr(limits, name) for name in changes}
    Limits.objects.update_or_create(organisation_id=actor.organisation_id, defaults={**changes, "version": version + 1})
    record(
        actor.organisation_id,
        Action.LIMITS_CHANGED,
        actor=actor,
        details={"before": before, "after": dict(changes)},
    )
    return of(actor.organisation_id)
