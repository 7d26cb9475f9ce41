"""The logbook as a file: what a filter finds, oldest first, as it is read on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alerts.logbook import wire
from alerts.logbook.models import EntryKind, LogbookEntry
from soc import clock
from soc.exports import CSV, Download, csv_parts, json_parts
from soc.people.models import Member

_CHUNK = 500


def download(entries: QuerySet[LogbookEntry], member: Member, kind: str) -> Download:
    """A file of these entries, in the member's language and on the organisation's wall clock."""
    zone = ZoneInfo(member.organisation.timezone)
    rows = entries.order_by("happened_at", "year", "number").iterator(chunk_size=_CHUNK)
    parts: Iterator[str]
    if kind == CSV:
        parts = csv_parts(_titles, rows, lambda entry: _cells(entry, zone), member.language)
    else:
        parts = json_parts(rows, lambda entry: wire.entry_view(entry).model_dump(mode="json"))
    return Download(parts, f"logbook-{clock.now().astimezone(zone):%Y-%m-%d}", kind)


def _titles() -> list[str]:
    return [
        _("Number"),
        _("Date"),
        _("Time"),
        _("Written at"),
        _("Category"),
        _("Site"),
        _("Place"),
        _("Text"),
        _("Author"),
        _("Standing"),
        _("Alerts"),
        _("Cameras"),
    ]


def _cells(entry: LogbookEntry, zone: ZoneInfo) -> list[object]:
    view = wire.entry_view(entry)
    happened, written = view.happened_at.astimezone(zone), view.written_at.astimezone(zone)
    return [
        view.reference,
        f"{happened:%Y-%m-%d}",
        f"{happened:%H:%M}",
        f"{written:%Y-%m-%d %H:%M:%S}",
        str(entry.category),
        view.site.name if view.site else "",
        view.place,
        _("Erased at the end of the time it was kept.") if view.text is None else view.text,
        view.author.name,
        _standing(view),
        " ".join(str(alert.id) for alert in view.alerts),
        ", ".join(camera.name for camera in view.cameras),
    ]


def _standing(view: wire.LogbookEntryView) -> str:
    """How it stands to other entries, in words."""
    words = [
        _("corrected by %(reference)s") % {"reference": one.reference}
        for one in view.followers
        if one.kind is EntryKind.CORRECTION
    ]
    if view.refers_to is not None:
        places = {"reference": view.refers_to.reference}
        corrects = view.kind is EntryKind.CORRECTION
        words.append((_("corrects %(reference)s") if corrects else _("adds to %(reference)s")) % places)
    return ", ".join(words)
