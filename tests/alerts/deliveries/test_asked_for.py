"""A receipt that never comes is asked for, at the provider by whose account the message left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from alerts.channels import secrets
from alerts.channels.base import Channel, Failure
from alerts.channels.models import ProviderAccount
from alerts.deliveries import reconciling, services
from alerts.deliveries.carriers import carriers
from alerts.deliveries.models import Delivery, DeliveryState
from soc import clock
from tests.alerts.deliveries.test_sending import asked, owed, work
from tests.factories import PersonFactory, ProviderAccountFactory
from tests.peers.twilio_server import Twilio

pytestmark = pytest.mark.django_db


@pytest.fixture
def twilio(twilio_described: None) -> Iterator[Twilio]:
    """Twilio's stand-in, which cannot call back: the installation has no PUBLIC_URL."""
    with Twilio() as stand_in:
        yield stand_in


@pytest.fixture
def account(twilio: Twilio) -> ProviderAccount:
    settings = twilio.settings()
    sealed = secrets.seal({"auth_token": settings.pop("auth_token")})
    made: ProviderAccount = ProviderAccountFactory(channel=Channel.SMS, kind="twilio", settings=settings, sealed=sealed)
    return made


def test_a_receipt_that_never_comes_is_asked_for(twilio: Twilio, account: ProviderAccount) -> None:
    organisation = account.organisation
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation))])
    assert work(*carriers(organisation.pk, Channel.SMS)) == 1
    (message,) = twilio.messages
    assert reconciling.ask_for_receipts() == 0
    clock.move(dt.timedelta(seconds=31))
    assert reconciling.ask_for_receipts() == 1
    assert Delivery.objects.get().state == DeliveryState.SENT, "the provider does not know yet"
    twilio.fail(message, 30003)
    clock.move(dt.timedelta(seconds=61))
    assert reconciling.ask_for_receipts() == 1
    row = Delivery.objects.get()
    assert (row.state, row.failure) == (DeliveryState.FAILED, Failure.UNREACHABLE)


def test_who_received_it_is_known_without_a_callback(twilio: Twilio, account: ProviderAccount) -> None:
    organisation = account.organisation
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation))])
    work(*carriers(organisation.pk, Channel.SMS))
    twilio.deliver(twilio.messages[0])
    clock.move(dt.timedelta(seconds=31))
    assert reconciling.ask_for_receipts() == 1
    assert Delivery.objects.get().state == DeliveryState.DELIVERED
    clock.move(dt.timedelta(seconds=61))
    assert reconciling.ask_for_receipts() == 0, "what is known is not asked for"
