"""Keeping snapshots and clips, and destroying them: the file through Django's storage, the register in the database."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
from uuid import UUID, uuid4

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q

from alerts import feed, mp4
from alerts.models import Alert, Recording, RecordingFailure, RecordingKind
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record

log = structlog.get_logger(__name__)

_EXTENSIONS = {RecordingKind.SNAPSHOT: "jpg", RecordingKind.CLIP: "mp4"}
CONTENT_TYPES = {RecordingKind.SNAPSHOT: "image/jpeg", RecordingKind.CLIP: "video/mp4"}
_FULL = (errno.ENOSPC, errno.EDQUOT)
#: A recording that is not whole after this long was interrupted.
INTERRUPTED_AFTER = dt.timedelta(minutes=10)


def keep(alert_id: UUID, kind: RecordingKind, data: bytes | None, missing: RecordingFailure) -> None:
    """Keep one recording of an alert, or the reason why there is none. Again changes nothing once it is settled.

    A storage that refuses costs the recording, not the alert.

    Args:
        alert_id: a committed alert; when there is none any more, nothing happens.
        kind: what it is.
        data: the blurred picture or video, encoded; ``None`` when there is none.
        missing: why, when there is none.
    """
    recording = _entered(alert_id, kind)
    if recording is None or recording.sha256 or recording.failed:
        return
    failure = missing if data is None else _store(str(recording.file.name), data)
    _settle(recording.pk, data, failure)


def _entered(alert_id: UUID, kind: RecordingKind) -> Recording | None:
    """The register's row, with the file's name: committed before there is a file."""
    with transaction.atomic():
        alert = Alert.objects.select_related("camera").filter(pk=alert_id).first()
        if alert is None:
            return None
        now = clock.now()
        recording, _made = Recording.objects.get_or_create(
            alert=alert,
            kind=kind,
            defaults={
                "organisation_id": alert.organisation_id,
                "file": f"recordings/{now:%Y/%m/%d}/{uuid4()}.{_EXTENSIONS[kind]}",
                "recorded_at": now,
                "expires_at": now + dt.timedelta(days=alert.camera.retention_days),
            },
        )
    return recording


def _store(name: str, data: bytes) -> RecordingFailure | None:
    try:
        default_storage.delete(name)  # what an attempt before may have left
        default_storage.save(name, ContentFile(data))
    except OSError as error:
        log.exception("recording.not_stored", name=name, size=len(data), error=error.strerror)
        _remove_rest(name)
        return RecordingFailure.DISK_FULL if error.errno in _FULL else RecordingFailure.STORAGE
    return None


def _remove_rest(name: str) -> None:
    try:
        default_storage.delete(name)
    except OSError as error:
        # The row keeps the name, so retention tries again.
        log.exception("recording.rest_not_removed", name=name, error=error.strerror)


def _settle(recording_id: UUID, data: bytes | None, failure: RecordingFailure | None) -> None:
    with transaction.atomic():
        recording = Recording.objects.select_for_update().select_related("alert").get(pk=recording_id)
        if data is None or failure is not None:
            recording.failed = failure or RecordingFailure.NO_PICTURE
            recording.save(update_fields=["failed"])
            feed.changed(recording.alert)
            return
        recording.sha256 = hashlib.sha256(data).hexdigest()
        recording.size = len(data)
        if recording.kind == RecordingKind.CLIP and (times := mp4.clip_times(data)) is not None:
            recording.frames = times.frames
            recording.began_at = None if times.began_at is None else dt.datetime.fromtimestamp(times.began_at, dt.UTC)
        recording.save(update_fields=["sha256", "size", "frames", "began_at"])
        record(
            recording.organisation_id,
            Action.RECORDING_KEPT,
            subject=recording,
            site_id=recording.alert.site_id,
            details={
                "alert": str(recording.alert_id),
                "kind": recording.kind,
                "sha256": recording.sha256,
                "size": recording.size,
                "expires_at": recording.expires_at.isoformat(),
            },
        )
        feed.recording_ready(recording)


def destroy_expired() -> int:
    """Delete every copy of what has expired; the register stays. How many files went.

    A retention that was shortened since counts at once; one that was lengthened does not prolong what is kept.
    A file that cannot be deleted stays in the register as kept and is tried again the next time.
    """
    now = clock.now()
    shortened = Q(recorded_at__lt=now - F("alert__camera__retention_days") * dt.timedelta(days=1))
    expired = Recording.objects.filter(Q(expires_at__lte=now) | shortened, destroyed_at=None).values_list(
        "pk", flat=True
    )
    return sum(_destroy(recording) for recording in list(expired))


def _destroy(recording_id: UUID) -> bool:
    with transaction.atomic():
        recording = (
            Recording.objects.select_for_update(skip_locked=True)
            .select_related("alert")
            .filter(pk=recording_id, destroyed_at=None)
            .first()
        )
        if recording is None:
            return False
        name = str(recording.file.name)
        try:
            default_storage.delete(name)
        except OSError as error:
            log.exception("recording.not_destroyed", name=name, error=error.strerror)
            return False
        recording.destroyed_at = clock.now()
        recording.save(update_fields=["destroyed_at"])
        if not recording.sha256:
            return False
        record(
            recording.organisation_id,
            Action.RECORDING_DESTROYED,
            subject=recording,
            site_id=recording.alert.site_id,
            details={"alert": str(recording.alert_id), "kind": recording.kind, "sha256": recording.sha256},
        )
        feed.changed(recording.alert)
    return True


def note_interrupted() -> int:
    """Write down which recordings never came, because their watcher died: half-written ones and missing ones. How many."""
    before = clock.now() - INTERRUPTED_AFTER
    noted = 0
    for recording in Recording.objects.filter(sha256="", failed="", destroyed_at=None, recorded_at__lt=before):
        _remove_rest(str(recording.file.name))
        _settle(recording.pk, None, RecordingFailure.INTERRUPTED)
        noted += 1
    day = before - dt.timedelta(days=1)
    for kind in RecordingKind:
        without = Alert.objects.filter(committed_at__range=(day, before)).exclude(recordings__kind=kind)
        for alert in without.values_list("pk", flat=True):
            keep(alert, kind, None, RecordingFailure.INTERRUPTED)
            noted += 1
    return noted
