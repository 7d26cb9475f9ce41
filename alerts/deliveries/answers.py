"""What people answer, by whatever way: kept once, told to who asked, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries import listening
from alerts.deliveries.models import Answer, Delivery, DeliveryState, Message
from alerts.deliveries.texts import Offered
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Act, record_many
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.refusals import Refusal, Status
from soc.together import Together

LONGEST_TEXT = 2000
LONGEST_PLACE = 255
MOST_IN_A_MINUTE = 20
"""So many answers a person gives to a message in a page within a minute; who calls for help so often is heard."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it comes.

    Args:
        kind: what it says.
        channel: by which way.
        text: the person's words.
        place: where help is needed.
        at: when it was given; null: now.
        key: of where it came from: the same key is the same answer; empty: one of its own.
        taken_down_by: the member who bound it to the person, or took it down on the telephone.
    """

    kind: AnswerKind
    channel: Channel
    text: str = ""
    place: str = ""
    at: dt.datetime | None = None
    key: str = ""
    taken_down_by: Member | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, to which message, and whose it is."""

    message: Message
    person: Person
    given: Given


def give(message: Message, person: Person, given: Given) -> Answer:
    """Keep an answer. A call for help is kept each time it comes; what was said before stays."""
    return give_all([Said(message, person, given)])[0]


@transaction.atomic
def give_all(these: Sequence[Said]) -> list[Answer]:
    """Keep answers as `give` does, in a few statements however many they are."""
    kept = _kept([_row(one) for one in these])
    new = [(answer, one) for (answer, is_new), one in zip(kept, these, strict=True) if is_new]
    _all_seen([answer for answer, _one in new])
    for (organisation, actor), acts in _acts(new).items():
        record_many(organisation, Action.MESSAGE_ANSWERED, acts, actor=actor)
    listening.answered([answer for answer, _one in new])
    return [answer for answer, _new in kept]


def _row(one: Said) -> Answer:
    given = one.given
    return Answer(
        organisation_id=one.message.organisation_id,
        message=one.message,
        person=one.person,
        kind=given.kind,
        channel=given.channel,
        text=given.text[:LONGEST_TEXT],
        place=given.place[:LONGEST_PLACE],
        at=given.at or clock.now(),
        taken_down_by=given.taken_down_by,
        key=given.key or f"{given.channel.value}:{uuid4()}",
    )


def _kept(rows: Sequence[Answer]) -> list[tuple[Answer, bool]]:
    """What is kept of each, and whether it is new: who came first with a key is who is kept."""
    Answer.objects.bulk_create(rows, ignore_conflicts=True)
    of = {row.organisation_id for row in rows}
    found = Answer.objects.filter(organisation__in=of, key__in=[row.key for row in rows])
    kept = {(one.organisation_id, one.key): one for one in found}
    pairs = [(kept[row.organisation_id, row.key], row) for row in rows]
    return [(row, True) if one.pk == row.pk else (one, False) for one, row in pairs]


def _acts(new: Sequence[tuple[Answer, Said]]) -> dict[tuple[UUID, Member | None], list[Act]]:
    """What the journal is told, by organisation and by who took it down."""
    acts: dict[tuple[UUID, Member | None], list[Act]] = {}
    for answer, one in new:
        message, given = one.message, one.given
        act = Act(
            message,
            message.site_id,
            {"reference": message.reference, "answer": given.kind.value, "channel": given.channel.value},
            {"person": one.person.display_name, "text": answer.text, "help_place": answer.place},
        )
        acts.setdefault((message.organisation_id, given.taken_down_by), []).append(act)
    return acts


_SEEN = """
    WITH told AS MATERIALIZED (  -- locked in one order: of two who write down a crowd neither waits for the other for ever
        SELECT delivery.id FROM alerts_deliveries_delivery delivery
        JOIN unnest(%s::uuid[], %s::uuid[]) AS said(message, person)
            ON delivery.message_id = said.message AND delivery.person_id = said.person
        WHERE delivery.seen_at IS NULL ORDER BY delivery.id FOR UPDATE OF delivery
    )
    UPDATE alerts_deliveries_delivery AS delivery SET seen_at = %s FROM told WHERE delivery.id = told.id
"""


