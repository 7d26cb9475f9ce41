"""Messages, how each reaches a person, and whom a rule tells."""

from __future__ import annotations

import datetime as dt
from typing import Any

from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries.models import AlertNotice, Delivery, DeliveryState, Message, NoticePerson
from alerts.deliveries.texts import Offered, Texts
from soc import clock
from soc.people.directory.models import Person
from tests.factories.alerts import RuleFactory
from tests.factories.base import typed
from tests.factories.directory import PersonFactory
from tests.factories.people import OrganisationFactory


class _Message(DjangoModelFactory[Message]):
    """A message in English and French, with two answers."""

    class Meta:
        model = Message

    organisation = SubFactory(OrganisationFactory)
    asker = Sequence(lambda n: f"test:{n}")
    reference = Sequence(lambda n: f"T-{n}")
    texts = LazyFunction(
        lambda: {
            "en": Texts(text="Go inside.", short="Go inside.", spoken="Go inside.").model_dump(mode="json"),
            "fr": Texts(text="Rentrez.", short="Rentrez.", spoken="Rentrez.").model_dump(mode="json"),
        }
    )
    answers = LazyFunction(
        lambda: [
            Offered(key="1", kind=AnswerKind.SAFE, words={}).model_dump(mode="json"),
            Offered(key="2", kind=AnswerKind.HELP, words={}).model_dump(mode="json"),
        ]
    )
    answers_until = LazyFunction(lambda: clock.now() + dt.timedelta(days=2))


class _Delivery(DjangoModelFactory[Delivery]):
    """An SMS that left: ``DeliveryFactory(message=message, person=marie)``."""

    class Meta:
        model = Delivery

    message = SubFactory(_Message)
    organisation = SelfAttribute("message.organisation")
    person = SubFactory(PersonFactory, organisation=SelfAttribute("..organisation"))
    recipient = LazyAttribute(lambda row: str(row.person.pk))
    channel = Channel.SMS
    address = Sequence(lambda n: f"+3362{n:07d}")
    language = SelfAttribute("person.language")
    state = DeliveryState.SENT
    tries = 1
    due_at = LazyFunction(clock.now)
    sent_at = LazyFunction(clock.now)


class _AlertNotice(DjangoModelFactory[AlertNotice]):
    """An SMS to people of the directory at once: ``AlertNoticeFactory(rule=rule, people=[marie])``."""

    class Meta:
        model = AlertNotice

    rule = SubFactory(RuleFactory)
    organisation = SelfAttribute("rule.organisation")
    name = Sequence(lambda n: f"Notice {n}")
    ways = LazyFunction(lambda: [{"channel": "sms", "after_s": 0}])

    @classmethod
    def _create(cls, model_class: type[AlertNotice], *args: Any, **kwargs: Any) -> AlertNotice:
        people: list[Person] = kwargs.pop("people", [])
        notice = model_class.objects.create(*args, **kwargs)
        for person in people:
            NoticePerson.objects.create(organisation=notice.organisation, notice=notice, person=person)
        return notice


MessageFactory = typed(_Message)
DeliveryFactory = typed(_Delivery)
AlertNoticeFactory = typed(_AlertNotice)
