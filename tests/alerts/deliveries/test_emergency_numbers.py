"""No text and no call of ours goes to an emergency service, whoever asks for it and by whatever way it came into the outbox."""

from __future__ import annotations

import pytest
from django.utils import translation

from alerts.channels import services as providers
from alerts.channels.base import Channel, Failure
from alerts.channels.services import Trial
from alerts.deliveries import services
from alerts.deliveries.carriers import Carrier
from alerts.deliveries.models import Attempt, Delivery, DeliveryState
from alerts.deliveries.services import Owed
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Organisation
from soc.people.rights import Role
from tests.alerts.deliveries.test_sending import Line, asked, work
from tests.factories import MemberFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory()


@pytest.mark.parametrize("number", ["15", "17", "18", "112", "114", "+112", "+33 17", "999", "0033112"])
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
def test_what_is_owed_to_an_emergency_number_fails_at_once_and_is_journalled(
    organisation: Organisation, number: str, channel: Channel
) -> None:
    message = asked(organisation)
    owed = [Owed("contact:1", None, channel, number, "en")]
    assert [services.owe(message, owed), services.owe(message, owed)] == [1, 0]
    line = Line()
    assert work(Carrier(None, line)) == 0
    assert not line.sent
    row = Delivery.objects.get()
    assert (row.state, row.failure) == (DeliveryState.FAILED, Failure.EMERGENCY)
    assert not Attempt.objects.exists()
    entry = Entry.objects.get(action=Action.DELIVERY_REFUSED)
    assert (entry.subject_id, entry.details) == (str(message.pk), {"channel": channel.value})
    with translation.override("fr"):
        assert "secours" in str(Failure(row.failure).label)


def test_one_that_came_into_the_outbox_by_another_way_is_stopped_before_the_provider(
    organisation: Organisation,
) -> None:
    message = asked(organisation)
    person = PersonFactory(organisation=organisation)
    services.owe(message, [Owed(str(person.pk), person.pk, Channel.SMS, "+33612345678", "en")])
    Delivery.objects.update(address="112")
    line = Line()
    work(Carrier(None, line))
    assert not line.sent
    row = Delivery.objects.get()
    assert (row.state, row.failure, row.tries) == (DeliveryState.FAILED, Failure.EMERGENCY, 0)
    assert Entry.objects.filter(action=Action.DELIVERY_REFUSED).count() == 1


def test_others_of_the_same_message_leave_and_an_address_that_is_no_number_is_none(organisation: Organisation) -> None:
    message = asked(organisation)
    person = PersonFactory(organisation=organisation)
    services.owe(
        message,
        [
            Owed("contact:1", None, Channel.SMS, "18", "en"),
            Owed(str(person.pk), person.pk, Channel.SMS, "+33612345678", "en"),
            Owed("mail:1", None, Channel.EMAIL, "112@example.org", "en"),
        ],
    )
    line = Line()
    work(Carrier(None, line))
    assert sorted(sent.to for sent in line.sent) == ["+33612345678", "112@example.org"]


def test_a_test_message_of_a_provider_goes_there_neither(organisation: Organisation) -> None:
    administrator = MemberFactory(organisation=organisation, roles=[Role.ADMINISTRATOR])
    gateway = {"url": "http://127.0.0.1:9/cgi-bin/sendsms", "user_name": "vigie", "password": "secret"}
    for number, why in (
        ("112", Failure.EMERGENCY),
        ("+33 18", Failure.EMERGENCY),
        ("+33612345678", Failure.PROVIDER_DOWN),
    ):
        tried = providers.try_out(administrator, Trial(Channel.SMS, "kannel", number, gateway))
        assert (tried.ok, tried.failure) == (False, why)
    assert Entry.objects.filter(action=Action.PROVIDER_TESTED).count() == 3
