"""What is kept of messages: words, numbers and answers in words go after the organisation's days, the register stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from alerts.channels.base import AnswerKind, Channel, Reply
from alerts.channels.simulated.models import SimulatedMessage
from alerts.deliveries import erasing, links, replies, services, tasks
from alerts.deliveries.answers import Given, give
from alerts.deliveries.carriers import carriers
from alerts.deliveries.models import Answer, Attempt, Delivery, DeliveryState, Incoming, Keeping, Message
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.people.models import Member, Organisation
from soc.people.rights import Role
from tests.alerts.deliveries.test_sending import asked, owed, people, work
from tests.factories import MemberFactory, OrganisationFactory, PersonFactory, SiteFactory

pytestmark = pytest.mark.django_db

NUMBER, WORDS = "+33612345678", "behind the red door"


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def administrator(organisation: Organisation) -> Member:
    return MemberFactory(organisation=organisation, roles=[Role.ADMINISTRATOR])


def told(organisation: Organisation, asker: str = "notice:1") -> Message:
    """A message that somebody had and answered in words."""
    person = PersonFactory(organisation=organisation, display_name="Marie Curie")
    message = asked(organisation, asker=asker)
    services.owe(message, [owed(person, NUMBER)])
    work(*carriers(organisation.pk, Channel.SMS))
    give(message, person, Given(AnswerKind.HELP, Channel.SMS, WORDS, WORDS))
    return message


def later(days: float) -> None:
    clock.move(dt.timedelta(days=days))
    tasks.retention()


def kept_of(words: str) -> list[str]:
    """Where words still stand, in whatever table."""
    tables: list[Any] = [Message, Delivery, Attempt, Answer, Incoming, SimulatedMessage, Personal]
    return [one.__name__ for one in tables for row in one.objects.values_list() if words in str(row)]


def test_after_its_time_no_copy_of_words_and_numbers_is_left_and_the_register_stays(organisation: Organisation) -> None:
    message = told(organisation)
    assert {"Message", "Answer", "Personal", "SimulatedMessage"} <= {*kept_of(WORDS), *kept_of("Intruder")}
    assert "Delivery" in kept_of(NUMBER)
    later(364)
    assert kept_of(NUMBER)

    later(2)
    for words in (NUMBER, WORDS, "intruder", "Intruder", "intrus", "Marie Curie"):
        assert kept_of(words) == [], words
    message.refresh_from_db()
    assert message.erased_at is not None
    row, answer = Delivery.objects.get(), Answer.objects.get()
    assert (row.state, row.channel, row.sent_at is not None, row.person is not None) == ("delivered", "sms", True, True)
    assert (answer.kind, answer.channel, answer.at is not None) == ("help", "sms", True)
    entry = Entry.objects.get(action=Action.MESSAGES_ERASED)
    assert entry.details["messages"] == 1
    assert Entry.objects.get(action=Action.MESSAGE_ANSWERED).details["answer"] == "help"

    later(1)
    assert Entry.objects.filter(action=Action.MESSAGES_ERASED).count() == 1, "what is erased is not looked at again"


def test_the_days_are_the_organisation_s_own_and_hold_for_what_there_is(
    organisation: Organisation, administrator: Member
) -> None:
    other: Organisation = OrganisationFactory()
    mine, theirs = told(organisation), told(other)
    client = Client()
    client.force_login(administrator)
    assert client.get("/api/message-retention/").json() == {"days": 365, "version": 1}
    body = {"days": 60, "version": 1}
    assert client.patch("/api/message-retention/", body, "application/json").json() == {"days": 60, "version": 2}
    assert client.patch("/api/message-retention/", body, "application/json").status_code == 409
    for days in (29, 3651, 0, -1, "soon"):
        answer = client.patch("/api/message-retention/", {"days": days, "version": 2}, "application/json")
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["days"])
    changed = Entry.objects.get(action=Action.MESSAGES_KEPT)
    assert changed.details == {"before": {"days_kept": 365}, "after": {"days_kept": 60}}
    later(61)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.erased_at is not None, theirs.erased_at is not None) == (True, False)


def test_only_who_administers_all_sites_changes_the_days(organisation: Organisation) -> None:
    site = SiteFactory(organisation=organisation)
    for member in (
        MemberFactory(organisation=organisation, roles=[Role.ADMINISTRATOR], site=site),
        MemberFactory(organisation=organisation, roles=[Role.SUPERVISOR]),
    ):
        client = Client()
        client.force_login(member)
        answer = client.patch("/api/message-retention/", {"days": 60, "version": 1}, "application/json")
        assert answer.status_code == 403
    assert not Keeping.objects.exists()


def test_what_waits_to_leave_or_can_be_answered_is_kept(organisation: Organisation) -> None:
    waits, open_ = told(organisation, "notice:1"), told(organisation, "notice:2")
    Delivery.objects.filter(message=waits).update(state=DeliveryState.PENDING)
    Message.objects.filter(pk=open_.pk).update(answers_until=clock.now() + dt.timedelta(days=500))
    later(366)
    assert not Message.objects.exclude(erased_at=None).exists()
    Delivery.objects.filter(message=waits).update(state=DeliveryState.FAILED)
    later(200)
    assert not Message.objects.filter(erased_at=None).exists()


def test_what_another_room_asks_for_is_left_to_it(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "_LEFT_TO", [])
    erasing.leave_to("elsewhere:")
    erasing.leave_to("elsewhere:")
    mine, theirs = told(organisation, "notice:1"), told(organisation, "elsewhere:1")
    later(366)
    assert list(Message.objects.filter(erased_at=None)) == [theirs]
    assert mine != theirs


def test_texts_that_were_settled_go_and_what_nobody_has_read_stays(
    organisation: Organisation, administrator: Member
) -> None:
    for key in ("a", "b"):
        replies.take(organisation.pk, Channel.SMS, Reply(key, "+33799999999", f"help {WORDS}", clock.now(), ""))
    settled, waits = Incoming.objects.order_by("key")
    client = Client()
    client.force_login(administrator)
    done = client.post(f"/api/incoming-texts/{settled.pk}/dismiss/", {"text": "Called back."}, "application/json")
    assert done.status_code < 300, done.content
    later(366)
    assert list(Incoming.objects.all()) == [waits]
    assert "Called back." not in str(list(Personal.objects.values_list("text")))


def test_a_link_of_a_message_that_was_erased_opens_nothing(organisation: Organisation) -> None:
    told(organisation)
    token = links.token(Delivery.objects.get().pk)
    later(366)
    answer = Client(headers={"Sec-Fetch-Site": "same-origin"}).post(
        "/api/answer-link/", {"token": token}, "application/json"
    )
    assert (answer.status_code, WORDS in answer.content.decode()) == (404, False)


def test_an_agent_reads_what_became_of_an_erased_message(organisation: Organisation, administrator: Member) -> None:
    message = told(organisation)
    later(366)
    client = Client()
    client.force_login(administrator)
    shown = client.get(f"/api/messages/{message.pk}/").json()
    assert (shown["people"], shown["answered"]) == (1, 1)
    assert client.get(f"/api/messages/{message.pk}/deliveries/").json()["results"][0]["state"] == "delivered"


def test_many_rows_go_in_batches_and_whoever_dies_between_leaves_the_rest_to_the_next(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "_ROWS", 7)
    message = asked(organisation)
    services.owe(message, [owed(person, f"+3361234{at:04d}") for at, person in enumerate(people(organisation, 25))])
    work(*carriers(organisation.pk, Channel.SMS))
    clock.move(dt.timedelta(days=366))

    def dies(*_: object) -> None:
        raise RuntimeError("the machine is gone")

    with monkeypatch.context() as once:
        once.setattr(erasing, "_empty_answers", dies)
        with pytest.raises(RuntimeError):
            erasing.erase_old()
    assert Message.objects.get().erased_at is None
    assert erasing.erase_old() == 1
    assert not Delivery.objects.exclude(address="").exists()
    assert not Attempt.objects.exists()
