"""Where the state of what protects is asked: one source a kind of protection, registered by who knows it.

Cameras, teams on call and what is tested by hand are known here. Devices are registered by a room above both
(``register_protection_source(ProtectionKind.DEVICE, …)`` in its `AppConfig.ready()`): neither imports the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crisis.audits.models import ProtectionKind
from detection import selectors as cameras
from detection.models import Camera, WatchState
from soc import clock
from soc.people.models import Member
from soc.people.on_call import selectors as on_call
from soc.people.on_call.models import Schedule
from soc.people.rights import Right
from soc.people.scope import scoped


@dataclass(frozen=True, slots=True)
class Works:
    """It protects. The sentence says how that is known, in the active language."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Fails:
    """It does not protect: since when, where that is known, and why, in the active language."""

    since: dt.datetime | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known of it, and why, in the active language."""

    sentence: str


Standing = Works | Fails | Unknown


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a risk's protection can be."""

    id: UUID
    name: str


class ProtectionSource(Protocol):
    """What is asked of a kind of protection."""

    def status(self, ids: Collection[UUID]) -> Mapping[UUID, Standing]:
        """How each stands now. What is missing in the answer is not known."""

    def choices(self, member: Member, site: UUID) -> list[Choice]:
        """What `member` may name at this site, by name."""


_SOURCES: dict[ProtectionKind, ProtectionSource] = {}


def register_protection_source(kind: ProtectionKind, source: ProtectionSource) -> None:
    """Have the state of this kind of protection asked of `source` from now on."""
    _SOURCES[kind] = source


def source_of(kind: ProtectionKind) -> ProtectionSource | None:
    """What is registered for this kind."""
    return _SOURCES.get(kind)


class Cameras:
    """A camera protects while it is watched and gives a picture."""

    def status(self, ids: Collection[UUID]) -> dict[UUID, Standing]:
        """As the console shows them."""
        rows = list(Camera.objects.filter(pk__in=ids).select_related("organisation"))
        removed: dict[UUID, Standing] = {
            camera.pk: Fails(camera.removed_at, _("This camera was removed.")) for camera in rows if camera.removed_at
        }
        found = cameras.situations(camera for camera in rows if camera.removed_at is None)
        return removed | {pk: _standing(situation) for pk, situation in found.items()}

    def choices(self, member: Member, site: UUID) -> list[Choice]:
        """The site's cameras."""
        rows = cameras.cameras(member, Right.SEE_CAMERAS).filter(site=site).order_by("name")
        return [Choice(camera.pk, camera.name) for camera in rows]


def _standing(situation: cameras.Situation) -> Standing:
    if situation.state is WatchState.LIVE:
        return Works(_("works"))
    if situation.state is WatchState.CONNECTING:
        return Unknown(_("is being connected"))
    return Fails(situation.since, situation.sentence)


class Teams:
    """A team protects while somebody is on call."""

    def status(self, ids: Collection[UUID]) -> dict[UUID, Standing]:
        """Whether somebody is on call now, and until when somebody is without a gap."""
        now = clock.now()
        rows = Schedule.objects.filter(pk__in=ids)
        return {schedule.pk: self._standing(schedule, now) for schedule in rows}

    def choices(self, member: Member, site: UUID) -> list[Choice]:
        """The site's schedules, and those of all sites."""
        rows = scoped(Schedule.objects.filter(removed_at=None), member, Right.SEE_ON_CALL)
        near = rows.filter(site=site) | rows.filter(site=None)
        return [Choice(schedule.pk, schedule.name) for schedule in near.order_by("name")]

    def _standing(self, schedule: Schedule, now: dt.datetime) -> Standing:
        if schedule.removed_at is not None:
            return Fails(schedule.removed_at, _("This schedule was removed."))
        until = on_call.filled_until(schedule, now)
        if until is None:
            return Works(_("filled for a year and longer"))
        if until <= now:
            return Fails(None, _("Nobody is on call now."))
        return Works(
            _("filled to %(day)s") % {"day": written_day(until.astimezone(ZoneInfo(schedule.timezone)).date())}
        )


TESTED_AGAIN_AFTER: Final = dt.timedelta(days=365)
"""What was tested longer ago than this is not known to work."""


def tested(last: dt.date | None, today: dt.date) -> Standing:
    """How something stands that is tested by hand."""
    if last is None:
        return Unknown(_("was never tested"))
    if today - last > TESTED_AGAIN_AFTER:
        due = last + TESTED_AGAIN_AFTER
        since = dt.datetime.combine(due, dt.time(), tzinfo=dt.UTC)
        return Fails(since, _("Last tested %(day)s, more than a year ago.") % {"day": written_day(last)})
    return Works(_("tested %(day)s") % {"day": written_day(last)})


def written_day(day: dt.date) -> str:
    """A day as people write it, in the active language."""
    return date_format(day, "j F Y")