def _all_seen(answers: Sequence[Answer]) -> None:
    """Who answered has read it, by whatever way it came."""
    if answers:
        with connection.cursor() as cursor:
            said = [one.message_id for one in answers], [one.person_id for one in answers]
            cursor.execute(_SEEN, [*said, clock.now()])


def own_key(message: Message, person: Person, once: UUID | None) -> str:
    """The key of an answer that a page gave a number: the same number again is the same answer, sent twice. Empty without."""
    return f"own:{message.pk}:{person.pk}:{once}" if once else ""


def entered(message: Message, person: Person, given: Given, *, once: UUID | None = None) -> Answer:
    """Keep an answer that somebody entered in a page, in a transaction of its own or one with those of the same moment.

    Args:
        message: which.
        person: whose answer it is.
        given: what was entered.
        once: a number that the page gave it: the same number again is the same answer, sent twice.

    Raises:
        Refusal: the message does not offer it, it says nothing, or there were very many just now.
    """
    said = Said(message, person, replace(given, key=own_key(message, person, once)))
    result = _entered_together(said)
    if isinstance(result, Refusal):
        raise result
    return result


def entered_all(these: Sequence[Said]) -> list[Answer | Refusal]:
    """Keep what people entered in pages; what is not kept has its refusal (see `entered`) in its place."""
    lately = _lately(these)
    refused = [_refused(one, lately.get((one.message.pk, one.person.pk), 0)) for one in these]
    kept = iter(give_all([one for one, refusal in zip(these, refused, strict=True) if refusal is None]))
    return [next(kept) if refusal is None else refusal for refusal in refused]


_entered_together: Final = Together(entered_all)


def _lately(these: Sequence[Said]) -> dict[tuple[UUID, UUID], int]:
    """How many answers each has given to their message within the last minute, where there are any."""
    since = clock.now() - dt.timedelta(minutes=1)
    messages, people = {one.message.pk for one in these}, {one.person.pk for one in these}
    rows = Answer.objects.filter(message__in=messages, person__in=people, at__gt=since)
    return Counter((one["message"], one["person"]) for one in rows.values("message", "person"))


def _refused(one: Said, lately: int) -> Refusal | None:
    offered = {Offered.model_validate(each).kind for each in one.message.answers}
    if one.given.kind not in offered | {AnswerKind.HELP, AnswerKind.OTHER}:
        sentence = _("This message does not offer this answer.")
        return Refusal("not_offered", sentence, fields={"kind": sentence})
    if one.given.kind is AnswerKind.OTHER and not one.given.text.strip():
        sentence = _("Write what you want to say.")
        return Refusal("needed", sentence, fields={"text": sentence})
    if lately >= MOST_IN_A_MINUTE:
        return Refusal(
            "too_many_answers",
            _("Your answers have arrived. Wait a minute before you send another."),
            status=Status.TOO_MANY,
            retry_after_s=60,
        )
    return None


def seen(message: Message, person: Person, channel: Channel | None = None) -> None:
    """The person has read it, or opened the link: that is no answer."""
    rows = Delivery.objects.filter(message=message, person=person, seen_at=None)
    if channel is not None:
        rows = rows.filter(channel=channel)
    rows.update(seen_at=clock.now())


def opened_in_app(message: Message, person: Person) -> None:
    """The member's own page shows it: what was announced to the app has arrived, and push led there."""
    now = clock.now()
    rows = Delivery.objects.filter(message=message, person=person)
    rows.filter(channel__in=[Channel.APP, Channel.PUSH], seen_at=None).update(seen_at=now)
    rows.filter(channel=Channel.APP, state=DeliveryState.SENT).update(
        state=DeliveryState.DELIVERED, delivered_at=now, ask_at=None
    )
