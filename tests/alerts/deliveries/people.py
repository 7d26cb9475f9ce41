"""What tests of the outbox share: somebody who was sent a message, and members who ask for something."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.db.models.functions import Now
from rest_framework.test import APIClient

from alerts.channels.base import Reply
from alerts.deliveries.models import Delivery, Message
from soc import clock
from soc.people.models import Member, Organisation
from soc.people.rights import Role
from tests.factories import DeliveryFactory, MemberFactory, MessageFactory, PersonFactory

NUMBER = "+33612345678"


def client(member: Member | None = None, language: str = "en") -> APIClient:
    """A browser of a member, or of nobody."""
    made = APIClient(headers={"accept-language": language})
    if member is not None:
        made.force_authenticate(member)
    return made


def agent(organisation: Organisation) -> Member:
    """Who directs, at every site."""
    return MemberFactory(organisation=organisation, roles=[Role.AGENT])


def sent(organisation: Organisation, number: str = NUMBER, message: Message | None = None, **more: Any) -> Delivery:
    """An SMS that left, to a person of its own."""
    person = more.pop("person", None) or PersonFactory(organisation=organisation)
    to = message or MessageFactory(organisation=organisation)
    return DeliveryFactory(message=to, person=person, address=number, **more)


_numbers = itertools.count(1)


def text(words: str, number: str = NUMBER, *, provider_id: str = "", in_reply_to: str = "") -> Reply:
    """A text as a provider hands it over."""
    return Reply(provider_id or f"SM{next(_numbers)}", number, words, clock.now(), in_reply_to)


def run_out() -> None:
    """End the claims of senders that were killed: they are timed by the database's clock, which no test moves."""
    Delivery.objects.exclude(claimed_until=None).update(claimed_until=Now() - dt.timedelta(seconds=1))
