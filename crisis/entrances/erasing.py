"""What people said and wrote by ways in goes after the organisation's days, or with who said it; what came of it stays.

What stays of each call: by which entrance it came, when, what it did and to which activation, under the key by which the same
came in once; and which member pressed, as in the journal. What belongs to a plan whose words are kept still
(`crisis.activations.erasing`) stays as long. First gestures at a button, which last for seconds, are deleted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from alerts.deliveries import erasing as outbox
from crisis.entrances.models import Entrance, EntranceCall, Press
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.journal.services import Json, erase_personal, record
from soc.people.directory.models import Person
from soc.people.models import Organisation

_CALLS = 500
_TOLD: Final = (Action.ENTRANCE_CALLED, Action.ENTRANCE_REFUSED)
_WITHIN: Final = dt.timedelta(minutes=10)
"""A call and its entry are written in one transaction, which is never so long."""


def erase_old() -> int:
    """Erase what is older than its organisation keeps it, in every organisation; how many calls."""
    return sum(_erase_old(organisation) for organisation in Organisation.objects.all())


def forget_person(person: Person) -> Collection[int]:
    """Forget what somebody said who is erased, also of a plan under way: where help is needed stands in its call for help.

    Returns:
        The journal's entries about these calls.
    """
    calls = list(EntranceCall.objects.filter(person=person, erased_at=None))
    _empty(calls)
    return list(_entries(calls).values_list("pk", flat=True))


def _erase_old(organisation: Organisation) -> int:
    before, erased = outbox.kept_since(organisation.pk), 0
    while found := list(_due(organisation, before)[:_CALLS]):
        with transaction.atomic():
            told = list(_entries(found).filter(personal__isnull=False).values_list("pk", flat=True))
            if told:
                erase_personal(organisation, told, reason="retention")
            _empty(found, person=None)
            details: dict[str, Json] = {"calls": len(found), "written_before": before.isoformat()}
            record(organisation, Action.ENTRANCE_ERASED, details=details)
        erased += len(found)
    Press.objects.filter(organisation=organisation, made_at__lt=before).delete()
    return erased


def _due(organisation: Organisation, before: dt.datetime) -> QuerySet[EntranceCall]:
    done_with = Q(activation=None) | Q(activation__erased_at__isnull=False)
    rows = EntranceCall.objects.filter(done_with, organisation=organisation, at__lt=before, erased_at=None)
    return rows.order_by("at")


def _empty(calls: Sequence[EntranceCall], **more: None) -> None:
    """The digest of a body too: short words can be guessed from it."""
    rows = EntranceCall.objects.filter(pk__in=[call.pk for call in calls])
    rows.update(said="", sender="", digest="", erased_at=clock.now(), **more)


def _entries(calls: Sequence[EntranceCall]) -> QuerySet[Entry]:
    """What the journal tells of these calls, of one organisation."""
    if not calls:
        return Entry.objects.none()
    times = [call.at for call in calls]
    return Entry.objects.filter(
        organisation=calls[0].organisation_id,
        at__gte=min(times),
        at__lt=max(times) + _WITHIN,
        subject_kind=Entrance._meta.label_lower,
        action__in=_TOLD,
        details__call__in=[call.pk for call in calls],
    )
