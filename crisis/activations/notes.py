"""Notes of who is in the room: entries of the logbook, which the activation's log names."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from alerts.logbook import categories
from alerts.logbook import services as logbook
from crisis.activations import log
from crisis.activations.kinds import EventKind
from crisis.activations.models import Activation, ActivationEvent
from soc.people.models import Member

_CATEGORY = "incident"


@transaction.atomic
def note(activation: UUID, member: Member, text: str, *, place: str = "") -> ActivationEvent:
    """Write what was seen, done or decided; also once the plan is over, as an addition.

    Raises:
        Refusal: nothing was written, or the member does not write in the logbook there.
    """
    found = Activation.objects.get(pk=activation)
    own = categories.of(found.organisation_id)
    category = own.filter(key=_CATEGORY, offered=True).first() or own.filter(offered=True).first() or own[0]
    alerts = (found.alert_id,) if found.alert_id else ()
    draft = logbook.Draft(category.pk, text, found.site_id, place, alerts=alerts)
    # The line first: writing in the book publishes, which comes last.
    with transaction.atomic():
        entry = logbook.write(member, draft)
        return log.write(found, EventKind.NOTE, member=member, entry=entry)
