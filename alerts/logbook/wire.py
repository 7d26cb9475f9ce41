"""Duty and the logbook as the API and the events write them."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import Field

from alerts.logbook.models import Category, EntryKind, Handover, LogbookEntry, LogbookWords, Shift
from alerts.models import Alert
from alerts.wire import Named, View
from soc.broadcast.events import Payload


class DutyView(View):
    """A member who is on duty."""

    member: Named
    site: Named | None = Field(description="Null: all sites.")
    since: dt.datetime


class DutyChanged(Payload, DutyView):
    """A member took up duty or ended it; `on` says which."""

    kind: Literal["duty.changed"] = "duty.changed"
    on: bool


class HandoverChanged(Payload):
    """A handover was signed first, signed second or withdrawn."""

    kind: Literal["handover.changed"] = "handover.changed"
    handover: UUID
    waiting: bool = Field(description="The second signature is missing.")


class EntryCategory(View):
    """What an entry is about."""

    id: UUID
    key: str
    names: dict[str, str] = Field(description="Language code to name.")


class LogbookCategory(EntryCategory):
    """What entries may be about."""

    offered: bool
    version: int = Field(description="Counts changes; who changes it names the version that was seen.")


class Referred(View):
    """Another entry, by its number."""

    id: UUID
    reference: str


class Follower(Referred):
    """A later entry that corrects this one or adds to it."""

    kind: EntryKind
    author: Named
    written_at: dt.datetime


class LinkedAlert(View):
    """An alert that an entry is about."""

    id: UUID
    rule: str
    camera: str
    severity: int
    captured_at: dt.datetime


class Signature(View):
    """Who signed, and when."""

    member: Named
    at: dt.datetime


class HandoverMark(View):
    """The handover whose words an entry is."""

    id: UUID
    taken: Signature | None = Field(description="Null: the second signature is missing.")
    withdrawn_at: dt.datetime | None


class LogbookEntryView(View):
    """An entry of the logbook. `text` is null when the words were erased at the end of their time."""

    id: UUID
    reference: str
    kind: EntryKind
    site: Named | None = Field(description="Null: no site in particular.")
    place: str
    category: EntryCategory
    happened_at: dt.datetime
    written_at: dt.datetime
    author: Named
    text: str | None
    refers_to: Referred | None
    followers: list[Follower]
    alerts: list[LinkedAlert]
    cameras: list[Named]
    handover: HandoverMark | None = Field(description="Set when it is what a shift was handed over with.")


class LogbookCategoriesChanged(Payload):
    """A category was added, renamed, moved, or is offered or not any more: lists of them are read again."""

    kind: Literal["logbook.categories"] = "logbook.categories"


class LogbookAdded(Payload):
    """Something was written in the logbook."""

    kind: Literal["logbook.added"] = "logbook.added"
    entry: UUID
    reference: str
    refers_to: UUID | None


def _fields(shift: Shift) -> dict[str, object]:
    return {
        "member": Named(id=shift.member_id, name=shift.member.display_name),
        "site": Named(id=shift.site.pk, name=shift.site.name) if shift.site else None,
        "since": shift.started_at,
    }


def duty_view(shift: Shift) -> DutyView:
    """A shift under way."""
    return DutyView.model_validate(_fields(shift))


def duty_changed(shift: Shift) -> DutyChanged:
    """The event of a shift that began or ended."""
    return DutyChanged.model_validate({**_fields(shift), "on": shift.ended_at is None})


def category_view(category: Category) -> LogbookCategory:
    """A category as lists show it."""
    return LogbookCategory(
        id=category.pk, key=category.key, names=category.names, offered=category.offered, version=category.version
    )


def kept_words(entry: LogbookEntry) -> LogbookWords | None:
    """What the entry says, as long as it is not erased."""
    return getattr(entry, "words", None)


def entry_view(entry: LogbookEntry) -> LogbookEntryView:
    """An entry as lists show it. Prefetch with `alerts.logbook.selectors.entries`."""
    words, before = kept_words(entry), entry.refers_to
    return LogbookEntryView(
        id=entry.pk,
        reference=entry.reference,
        kind=EntryKind(entry.kind),
        site=Named(id=entry.site.pk, name=entry.site.name) if entry.site else None,
        place=words.place if words else "",
        category=EntryCategory(id=entry.category_id, key=entry.category.key, names=entry.category.names),
        happened_at=entry.happened_at,
        written_at=entry.written_at,
        author=Named(id=entry.author_id, name=entry.author.display_name),
        text=words.text if words else None,
        refers_to=Referred(id=before.pk, reference=before.reference) if before else None,
        followers=[
            Follower(
                id=one.pk,
                reference=one.reference,
                kind=EntryKind(one.kind),
                author=Named(id=one.author_id, name=one.author.display_name),
                written_at=one.written_at,
            )
            for one in sorted(entry.followers.all(), key=lambda one: (one.year, one.number))
        ],
        alerts=[linked_alert(link.alert) for link in entry.alert_links.all()],
        cameras=[Named(id=link.camera_id, name=link.camera.name) for link in entry.camera_links.all()],
        handover=_mark(getattr(entry, "handover", None)),
    )


def linked_alert(alert: Alert) -> LinkedAlert:
    """An alert as the logbook names it."""
    return LinkedAlert(
        id=alert.pk,
        rule=alert.rule_name,
        camera=alert.camera.name,
        severity=alert.severity,
        captured_at=alert.captured_at,
    )


def taken_signature(handover: Handover) -> Signature | None:
    """The second signature, when it is there."""
    if handover.taken_by is None or handover.taken_at is None:
        return None
    return Signature(member=Named(id=handover.taken_by.pk, name=handover.taken_by.display_name), at=handover.taken_at)


def _mark(handover: Handover | None) -> HandoverMark | None:
    if handover is None:
        return None
    return HandoverMark(id=handover.pk, taken=taken_signature(handover), withdrawn_at=handover.withdrawn_at)
