"""Writing in the logbook: an entry, or a correction or addition to one; numbered without a gap, journalled, told at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alerts import selectors as alert_selectors
from alerts.logbook import categories, feed, selectors, words
from alerts.logbook.administration import must_administer
from alerts.logbook.models import (
    AlertLink,
    CameraLink,
    Category,
    EntryKind,
    LogbookEntry,
    LogbookWords,
    Numbering,
    Policy,
)
from alerts.models import Alert
from detection.models import Camera
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.models import Member, Organisation, Site
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, holds, reach, scoped
from soc.refusals import Refusal, Status

L = TypeVar("L", Alert, Camera)
#: A clock that is a little ahead is no reason to refuse what happened "now".
_AHEAD = dt.timedelta(minutes=2)
_NEEDED = _("This is needed.")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be written.

    Attributes:
        category: whose id is the organisation's.
        text: what was seen or done.
        site: where; ``None``: at no site in particular.
        place: where there, in words.
        happened_at: ``None``: now.
        alerts: that it is about.
        cameras: that it is about.
        corrects: the entry that it corrects: that one is wrong from now on.
        adds_to: the entry that it adds to: that one still holds.
    """

    category: UUID
    text: str
    site: UUID | None = None
    place: str = ""
    happened_at: dt.datetime | None = None
    alerts: Collection[UUID] = field(default_factory=tuple)
    cameras: Collection[UUID] = field(default_factory=tuple)
    corrects: UUID | None = None
    adds_to: UUID | None = None


@transaction.atomic
def write(author: Member, draft: Draft) -> LogbookEntry:
    """Write an entry.

    Raises:
        Refusal: something is missing, in the future or not hers; or a colleague has corrected that entry already.
    """
    text = draft.text.strip()
    if not text:
        raise Refusal("needed", _NEEDED, fields={"text": _NEEDED})
    now = clock.now()
    happened_at = draft.happened_at or now
    if happened_at > now + _AHEAD:
        future = _("This is in the future. Write what has happened.")
        raise Refusal("in_the_future", future, fields={"happened_at": future})
    kind, before = _before(author, draft)
    alerts = _found(alert_selectors.alerts(author), draft.alerts, "alerts")
    cameras = _found(scoped(Camera.objects.all(), author, Right.SEE_CAMERAS), draft.cameras, "cameras")
    site = _site(author, _one_site(draft.site, [*alerts, *cameras]))
    category = _category(author, draft.category, before)
    salt, digest = words.salted(text, draft.place.strip())
    year, number = _number(author.organisation, now)
    entry = LogbookEntry.objects.create(
        organisation_id=author.organisation_id,
        site=site,
        year=year,
        number=number,
        category=category,
        kind=kind,
        refers_to=before,
        happened_at=happened_at,
        written_at=now,
        author=author,
        words_digest=digest,
    )
    LogbookWords.objects.create(entry=entry, salt=salt, text=text, place=draft.place.strip())
    _link(entry, alerts, cameras)
    record(
        author.organisation_id,
        Action.LOGBOOK_CORRECTED if kind == EntryKind.CORRECTION else Action.LOGBOOK_WRITTEN,
        actor=author,
        subject=entry,
        site_id=entry.site_id,
        details=_journalled(entry, before, alerts, cameras),
    )
    feed.logbook_added(entry)
    return entry


@transaction.atomic
def keep_for(actor: Member, months: int) -> int:
    """Set for how many months the organisation keeps what is written in its logbook.

    Raises:
        Refusal: the actor manages some sites only.
    """
    must_administer(actor)
    before = words.months(actor.organisation)
    Policy.objects.update_or_create(organisation=actor.organisation, defaults={"months": months})
    details: dict[str, Json] = {"before": {"months": before}, "after": {"months": months}}
    record(actor.organisation_id, Action.LOGBOOK_POLICY, actor=actor, details=details)
    return months


