"""What providers call us with: each event by itself, as often as they like, and one that fails is told again."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from alerts.channels.base import Channel, Receipt, ReceiptState
from alerts.deliveries import callbacks, replies
from alerts.deliveries.models import Answer, Attempt, Delivery, DeliveryState, Incoming
from soc import clock
from soc.people.models import Organisation
from tests.alerts.deliveries.people import sent, text
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
ACCOUNT = uuid4()


def channel_of(_account: UUID) -> Channel:
    return Channel.SMS


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory()


def tried(organisation: Organisation, provider_id: str, account: UUID = ACCOUNT) -> Delivery:
    row = sent(organisation)
    Attempt.objects.create(
        organisation=organisation, delivery=row, number=1, provider="line", account=account, provider_id=provider_id
    )
    return row


def receipt(provider_id: str, state: ReceiptState = ReceiptState.DELIVERED) -> Receipt:
    return Receipt(provider_id, state, clock.now())


def test_receipts_and_replies_are_taken_and_replays_are_harmless(organisation: Organisation) -> None:
    take = callbacks.taker(channel_of)
    row = tried(organisation, "SM1")
    events = (receipt("SM1"), text("2"), receipt("SM1", ReceiptState.FAILED), receipt("never seen"))
    for _ in range(3):
        take(organisation.pk, ACCOUNT, events)
    row.refresh_from_db()
    assert row.state == DeliveryState.DELIVERED
    assert Answer.objects.count() == 1


def test_an_account_cannot_speak_for_another(organisation: Organisation) -> None:
    row = tried(organisation, "SM1", uuid4())
    take = callbacks.taker(channel_of)
    take(organisation.pk, ACCOUNT, (receipt("SM1"),))
    take(OrganisationFactory().pk, ACCOUNT, (receipt("SM1"),))
    row.refresh_from_db()
    assert row.state == DeliveryState.SENT


def test_one_that_fails_keeps_no_other_and_is_told_again(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = tried(organisation, "SM1")
    real = replies.take

    def fails(*_: object) -> None:
        raise LookupError("this once")

    monkeypatch.setattr(replies, "take", fails)
    take = callbacks.taker(channel_of)
    events = (text("help", "+33699999999"), receipt("SM1"))
    with pytest.raises(LookupError):
        take(organisation.pk, ACCOUNT, events)
    row.refresh_from_db()
    assert row.state == DeliveryState.DELIVERED
    monkeypatch.setattr(replies, "take", real)
    take(organisation.pk, ACCOUNT, events)
    assert Incoming.objects.get().kind == "help"
