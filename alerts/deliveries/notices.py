"""A plain alert reaches people without a plan: who is told by which ways, and what their answers do.

The alert's transaction writes one row a notice (`NoticeRun`) and nothing else. A round of the responders takes each row that is
due, uses the next way for who has not answered, and says when the way after it is due: whoever dies meanwhile, another
responder goes on from the row. It ends when the alert is taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from alerts import feed as alert_feed
from alerts import search
from alerts import services as alert_services
from alerts.channels.base import AnswerKind, Channel, Failure
from alerts.deliveries import feed, limits, notice_texts, reaching, services
from alerts.deliveries.feed import incoming_changed
from alerts.deliveries.models import (
    AlertNotice,
    Answer,
    Delivery,
    Incoming,
    Message,
    NoticePerson,
    NoticeRun,
    Priority,
    RunState,
)
from alerts.deliveries.services import Asked, Owed
from alerts.models import Alert, AlertLog, AlertState, LogKind, Severity
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.directory.models import ListEntry, Person, PersonProfile
from soc.people.models import RoleGrant
from soc.people.on_call.selectors import on_call
from soc.people.rights import Right, Role
from soc.people.scope import counting, holds
from soc.refusals import Refusal
from soc.rounds import wake

log = structlog.get_logger(__name__)

ROUND: Final = "deliveries-notices"
LONGEST_DELAY_S: Final = 3600
ASKER: Final = "notice:"
WANTED_FOR = dt.timedelta(hours=1)
"""What has not left so long after the alert does not leave any more."""
_MOST_AT_ONCE = 200
_MOST_TRIES = 20
_AGAIN_AFTER = dt.timedelta(seconds=10)


class NoticeWay(BaseModel):
    """A channel, and how long after the alert it is used, for who has not answered by then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Channel
    after_s: int = Field(0, ge=0, le=LONGEST_DELAY_S)


WAYS: Final = TypeAdapter(tuple[NoticeWay, ...])


def raised(alert: Alert) -> None:
    """Begin the notices of a new alert; in its transaction (`alerts.raising.register_raised_listener`)."""
    notices = AlertNotice.objects.filter(
        organisation=alert.organisation_id, rule=alert.rule_id, removed_at=None, enabled=True
    )
    runs = [
        NoticeRun(organisation_id=alert.organisation_id, notice=notice, alert=alert, ways=notice.ways)
        for notice in notices
    ]
    if runs:
        NoticeRun.objects.bulk_create(runs)
        wake(ROUND)


def tell_due() -> int:
    """Use the ways that are due; how many. Any number of responders may do it at once."""
    told = 0
    while told < _MOST_AT_ONCE and _tell_one():
        told += 1
    return told


def _tell_one() -> bool:
    pk: int | None = None
    try:
        with transaction.atomic():
            run = (
                NoticeRun.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("notice", "alert__site", "alert__camera", "alert__organisation", "message")
                .filter(done_at=None, due_at__lte=clock.now())
                .order_by("due_at", "id")
                .first()
            )
            if run is None:
                return False
            pk = run.pk
            _tell(run)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # It does not stand in the way of the others.
        log.exception("notice.failed", run=pk)
        if pk is None:
            return False
        _again_later(pk)
    return True


def _tell(run: NoticeRun) -> None:
    alert = run.alert
    if alert.state != AlertState.OPEN:
        services.withdraw(_asker(run), run.organisation_id)
        _end(run, RunState.TAKEN)
        return
    ways = WAYS.validate_python(run.ways)
    due_at = _due_at(run, ways)
    if clock.now() < due_at:
        run.due_at = due_at
        run.save(update_fields=["due_at"])
        return
    people = _to_tell(run)
    if not people and run.message is None:
        _end(run, RunState.NOBODY)
        return
    rows = reaching.owed(people, ways[run.way].channel)
    granted = limits.spend(run.organisation_id, sum(not _unsent(row) for row in rows), alarm=run.message is None)
    if not granted.alarm:
        run.held_back = len(rows)
        _end(run, RunState.OVER_LIMIT)
    else:
        _owe(run, ways[run.way].channel, _within(rows, granted.deliveries, run))
        _go_on(run, ways)
    if granted.tell:
        limits.tell(run.organisation_id)


def _due_at(run: NoticeRun, ways: Sequence[NoticeWay]) -> dt.datetime:
    return run.began_at + dt.timedelta(seconds=ways[run.way].after_s)


def _to_tell(run: NoticeRun) -> list[Person]:
    """At first whoever is in the audience now; later whoever of them has not answered."""
    if run.message is not None:
        told = Delivery.objects.filter(message=run.message).values("person")
        answered = Answer.objects.filter(message=run.message).values("person")
        rest = Person.objects.filter(pk__in=told, removed_at=None).exclude(pk__in=answered)
        return list(rest.select_related("member").order_by("display_name", "id"))
    people = audience(run.notice, clock.now())
    if not people:
        people = _supervisors(run.alert)
        run.fell_back = bool(people)
    return people


def audience(notice: AlertNotice, at: dt.datetime) -> list[Person]:
    """The people of a notice at `at`, each once: first who is on call, in the order of levels, then the others by name."""
    first = on_call(notice.organisation_id, notice.schedule_id, at) if notice.schedule_id is not None else []
    profiles = PersonProfile.objects.filter(profile=notice.profile_id).values("person")
    entries = ListEntry.objects.filter(list=notice.person_list_id).values("person")
    named = NoticePerson.objects.filter(notice=notice).values("person")
    found = _reachable(notice.organisation_id).filter(
        Q(pk__in=first) | Q(pk__in=profiles) | Q(pk__in=entries) | Q(pk__in=named)
    )
    order = {pk: position for position, pk in enumerate(first)}
    return sorted(found, key=lambda person: order.get(person.pk, len(order)))


