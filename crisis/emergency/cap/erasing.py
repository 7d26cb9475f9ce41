"""CAP messages, given out and received, go after the days that the organisation set; that there was one stays in the journal."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from alerts.deliveries.erasing import kept_since
from crisis.emergency.models import CapMessage
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people.models import Organisation

_ROWS = 200


def erase_old() -> int:
    """Delete what is older than its organisation keeps it and has run out, in every organisation; how many messages."""
    return sum(_erase_old(organisation) for organisation in Organisation.objects.all())


def _erase_old(organisation: Organisation) -> int:
    before, erased = kept_since(organisation.pk), 0
    over = Q(expires_at=None) | Q(expires_at__lt=clock.now())
    old = CapMessage.objects.filter(over, organisation=organisation, created_at__lt=before)
    while ids := list(old.order_by("created_at").values_list("pk", flat=True)[:_ROWS]):
        with transaction.atomic():
            CapMessage.objects.filter(pk__in=ids).delete()
            told: dict[str, Json] = {"messages": len(ids), "written_before": before.isoformat()}
            record(organisation, Action.CAP_ERASED, details=told)
        erased += len(ids)
    return erased
