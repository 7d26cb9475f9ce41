"""Within what time an alert must be taken, by severity: the organisation's own, or sensible defaults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alerts.models import Severity, TakeTimes
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member, Organisation
from soc.people.rights import Right
from soc.people.scope import Everywhere, reach
from soc.refusals import Refusal, Status

DEFAULTS: Mapping[Severity, int | None] = {
    Severity.CRITICAL: 60,
    Severity.HIGH: 180,
    Severity.MEDIUM: 600,
    Severity.LOW: None,
}
FIELDS = {severity: f"{severity.name.lower()}_s" for severity in reversed(Severity)}
SHORTEST_S, LONGEST_S = 10, 24 * 3600


def of(organisation: UUID) -> TakeTimes:
    """The organisation's times; a row that is not kept while they are the defaults."""
    kept = TakeTimes.objects.filter(organisation=organisation).first()
    return kept or TakeTimes(organisation_id=organisation, **{FIELDS[one]: time for one, time in DEFAULTS.items()})


def take_by(organisation: UUID, severity: int, since: dt.datetime) -> dt.datetime | None:
    """When an alert that people see since `since` goes to the supervisor; ``None``: never."""
    seconds: int | None = getattr(of(organisation), FIELDS[Severity(severity)])
    return None if seconds is None else since + dt.timedelta(seconds=seconds)


@transaction.atomic
def change(changes: Mapping[str, int | None], *, version: int, actor: Member) -> TakeTimes:
    """Change some of the times. They hold for alerts from now on.

    Raises:
        Refusal: the actor administers some sites only, or a colleague was first.
    """
    if not isinstance(reach(actor, Right.MANAGE_RULES), Everywhere):
        raise Refusal(
            "not_everywhere",
            _("These times hold for the whole organisation: only who administers all its sites can change them."),
            status=Status.FORBIDDEN,
        )
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)  # there may be no row yet to lock
    times = of(actor.organisation_id)
    if times.version != version:
        raise Refusal(
            "times_changed",
            _("A colleague has changed these times since you looked. Look at them again."),
            status=Status.CONFLICT,
        )
    before = {field: getattr(times, field) for field in changes}
    for field, seconds in changes.items():
        setattr(times, field, seconds)
    times.version += 1
    times.save()
    record(
        actor.organisation_id,
        Action.TAKE_TIMES_CHANGED,
        actor=actor,
        details={"before": before, "after": dict(changes)},
    )
    return times
