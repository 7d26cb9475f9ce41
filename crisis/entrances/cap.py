"""A CAP message came: which entrances it concerns, and what each makes of it.

`Actual` asks or starts, `Exercise` begins a drill where the entrance says so, everything else does nothing. An update or a
cancellation joins what an earlier message has made, and starts nothing of its own; an update of one that made nothing is looked
at like a new one.
"""

from __future__ import annotations

import structlog
from django.db import transaction

from crisis.emergency.cap.reading import read
from crisis.emergency.cap.values import CapAlert, Info, MessageType, Reference, Status
from crisis.emergency.models import CapMessage, Direction
from crisis.entrances import entering, selectors
from crisis.entrances.entering import Came
from crisis.entrances.models import Entrance, EntranceCall, EntranceKind, EntranceOutcome
from crisis.entrances.settings import CapSettings
from soc import clock
from soc.refusals import Refusal

log = structlog.get_logger(__name__)


def came(message: CapMessage) -> None:
    """Take a message in, in the transaction that keeps it: no entrance that refuses undoes the message."""
    if message.direction != Direction.IN:
        return
    entrances = selectors.opened(message.organisation_id, EntranceKind.CAP)
    if message.site_id is not None:
        entrances = entrances.filter(site=message.site_id)
    alert = read(bytes(message.document))
    for entrance in entrances:
        _by(entrance, message, alert)


def _by(entrance: Entrance, message: CapMessage, alert: CapAlert) -> None:
    settings = CapSettings.model_validate(entrance.settings)
    if settings.senders and message.received_from_id not in settings.senders:
        return
    said = message.headline or message.event
    earlier = _earlier(entrance, alert)
    about = earlier.activation if earlier is not None else None
    came = Came(f"cap:{message.pk}", said=said, about=about, drill=alert.status is Status.EXERCISE)
    if alert.status is Status.ACTUAL or (alert.status is Status.EXERCISE and settings.exercises):
        told_anew = alert.msg_type in (MessageType.ALERT, MessageType.UPDATE)
        if about is None and not (told_anew and any(_concerns(settings, info) for info in alert.infos)):
            return
        try:
            with transaction.atomic():
                entering.enter(entrance, came)
        except Refusal as refusal:
            log.warning("entrance.cap_refused", entrance=str(entrance.pk), reason=refusal.code)
            entering.refused(entrance, refusal.code, came)
    elif alert.msg_type is MessageType.ALERT and any(_concerns(settings, info) for info in alert.infos):
        entering.nothing(entrance, came, f"cap_{alert.status.value.lower()}")


def _earlier(entrance: Entrance, alert: CapAlert) -> EntranceCall | None:
    """What an earlier message that this one is about has made by the entrance."""
    for one in alert.references:
        message = _message(entrance, one)
        made = EntranceCall.objects.filter(entrance=entrance, activation__isnull=False).exclude(
            outcome=EntranceOutcome.REFUSED
        )
        found = made.select_related("activation").filter(key=f"cap:{message.pk}").first() if message else None
        if found is not None:
            return found
    return None


def _message(entrance: Entrance, named: Reference) -> CapMessage | None:
    rows = CapMessage.objects.filter(organisation=entrance.organisation_id, direction=Direction.IN)
    return rows.filter(sender=named.sender, identifier=named.identifier, sent_at=named.sent).first()


def _concerns(settings: CapSettings, info: Info) -> bool:
    """Whether a part of a message counts: severe enough, about one of the events, and not over."""
    if info.expires is not None and info.expires <= clock.now():
        return False
    if settings.severities and info.severity not in settings.severities:
        return False
    event = info.event.casefold()
    return not settings.events or any(wanted.casefold() in event for wanted in settings.events)
