"""A crowd answers by its links at once: each is heard once, told apart, and who is at fault keeps nobody else from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import DataError, connections, transaction

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries import answers, link_answers, links, listening
from alerts.deliveries.answers import Given, Said
from alerts.deliveries.link_answers import ByLink
from alerts.deliveries.models import Answer, Delivery
from alerts.deliveries.wire import ReadMessage
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.people.models import Organisation
from soc.refusals import Refusal
from tests.alerts.deliveries.people import sent
from tests.factories import MemberFactory, MessageFactory, OrganisationFactory, PersonFactory
from tests.system import until

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 24


@pytest.fixture
def organisation() -> Organisation:
    made: Organisation = OrganisationFactory()
    return made


@pytest.fixture
def lots(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many answers each transaction told its listeners of."""
    told: list[int] = []
    heard = [*listening._answers, lambda these: told.append(len(these))]
    monkeypatch.setattr(listening, "_answers", heard)
    return told


def by_link(delivery: Delivery, kind: AnswerKind = AnswerKind.SAFE, once: UUID | None = None) -> ByLink:
    return ByLink(links.token(delivery.pk), kind, "", "", once)


def all_at_once(these: Sequence[ByLink], held: Sequence[Delivery]) -> list[ReadMessage | Refusal]:
    """The first of them waits for a row that is locked; meanwhile all others come."""

    def call(one: ByLink) -> ReadMessage | Refusal:
        try:
            return link_answers.answer(one, address="192.0.2.1")
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    waiting = link_answers._together._waiting
    with ThreadPoolExecutor(len(these)) as pool:
        with transaction.atomic():
            list(Delivery.objects.select_for_update().filter(pk__in=[one.pk for one in held]))
            first = pool.submit(call, these[0])
            until(lambda: link_answers._together._under_way and not waiting, "the first is under way")
            others = [pool.submit(call, one) for one in these[1:]]
            until(lambda: len(waiting) == len(these) - 1, "all others wait")
        return [one.result(60) for one in (first, *others)]


def test_a_crowd_is_written_down_together_and_each_reads_only_the_own(
    organisation: Organisation, lots: list[int]
) -> None:
    message = MessageFactory(organisation=organisation)
    crowd = [sent(organisation, message=message) for _ in range(PEOPLE)]
    kinds = [AnswerKind.HELP if number % 5 == 0 else AnswerKind.SAFE for number in range(PEOPLE)]
    read = all_at_once([by_link(*one) for one in zip(crowd, kinds, strict=True)], crowd[:1])
    assert lots == [1, PEOPLE - 1]
    said = [[one.kind for one in shown.answers] for shown in read if isinstance(shown, ReadMessage)]
    assert said == [[kind] for kind in kinds]
    assert {(one.person_id, one.kind) for one in Answer.objects.all()} == {
        (one.person_id, kind) for one, kind in zip(crowd, kinds, strict=True)
    }
    assert not Delivery.objects.filter(seen_at=None).exists()
    entries = Entry.objects.filter(action=Action.MESSAGE_ANSWERED)
    assert entries.count() == Personal.objects.filter(entry__in=entries).count() == PEOPLE


def test_who_is_refused_among_them_keeps_nobody_else_from_answering(organisation: Organisation) -> None:
    first, second, third = (sent(organisation) for _ in range(3))
    late = sent(
        organisation,
        message=MessageFactory(organisation=organisation, answers_until=clock.now() - dt.timedelta(seconds=1)),
    )
    nobody = sent(organisation)
    Delivery.objects.filter(pk=nobody.pk).update(person=None)
    foreign = sent(OrganisationFactory())
    these = [
        by_link(first), by_link(late), by_link(second, AnswerKind.COMING), by_link(nobody),
        ByLink("1-aaaaaaaaaaaaaaaa", AnswerKind.SAFE, "", "", None), by_link(third), by_link(foreign, AnswerKind.HELP),
    ]  # fmt: skip
    read = all_at_once(these, [first])
    codes = [one.code if isinstance(one, Refusal) else "" for one in read]
    assert codes == ["", "link_unknown", "not_offered", "link_unknown", "link_unknown", "", ""]
    assert {(one.organisation_id, one.person_id) for one in Answer.objects.all()} == {
        (one.organisation_id, one.person_id) for one in (first, third, foreign)
    }


def test_what_a_page_sent_twice_at_once_is_one_answer(organisation: Organisation, lots: list[int]) -> None:
    first, marie = sent(organisation), sent(organisation)
    once = uuid4()
    read = all_at_once([by_link(first), *[by_link(marie, AnswerKind.HELP, once) for _ in range(3)]], [first])
    assert all(isinstance(one, ReadMessage) and len(one.answers) == 1 for one in read)
    assert Answer.objects.filter(person=marie.person).count() == 1
    assert lots == [1, 1]


def test_whose_answer_cannot_be_kept_takes_no_other_along(organisation: Organisation) -> None:
    """What the database refuses of one is refused to this one."""
    first, second, third = (sent(organisation) for _ in range(3))
    broken = ByLink(links.token(second.pk), AnswerKind.HELP, "\0", "", None)
    with pytest.raises(DataError, match="NUL"):
        all_at_once([by_link(first), broken, by_link(third)], [first])
    assert set(Answer.objects.values_list("person", flat=True)) == {first.person_id, third.person_id}


def test_answers_taken_down_by_several_are_each_ones_in_the_journal(organisation: Organisation) -> None:
    message = MessageFactory(organisation=organisation)
    ada, ben = MemberFactory(organisation=organisation), MemberFactory(organisation=organisation)
    people = [PersonFactory(organisation=organisation) for _ in range(3)]
    answers.give_all(
        [
            Said(message, person, Given(AnswerKind.SAFE, Channel.VOICE, taken_down_by=by))
            for person, by in zip(people, (ada, ben, None), strict=True)
        ]
    )
    actors = Entry.objects.filter(action=Action.MESSAGE_ANSWERED).values_list("actor_id", flat=True)
    assert sorted(actors, key=str) == sorted([ada.pk, ben.pk, None], key=str)
