"""STOP and START, as owners of numbers write them back: no SMS goes to a number that was stopped, calls still do."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from soc.journal.actions import Action
from soc.journal.services import Act, record, record_many
from soc.people import services as people
from soc.people.directory import feed, ways
from soc.people.directory.models import ContactWay, StoppedNumber, WayKind
from soc.people.models import Organisation


@transaction.atomic
def stop(organisation_id: UUID, number: str, at: dt.datetime) -> int:
    """Send no more SMS to a number, whoever has it now or will have it in this directory.

    Args:
        organisation_id: to whom the owner wrote.
        number: as E.164.
        at: when it arrived.

    Returns:
        How many ways have the number. It is kept as stopped also where none has.
    """
    people.lock(organisation_id)
    _row, is_new = StoppedNumber.objects.get_or_create(
        organisation_id=organisation_id, digest=ways.digest(organisation_id, number), defaults={"at": at}
    )
    rows = _with(organisation_id, number)
    stopped = [way for way in rows if way.stopped_at is None]
    ContactWay.objects.filter(pk__in=[way.pk for way in stopped]).update(stopped_at=at)
    if is_new or stopped:
        _tell(organisation_id, Action.SMS_STOPPED, number, rows)
    return len(rows)


@transaction.atomic
def start(organisation_id: UUID, number: str) -> int:
    """Allow SMS to a number again that was stopped; nothing else is changed.

    Returns:
        How many ways have the number.
    """
    people.lock(organisation_id)
    gone, _by_model = StoppedNumber.objects.filter(
        organisation=organisation_id, digest=ways.digest(organisation_id, number)
    ).delete()
    rows = _with(organisation_id, number)
    cleared = ContactWay.objects.filter(pk__in=[way.pk for way in rows if way.stopped_at]).update(stopped_at=None)
    if gone or cleared:
        _tell(organisation_id, Action.SMS_RESUMED, number, rows)
    return len(rows)


def is_stopped(organisation_id: UUID, number: str) -> bool:
    """Whether no SMS may go to this number (E.164), in the directory or not."""
    rows = StoppedNumber.objects.filter(organisation=organisation_id, digest=ways.digest(organisation_id, number))
    return rows.exists()


def _with(organisation_id: UUID, number: str) -> list[ContactWay]:
    rows = ContactWay.objects.filter(organisation=organisation_id, kind=WayKind.PHONE, address=number)
    return list(rows.select_related("person"))


def _tell(organisation_id: UUID, action: Action, number: str, rows: list[ContactWay]) -> None:
    if rows:  # each of them, so that who is erased one day is found
        acts = [Act(way.person, way.person.site_id, personal={"number": number}) for way in rows]
        record_many(organisation_id, action, acts)
    else:
        organisation = Organisation.objects.get(pk=organisation_id)
        record(organisation, action, subject=organisation, personal={"number": number})
    feed.people_changed(organisation_id)
