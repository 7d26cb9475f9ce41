"""What all changes of schedules share: the lock, who may, which people and zones there are, telling who looks."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.broadcast.events import Event
from soc.broadcast.services import publish
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.people.on_call import selectors
from soc.people.on_call.events import OnCallChanged
from soc.people.on_call.models import Participant, Schedule
from soc.people.on_call.turns import instant
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.people.services import must_hold
from soc.refusals import Refusal, Status

_YEARS = range(2000, 2101)


def locked(actor: Member, schedule_id: UUID) -> Schedule:
    """A schedule that the actor may change. Until the transaction ends nobody else changes it, its rotations or its overrides.

    Raises:
        Refusal: there is none within reach, or it is of all sites and the actor's are some only.
    """
    rows = selectors.schedules(actor, Right.MANAGE_ON_CALL)
    schedule = rows.select_for_update(of=("self",)).filter(pk=schedule_id).first()
    if schedule is None:
        raise missing(_("There is no such schedule."))
    must_hold(actor, Right.MANAGE_ON_CALL, schedule.site_id)
    return schedule


def missing(sentence: Promise) -> Refusal:
    """The refusal of what is not there."""
    return Refusal("not_found", sentence, status=Status.NOT_FOUND)


def same_version(seen: int, now: int) -> None:
    """Nobody changed it since it was seen.

    Raises:
        Refusal: somebody did.
    """
    if seen != now:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed who is on call meanwhile. Open it again and enter your change once more."),
            status=Status.CONFLICT,
        )


def known_people(actor: Member, schedule: Schedule, entered: Mapping[str, Iterable[UUID | None]]) -> None:
    """These people are in the directory within the actor's reach, or take turns in the schedule already.

    Args:
        actor: who names them.
        schedule: for which.
        entered: people by the field in which they are named.

    Raises:
        Refusal: somebody is not, or was removed.
    """
    named = {person for people in entered.values() for person in people if person is not None}
    reachable = scoped(Person.objects.filter(pk__in=named, removed_at=None), actor, Right.SEE_DIRECTORY)
    known = set(reachable.values_list("pk", flat=True))
    if named - known:
        places = Participant.objects.filter(terms__rotation__schedule=schedule, terms__until=None, person__in=named)
        known.update(places.values_list("person_id", flat=True))
    unknown = _("There is no such person in the directory.")
    if fields := {field: unknown for field, people in entered.items() if not set(people) <= known}:
        raise Refusal("no_such_person", unknown, fields=dict(fields))


def known_timezone(name: str) -> None:
    """There is such a time zone.

    Raises:
        Refusal: there is none.
    """
    if name not in _zones():
        sentence = _("There is no such time zone. Enter one such as Europe/Paris.")
        raise Refusal("unknown_timezone", sentence, fields={"timezone": sentence})


@cache
def _zones() -> Collection[str]:
    return zoneinfo.available_timezones() - {"Factory", "localtime", "build/etc/localtime"}


def near(year: int, field: str) -> None:
    """A year in which people plan; far from the ends of the calendar.

    Raises:
        Refusal: it is none.
    """
    if year not in _YEARS:
        sentence = _("Enter a date between 2000 and 2100.")
        raise Refusal("too_far", sentence, fields={field: sentence})


def on_the_clock(schedule: Schedule, entered: dt.datetime, field: str) -> dt.datetime:
    """What was entered, as an instant: without an offset it is read on the schedule's clock.

    Raises:
        Refusal: it is too far from today.
    """
    near(entered.year, field)
    if entered.tzinfo is None:
        return instant(selectors.zone_of(schedule.timezone), entered)
    return entered.astimezone(dt.UTC)


def tell(schedule: Schedule, *, removed: bool = False, site_id: UUID | None = None) -> None:
    """Tell who looks; last in the transaction.

    Args:
        schedule: which.
        removed: it is not there any more, for those who are told.
        site_id: whom to tell instead of those at the schedule's own site.
    """
    payload = OnCallChanged(schedule=schedule.pk, removed=removed)
    publish(Event(schedule.organisation_id, payload, Right.SEE_ON_CALL, site_id or schedule.site_id))
