"""What can be done with recordings: keep one, take it off the list, delete those that nothing uses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import IO
from uuid import UUID, uuid4

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alerts.channels.recordings import selectors
from alerts.channels.recordings.models import DAYS_AT_FIRST, LONGEST_TEXT, Origin, RecordingPolicy, SoundRecording
from alerts.channels.recordings.sounds import Sound, sound_of
from alerts.channels.recordings.uses import in_use
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member, Organisation, Site
from soc.people.rights import Right
from soc.people.scope import Everywhere, reach, scoped
from soc.refusals import Refusal, Status

log = structlog.get_logger(__name__)
MOST_DAYS = 365


def keep(
    member: Member, site_id: UUID, *, language: str, text: str, origin: Origin, upload: IO[bytes]
) -> SoundRecording:
    """Keep the sound of an uploaded file, with the words that say the same. What is refused is journalled.

    Raises:
        Refusal: no such site in reach, no words, or the file is no recording, too long, too large, silent or damaged.
    """
    site = scoped(Site.objects.all(), member, Right.DIRECT).filter(pk=site_id).first()
    if site is None:
        unknown = _("There is no such site in your reach. Choose one of the list.")
        raise Refusal("no_such_site", unknown, fields={"site": unknown})
    try:
        written = _words(text)
        sound = sound_of(upload)
    except Refusal as refusal:
        _journal_refusal(member, site, refusal.code)
        raise
    with _stored(sound) as name, transaction.atomic():
        made = SoundRecording.objects.create(
            organisation_id=member.organisation_id,
            site=site,
            language=language,
            text=written,
            origin=origin,
            file=name,
            sha256=sound.sha256,
            size=len(sound.data),
            seconds=round(sound.seconds, 2),
            made_by=member,
        )
        record(
            member.organisation_id,
            Action.SOUND_RECORDED,
            actor=member,
            subject=made,
            site_id=site.pk,
            details={
                "language": language,
                "recording_origin": origin.value,
                "seconds": made.seconds,
                "size": made.size,
                "sha256": made.sha256,
            },
        )
    return made


@transaction.atomic
def remove(member: Member, recording: UUID) -> None:
    """Take a recording off the list. What names it already goes on with it; its sound goes when nothing does.

    Raises:
        Refusal: there is no such recording in the member's reach.
    """
    rows = selectors.recordings(member, Right.PREPARE)
    found = rows.select_for_update(of=("self",)).filter(pk=recording).first()
    if found is None:
        raise Refusal("no_such_recording", _("There is no such recording."), status=Status.NOT_FOUND)
    found.removed_at = clock.now()
    found.save(update_fields=["removed_at"])
    record(found.organisation_id, Action.SOUND_RECORDING_REMOVED, actor=member, subject=found, site_id=found.site_id)


@transaction.atomic
def keep_for(member: Member, days: int) -> int:
    """Set for how many days the organisation keeps recordings that nothing uses.

    Raises:
        Refusal: the member does not prepare plans at all sites, or the number is out of bounds.
    """
    if not isinstance(reach(member, Right.PREPARE), Everywhere):
        sentence = _("Only who prepares plans at all sites sets for how long recordings are kept.")
        raise Refusal("not_everywhere", sentence, status=Status.FORBIDDEN)
    if not 1 <= days <= MOST_DAYS:
        bounds = _("Choose from 1 to 365 days.")
        raise Refusal("days", bounds, fields={"days": bounds})
    before = selectors.days(member.organisation)
    RecordingPolicy.objects.update_or_create(organisation=member.organisation, defaults={"days": days})
    record(
        member.organisation_id,
        Action.SOUND_RECORDING_POLICY,
        actor=member,
        details={"before": {"days": before}, "after": {"days": days}},
    )
    return days


def must_be_playable(organisation: UUID, site: UUID, wanted: dict[str, UUID]) -> None:
    """Who speaks names recordings that are there, of the site, each in its language.

    Raises:
        Refusal: one is not.
    """
    rows = SoundRecording.objects.filter(
        organisation=organisation, site=site, pk__in=wanted.values(), removed_at=None, destroyed_at=None
    )
    known = dict(rows.values_list("pk", "language"))
    for language, one in wanted.items():
        if known.get(one) != language:
            unknown = _("There is no such recording in this language. Record it again, or leave it out.")
            raise Refusal("no_such_recording", unknown, fields={f"recordings.{language}": unknown})


def destroy_unused() -> int:
    """Delete sound and words of what nothing has used for as long as its organisation says; how many those were."""
    now = clock.now()
    kept = SoundRecording.objects.filter(destroyed_at=None)
    policies = dict(RecordingPolicy.objects.values_list("organisation", "days"))
    gone = 0
    for organisation in kept.order_by().values_list("organisation", flat=True).distinct():
        used = in_use(organisation)
        own = kept.filter(organisation=organisation)
        own.filter(pk__in=used).exclude(unused_since=None).update(unused_since=None)
        own.exclude(pk__in=used).filter(unused_since=None).update(unused_since=now)
        limit = now - dt.timedelta(days=policies.get(organisation, DAYS_AT_FIRST))
        over = own.filter(unused_since__lte=limit).values_list("pk", flat=True)
        gone += sum(_destroy(one, used) for one in list(over))
    return gone


@transaction.atomic
def _destroy(recording: UUID, used: Collection[UUID]) -> bool:
    found = SoundRecording.objects.select_for_update(skip_locked=True).filter(pk=recording, destroyed_at=None).first()
    if found is None or recording in used:
        return False
    try:
        default_storage.delete(str(found.file.name))
    except OSError as error:
        log.exception("sound_recording.not_destroyed", recording=str(recording), error=error.strerror)
        return False
    found.destroyed_at, found.text = clock.now(), ""
    found.save(update_fields=["destroyed_at", "text"])
    record(
        found.organisation_id,
        Action.SOUND_RECORDING_DESTROYED,
        subject=found,
        site_id=found.site_id,
        details={"sha256": found.sha256},
    )
    return True


@transaction.atomic
def _journal_refusal(member: Member, site: Site, code: str) -> None:
    organisation: Organisation = member.organisation
    record(organisation, Action.SOUND_RECORDING_REFUSED, actor=member, site_id=site.pk, details={"refused": code})


def _words(text: str) -> str:
    written = " ".join(text.split())
    needed = _("Write what the recording says: who cannot hear it reads it.")
    if not written:
        raise Refusal("recording_without_words", needed, fields={"text": needed})
    return written[:LONGEST_TEXT]


@contextmanager
def _stored(sound: Sound) -> Iterator[str]:
    """The sound's name in the storage; what refuses afterwards leaves no file behind."""
    try:
        name = default_storage.save(f"spoken/{uuid4()}.wav", ContentFile(sound.data))
    except OSError as error:
        log.exception("sound_recording.not_stored", size=len(sound.data), error=error.strerror)
        sentence = _("The storage refused the recording. Tell the operator.")
        raise Refusal("storage", sentence, status=Status.UNAVAILABLE) from error
    try:
        yield name
    except BaseException:
        _forget(name)
        raise


def _forget(name: str) -> None:
    try:
        default_storage.delete(name)
    except OSError as error:
        log.exception("sound_recording.rest_not_removed", name=name, error=error.strerror)
