"""What should have moved and did not: senders that died, receipts that never came, messages that are overdue.

Any number of responders do it at once; each row is one's. Only when everything is as it should be is the outside told so
(`crisis.activations.outside` asks `standing`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Now

from alerts.channels.base import Channel, Failure, Retry, SendFailed
from alerts.deliveries import receipts, retrying
from alerts.deliveries.carriers import Carrier, carriers
from alerts.deliveries.models import Attempt, Delivery, DeliveryState, Outcome
from soc import clock

log = structlog.get_logger(__name__)

OVERDUE_AFTER = dt.timedelta(seconds=60)
_MOST_AT_ONCE = 200
_ASKED_FOR = dt.timedelta(minutes=30)
"""How long a receipt is asked for: after that a message counts as sent, no more."""
_ASK_AGAIN = dt.timedelta(minutes=1)


def reconcile() -> int:
    """Take up what dead senders left and ask for receipts; how much that was."""
    return take_up() + ask_for_receipts()


def take_up() -> int:
    """What was claimed goes back untouched; what was being sent goes again, under the same reference."""
    taken = 0
    while taken < _MOST_AT_ONCE and _take_up_one():
        taken += 1
    return taken


@transaction.atomic
def _take_up_one() -> bool:
    row = (
        Delivery.objects.select_for_update(skip_locked=True)
        .filter(state__in=[DeliveryState.CLAIMED, DeliveryState.SENDING], claimed_until__lt=Now())
        .order_by("claimed_until")
        .first()
    )
    if row is None:
        return False
    if row.state == DeliveryState.SENDING:
        _lost(row)
    else:
        row.state = DeliveryState.PENDING
    row.claim = row.claimed_until = None
    row.save(update_fields=["state", "claim", "claimed_until", "due_at", "failure"])
    return True


def _lost(row: Delivery) -> None:
    """Its sender died in mid-send: nobody knows whether the person has it."""
    attempt = Attempt.objects.filter(delivery=row, outcome="").order_by("-number").first()
    if attempt is not None:
        Attempt.objects.filter(pk=attempt.pk).update(outcome=Outcome.LOST, failure=Failure.LOST, ended_at=clock.now())
    log.warning("delivery.lost", delivery=row.pk, channel=row.channel)
    providers = len(carriers(row.organisation_id, Channel(row.channel)))
    unknown = SendFailed(Failure.LOST, Retry.UNKNOWN)
    again = retrying.again_at(unknown, tries=row.tries, providers=providers, message=row.message)
    row.failure = Failure.LOST
    row.state = DeliveryState.PENDING if again is not None else DeliveryState.FAILED
    # It is late already: no pause.
    row.due_at = clock.now() if again is not None else row.due_at


def ask_for_receipts() -> int:
    """Ask providers what became of messages whose receipt did not come; how many were asked for."""
    asked = 0
    while asked < _MOST_AT_ONCE and (attempt := _next_to_ask()) is not None:
        asked += 1
        _ask(attempt)
    return asked


@transaction.atomic
def _next_to_ask() -> Attempt | None:
    """The last try of a delivery whose receipt is due, which is then due again later: whoever dies meanwhile lost nothing."""
    now = clock.now()
    row = (
        Delivery.objects.select_for_update(skip_locked=True)
        .filter(state=DeliveryState.SENT, ask_at__lte=now)
        .order_by("ask_at")
        .first()
    )
    if row is None:
        return None
    late = row.sent_at is None or now - row.sent_at > _ASKED_FOR
    row.ask_at = None if late else now + _ASK_AGAIN
    row.save(update_fields=["ask_at"])
    return Attempt.objects.filter(delivery=row, outcome=Outcome.SENT).select_related("delivery").latest("number")


def _ask(attempt: Attempt) -> None:
    carrier = _carrier_of(attempt)
    if carrier is None:
        return
    try:
        said = carrier.provider.ask(attempt.provider_id)
    except SendFailed as failure:
        log.warning("receipt.not_told", provider=attempt.provider, failure=failure.failure.value)
        return
    if said is not None:
        receipts.take(attempt.organisation_id, attempt.account, said)
    elif attempt.delivery.ask_at is None:
        log.info("receipt.never_came", provider=attempt.provider, delivery=attempt.delivery_id)


def _carrier_of(attempt: Attempt) -> Carrier | None:
    able = carriers(attempt.organisation_id, Channel(attempt.delivery.channel))
    return next((carrier for carrier in able if carrier.account == attempt.account), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox stands.

    Args:
        overdue: deliveries that should have left a minute ago, or whose sender died then and which nobody took up.
        oldest: since when the oldest of them is due.
    """

    overdue: int
    oldest: dt.datetime | None

    @property
    def clean(self) -> bool:
        """Nothing is overdue."""
        return self.overdue == 0


def standing(organisation: UUID | None = None) -> Standing:
    """What is overdue, of one organisation or of all."""
    waits = Q(state=DeliveryState.PENDING, due_at__lt=clock.now() - OVERDUE_AFTER, message__done_at=None)
    lost = Q(state__in=[DeliveryState.CLAIMED, DeliveryState.SENDING], claimed_until__lt=Now() - Value(OVERDUE_AFTER))
    late = Delivery.objects.filter(waits | lost)
    if organisation is not None:
        late = late.filter(organisation=organisation)
    oldest = late.order_by("due_at").values_list("due_at", flat=True).first()
    return Standing(overdue=late.count() if oldest else 0, oldest=oldest)