def _supervisors(alert: Alert) -> list[Person]:
    """Whom an alert goes to when a notice has nobody: its site's supervisors."""
    grants = counting(RoleGrant.objects.filter(organisation=alert.organisation_id, role=Role.SUPERVISOR))
    here = grants.filter(Q(site=None) | Q(site=alert.site_id), member__is_active=True).values("member")
    return list(_reachable(alert.organisation_id).filter(member__in=here))


def _reachable(organisation: UUID) -> QuerySet[Person]:
    people = Person.objects.filter(organisation=organisation, removed_at=None)
    return people.select_related("member").order_by("display_name", "id")


def _unsent(row: Owed) -> bool:
    return row.unsent is not None or not row.address


def _within(rows: Sequence[Owed], granted: int, run: NoticeRun) -> list[Owed]:
    """The first that may leave; those over the limit are written down, and not sent."""
    kept: list[Owed] = []
    for row in rows:
        if _unsent(row):
            kept.append(row)
        elif granted > 0:
            granted -= 1
            kept.append(row)
        else:
            run.held_back += 1
            kept.append(replace(row, unsent=Failure.OVER_LIMIT))
    return kept


def _owe(run: NoticeRun, channel: Channel, rows: Sequence[Owed]) -> None:
    message = run.message or _message(run)
    run.message = message
    services.owe(message, rows)
    record(
        run.organisation_id,
        Action.NOTICE_SENT,
        subject=message,
        site_id=run.alert.site_id,
        details={
            "reference": message.reference,
            "alert": str(run.alert_id),
            "channel": channel.value,
            "told": sum(not _unsent(row) for row in rows),
        },
    )


def _message(run: NoticeRun) -> Message:
    alert = run.alert
    return services.message(
        Asked(
            organisation=run.organisation_id,
            site=alert.site_id,
            asker=_asker(run),
            texts=notice_texts.texts(alert),
            answers=notice_texts.answers(),
            priority=Priority.URGENT if alert.severity >= Severity.HIGH else Priority.ORDINARY,
            wanted_until=alert.committed_at + WANTED_FOR,
        )
    )


def _go_on(run: NoticeRun, ways: Sequence[NoticeWay]) -> None:
    run.way += 1
    run.tries = 0
    if run.way == len(ways):
        _end(run, RunState.DONE)
        return
    run.due_at = _due_at(run, ways)
    run.save()
    feed.notice_moved(run, run.alert.site_id)


def _end(run: NoticeRun, state: RunState) -> None:
    run.state, run.done_at = state, clock.now()
    run.save()
    feed.notice_moved(run, run.alert.site_id)


@transaction.atomic
def _again_later(pk: int) -> None:
    run = NoticeRun.objects.select_for_update(of=("self",)).select_related("alert").get(pk=pk)
    run.tries += 1
    run.due_at = clock.now() + _AGAIN_AFTER
    if run.tries >= _MOST_TRIES:
        _end(run, RunState.FAILED)
    else:
        run.save()


def _asker(run: NoticeRun) -> str:
    return f"{ASKER}{run.pk}"


def answered(answers: Sequence[Answer]) -> None:
    """What answers to notices do: who takes it acknowledges the alert; a call for help is put before an agent.

    In the answers' transaction (`alerts.deliveries.listening.register_answer_listener`).
    """
    for answer in answers:
        _answered(answer)


def _answered(answer: Answer) -> None:
    if not answer.message.asker.startswith(ASKER):
        return
    run = NoticeRun.objects.select_related("alert").filter(message=answer.message_id).first()
    if run is None:
        return
    if not (answer.kind == AnswerKind.SEEN and _acknowledged(run.alert, answer)):
        _write_down(run.alert, answer)
    if answer.kind == AnswerKind.HELP:
        _put_before_an_agent(answer)


def _acknowledged(alert: Alert, answer: Answer) -> bool:
    member = answer.person.member
    if member is None or not holds(member, Right.HANDLE_ALERTS, alert.site_id):
        return False
    try:
        with transaction.atomic():
            alert_services.acknowledge(alert, version=alert.version, actor=member)
    except Refusal:
        return False  # a colleague was first
    return True


def _write_down(alert: Alert, answer: Answer) -> None:
    """A line of the alert's log, in the organisation's language."""
    with translation.override(answer.message.organisation.language):
        said = " – ".join(part for part in (str(AnswerKind(answer.kind).label), answer.place, answer.text) if part)
        channel = Channel(answer.channel).label
    text = f"{answer.person.display_name} ({channel}): {said}"
    AlertLog.objects.create(
        organisation_id=alert.organisation_id,
        alert=alert,
        member=answer.person.member,
        kind=LogKind.COMMENTED,
        text=text,
    )
    search.add(alert, text)
    alert_feed.changed(alert)


def _put_before_an_agent(answer: Answer) -> None:
    """No plan listens to this call for help: it stands among the texts that agents read, until one settles it."""
    sent = Delivery.objects.filter(message=answer.message_id, person=answer.person_id, channel=answer.channel)
    incoming, _new = Incoming.objects.get_or_create(
        organisation_id=answer.organisation_id,
        key=f"help:{answer.pk}",
        defaults={
            "channel": answer.channel,
            "sender": sent.values_list("address", flat=True).first() or "",
            "text": answer.text,
            "kind": AnswerKind.HELP,
            "at": answer.at,
            "answer": answer,
        },
    )
    incoming_changed(incoming)
