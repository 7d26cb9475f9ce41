"""Who has seen an alert: written down and told the first time a member opens its page."""

from __future__ import annotations

from django.db import transaction

from alerts import feed
from alerts.models import Alert, AlertSighting
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member


@transaction.atomic
def see(alert: Alert, *, actor: Member) -> AlertSighting:
    """`actor` opened the alert's page. Again changes nothing."""
    sighting, first = AlertSighting.objects.get_or_create(
        alert=alert, member=actor, defaults={"organisation_id": alert.organisation_id, "at": clock.now()}
    )
    if first:
        record(alert.organisation_id, Action.ALERT_SEEN, actor=actor, subject=alert, site_id=alert.site_id)
        feed.seen(sighting)
    return sighting