def _before(author: Member, draft: Draft) -> tuple[EntryKind, LogbookEntry | None]:
    """The entry that is corrected or added to, locked, so that of two corrections the second is told of the first."""
    wanted = draft.corrects or draft.adds_to
    if wanted is None:
        return EntryKind.ENTRY, None
    name = "corrects" if draft.corrects else "adds_to"
    if not selectors.entries(author, Right.WRITE_LOGBOOK).filter(pk=wanted).exists():
        unknown = _("There is no such entry.")
        raise Refusal("no_such_entry", unknown, fields={name: unknown})
    before = LogbookEntry.objects.select_for_update(no_key=True).get(pk=wanted)
    first = LogbookEntry.objects.filter(refers_to=before, kind=EntryKind.CORRECTION).select_related("author").first()
    if draft.corrects and first is not None:
        raise Refusal(
            "corrected_already",
            _("%(who)s has corrected this entry (%(reference)s). Read that one, and correct it if it is wrong too."),
            status=Status.CONFLICT,
            params={"who": first.author.display_name, "reference": first.reference},
        )
    return (EntryKind.CORRECTION if draft.corrects else EntryKind.ADDITION), before


def _one_site(entered: UUID | None, linked: Iterable[Alert | Camera]) -> UUID | None:
    """The site of the entry: the one that was entered, or that of what is linked. Who reads the entry may then see the links."""
    sites = {one.site_id for one in linked} | ({entered} if entered else set())
    if len(sites) > 1:
        several = _("An entry is about one site. Link alerts and cameras of that site only.")
        raise Refusal("one_site", several, fields={"site": several})
    return next(iter(sites), None)


def _site(author: Member, wanted: UUID | None) -> Site | None:
    if wanted is None:
        if reach(author, Right.WRITE_LOGBOOK) is not EVERYWHERE:
            chosen = _("Choose the site: you write for some sites only.")
            raise Refusal("site_needed", chosen, fields={"site": chosen})
        return None
    site = Site.objects.filter(pk=wanted, organisation=author.organisation_id).first()
    if site is None or not holds(author, Right.WRITE_LOGBOOK, site.pk):
        unknown = _("Choose a site for which you write the logbook.")
        raise Refusal("no_such_site", unknown, fields={"site": unknown})
    return site


def _category(author: Member, wanted: UUID, before: LogbookEntry | None) -> Category:
    """One that can be chosen; or that of the entry that is corrected or added to, though it is not offered any more."""
    choice = categories.CAN_BE_CHOSEN | Q(pk=before.category_id if before else None)
    found = categories.of(author.organisation_id).filter(choice, pk=wanted).first()
    if found is None:
        unknown = _("Choose a category of the list.")
        raise Refusal("no_such_category", unknown, fields={"category": unknown})
    return found


def _found(reachable: QuerySet[L], ids: Collection[UUID], name: str) -> list[L]:
    """What has these ids, if all of it is in reach."""
    wanted = set(ids)
    found = list(reachable.filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        unknown = _("One of these does not exist, or is not yours to see.")
        raise Refusal("no_such_link", unknown, fields={name: unknown})
    return found


def _link(entry: LogbookEntry, alerts: Iterable[Alert], cameras: Iterable[Camera]) -> None:
    whose = entry.organisation_id
    AlertLink.objects.bulk_create([AlertLink(organisation_id=whose, entry=entry, alert=one) for one in alerts])
    CameraLink.objects.bulk_create([CameraLink(organisation_id=whose, entry=entry, camera=one) for one in cameras])


def _journalled(
    entry: LogbookEntry, before: LogbookEntry | None, alerts: list[Alert], cameras: list[Camera]
) -> dict[str, Json]:
    """All of the entry but its words, of which the digest: the seals over the journal hold the logbook too."""
    return {
        "reference": entry.reference,
        "kind": entry.kind,
        "category": str(entry.category_id),
        "happened_at": entry.happened_at.isoformat(),
        "refers_to": before.reference if before else None,
        "alerts": [str(one.pk) for one in alerts],
        "cameras": [str(one.pk) for one in cameras],
        "words": entry.words_digest,
    }


def _number(organisation: Organisation, now: dt.datetime) -> tuple[int, int]:
    """The next number of the year; its row stays locked until the transaction ends, so that a number that was given is used."""
    year = now.astimezone(ZoneInfo(organisation.timezone)).year
    table = connection.ops.quote_name(Numbering._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS numbering (organisation_id, year, last) VALUES (%s, %s, 1) "  # noqa: S608  (a constant)
            "ON CONFLICT (organisation_id, year) DO UPDATE SET last = numbering.last + 1 RETURNING last",
            [organisation.pk, year],
        )
        (number,) = cursor.fetchone()
    return year, int(number)
