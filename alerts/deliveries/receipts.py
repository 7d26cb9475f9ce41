"""What providers say became of messages: late, twice, in any order, and harmless so."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import transaction

from alerts.channels.base import Channel, Failure, Receipt, ReceiptState, Retry, SendFailed
from alerts.deliveries import retrying
from alerts.deliveries.carriers import carriers
from alerts.deliveries.models import Attempt, Delivery, DeliveryState, Outcome
from alerts.deliveries.services import ROUND
from soc import clock
from soc.rounds import wake

log = structlog.get_logger(__name__)

_MAY_ARRIVE_ELSEWHERE = (Failure.UNREACHABLE, Failure.REFUSED, Failure.PROVIDER_DOWN, Failure.ACCOUNT)


@transaction.atomic
def take(organisation: UUID, account: UUID | None, said: Receipt) -> bool:
    """Take a receipt.

    Args:
        organisation: whose account it came to.
        account: the account.
        said: what the provider says.

    Returns:
        Whether it changed anything: a receipt that comes again, or after a better one, does not.
    """
    attempt = (
        Attempt.objects.select_related("delivery__message")
        .filter(organisation=organisation, account=account, provider_id=said.provider_id)
        .exclude(provider_id="")
        .first()
    )
    if attempt is None:
        log.info("receipt.of_nothing", organisation=str(organisation))
        return False
    row = Delivery.objects.select_for_update().get(pk=attempt.delivery_id)
    Attempt.objects.filter(pk=attempt.pk).update(receipt_at=clock.now(), **_written(said))
    if row.state == DeliveryState.DELIVERED or row.state == DeliveryState.WITHDRAWN:
        return False
    if said.state is ReceiptState.DELIVERED:
        row.state, row.delivered_at, row.ask_at, row.failure = DeliveryState.DELIVERED, said.at, None, ""
        row.save(update_fields=["state", "delivered_at", "ask_at", "failure"])
        return True
    newest = attempt.number == row.tries
    if said.state is ReceiptState.FAILED and newest and row.state in (DeliveryState.SENT, DeliveryState.SENDING):
        _did_not_arrive(row, attempt, said)
        return True
    return False


def _written(said: Receipt) -> dict[str, str]:
    if said.state is not ReceiptState.FAILED:
        return {}
    failure = said.failure or Failure.UNREACHABLE
    return {"failure": failure, "detail": said.detail[:255], "outcome": Outcome.FAILED}


def _did_not_arrive(row: Delivery, attempt: Attempt, said: Receipt) -> None:
    """Another provider is tried where that may help."""
    failure = said.failure or Failure.UNREACHABLE
    providers = len(carriers(row.organisation_id, Channel(row.channel)))
    elsewhere = failure in _MAY_ARRIVE_ELSEWHERE and providers > 1
    unsent = SendFailed(failure, Retry.ELSEWHERE if elsewhere else Retry.NEVER)
    again = retrying.again_at(unsent, tries=attempt.number, providers=providers, message=attempt.delivery.message)
    row.failure, row.ask_at = failure, None
    row.state = DeliveryState.FAILED if again is None else DeliveryState.PENDING
    row.due_at = row.due_at if again is None else again
    row.save(update_fields=["state", "failure", "ask_at", "due_at"])
    if again is not None:
        row.message.done_at = None
        row.message.save(update_fields=["done_at"])
        wake(ROUND)
