"""Answers by the links in messages: ten thousand come within a minute, and those of one moment are kept together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries import answers, links
from alerts.deliveries.answers import Given, Said
from alerts.deliveries.models import Answer, Delivery
from alerts.deliveries.wire import ReadMessage, read_message
from soc.refusals import Refusal
from soc.together import Together


@dataclass(frozen=True, slots=True)
class ByLink:
    """An answer as it comes by a link.

    Args:
        token: what the link ends with.
        kind: what is answered.
        text: the person's words.
        place: where help is needed.
        once: the page's own number of it.
    """

    token: str
    kind: AnswerKind
    text: str
    place: str
    once: UUID | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was kept by a link: its delivery, and all that this person has answered to the message, oldest first."""

    delivery: Delivery
    answers: list[Answer]


def answer(one: ByLink, *, address: str) -> ReadMessage:
    """Keep an answer; returns the message as its recipient reads it then.

    Args:
        one: what came.
        address: who sent it, by network address.

    Raises:
        Refusal: the link is wrong or has run out, or `alerts.deliveries.answers.entered` keeps no such answer.
    """
    result = _together(one)
    if result is None:
        raise links.wrong(address)
    if isinstance(result, Refusal):
        raise result
    return read_message(result.delivery, result.answers)


def _answer_all(these: Sequence[ByLink]) -> list[_Kept | Refusal | None]:
    """What became of each, or why it was not kept; ``None`` where the link opens nothing."""
    opened = links.opened({one.token for one in these})
    said = {number: one for number, one in enumerate(_said(one, opened.get(one.token)) for one in these) if one}
    results = dict(zip(said, answers.entered_all(list(said.values())), strict=True))
    given = _given([one for number, one in said.items() if isinstance(results[number], Answer)])
    return [_outcome(opened.get(one.token), results.get(number), given) for number, one in enumerate(these)]


_together: Final = Together(_answer_all)


def _said(one: ByLink, delivery: Delivery | None) -> Said | None:
    if delivery is None or delivery.person is None:
        return None
    message, person = delivery.message, delivery.person
    key = answers.own_key(message, person, one.once)
    return Said(message, person, Given(one.kind, Channel(delivery.channel), one.text, one.place, key=key))


def _given(said: Sequence[Said]) -> dict[tuple[UUID, UUID], list[Answer]]:
    """All that these people have answered to these messages."""
    rows = Answer.objects.filter(
        message__in={one.message.pk for one in said}, person__in={one.person.pk for one in said}
    )
    given: dict[tuple[UUID, UUID], list[Answer]] = defaultdict(list)
    for row in rows if said else ():
        given[row.message_id, row.person_id].append(row)
    return given


def _outcome(
    delivery: Delivery | None, result: Answer | Refusal | None, given: Mapping[tuple[UUID, UUID], list[Answer]]
) -> _Kept | Refusal | None:
    if delivery is None:
        return None
    if delivery.person_id is None:
        return links.unknown()
    if isinstance(result, Refusal):
        return result
    return _Kept(delivery, given[delivery.message_id, delivery.person_id])
