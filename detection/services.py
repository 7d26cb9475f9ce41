"""What can be done with cameras: one transaction each, journalled, told to who looks. What is drawn on them: `drawing`.

Credentials go in and never come out: neither the journal nor an event nor an answer holds them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from detection.addresses import check_address, same_device
from detection.credentials import Credentials, open_credentials, seal_credentials
from detection.events import CameraChangedPayload
from detection.models import Camera, SourceKind
from soc import clock
from soc.broadcast import services as broadcast
from soc.broadcast.events import Event
from soc.journal import services as journal
from soc.journal.actions import Action
from soc.journal.services import Json
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status


class CameraEntry(TypedDict, total=False):
    """What is entered about a camera; a field that is missing stays as it is."""

    site: UUID
    name: str
    enabled: bool
    source: str
    address: str
    user_name: str
    password: str
    frames_per_second: float
    analysis_size: int
    retention_days: int
    clip_before_s: int
    clip_after_s: int
    place: str
    purpose: str
    legal_basis: str
    authorisation: str
    authorised_until: dt.date | None
    notice_displayed: bool


_SECRETS = ("user_name", "password")


def add_camera(actor: Member, entered: CameraEntry) -> Camera:
    """Add a camera at a site that `actor` manages.

    Raises:
        Refusal: something entered cannot be used; `fields` says what.
    """
    with transaction.atomic():
        camera = Camera(organisation=actor.organisation)
        _apply(actor, camera, entered)
        camera.credentials = seal_credentials(_merged(Credentials(), entered))
        _refuse_second_name(camera)
        camera.save(force_insert=True)
        journal.record(
            actor.organisation_id,
            Action.CAMERA_ADDED,
            actor=actor,
            subject=camera,
            site_id=camera.site_id,
            details={"after": _facts(camera)},
        )
        tell(camera)
    return camera


def change_camera(actor: Member, camera_id: UUID, entered: CameraEntry, *, version: int | None = None) -> Camera:
    """Change a camera; its watcher re-reads it within a second or two.

    Args:
        actor: who does it.
        camera_id: which camera.
        entered: what changes.
        version: the version that `actor` saw, if known.

    Raises:
        Refusal: as `add_camera`; CONFLICT when a colleague changed the camera since `version`.
    """
    with transaction.atomic():
        camera = locked_camera(actor, camera_id, version)
        before, sealed = _facts(camera), camera.credentials
        kept = (SourceKind(camera.source), camera.address)
        _apply(actor, camera, entered)
        if any(name in entered for name in _SECRETS):
            camera.credentials = seal_credentials(_merged(open_credentials(sealed), entered))
        # Who may change an address must not learn the password by sending it to a device of theirs.
        moved = not same_device(*kept, SourceKind(camera.source), camera.address)
        if sealed is not None and moved and "password" not in entered:
            sentence = _("The address leads to another device: enter the user name and password again.")
            raise Refusal("credentials_needed", sentence, fields={"password": sentence})
        _refuse_second_name(camera)
        after = _facts(camera)
        changed = sorted(name for name in after if after[name] != before[name])
        secret_changed = camera.credentials is not sealed
        if not changed and not secret_changed:
            return camera
        camera.version += 1
        camera.save()
        details: dict[str, Json] = {
            "before": {name: before[name] for name in changed},
            "after": {name: after[name] for name in changed},
        }
        if secret_changed:
            details["credentials"] = True
        _record(actor, camera, Action.CAMERA_CHANGED, details)
        tell(camera)
    return camera


def remove_camera(actor: Member, camera_id: UUID) -> None:
    """Take a camera away. Its row stays for its alerts' sake, switched off and without credentials."""
    with transaction.atomic():
        camera = locked_camera(actor, camera_id)
        before = _facts(camera)
        camera.enabled, camera.credentials, camera.removed_at = False, None, clock.now()
        camera.version += 1
        camera.save()
        _record(actor, camera, Action.CAMERA_REMOVED, {"before": before})
        tell(camera)


def locked_camera(actor: Member, camera_id: UUID, version: int | None = None) -> Camera:
    """The camera, locked, so that two changes of it follow each other.

    Raises:
        Refusal: it is not within reach, or a colleague changed it since `version`.
    """
    cameras = scoped(Camera.objects.filter(removed_at=None), actor, Right.MANAGE_CAMERAS)
    camera = cameras.select_for_update(of=("self",)).select_related("organisation").filter(pk=camera_id).first()
    if camera is None:
        raise Refusal("not_found", _("There is no such camera."), status=Status.NOT_FOUND)
    if version is not None and version != camera.version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this camera meanwhile. Reload it and enter your change again."),
            status=Status.CONFLICT,
        )
    return camera


def _apply(actor: Member, camera: Camera, entered: CameraEntry) -> None:
    for name, value in entered.items():
        if name == "site":
            continue
        if name not in _SECRETS:
            setattr(camera, name, value)
    if "site" in entered:
        site = scoped(Site.objects.all(), actor, Right.MANAGE_CAMERAS).filter(pk=entered["site"]).first()
        if site is None:
            sentence = _("There is no such site.")
            raise Refusal("no_such_site", sentence, fields={"site": sentence})
        camera.site = site
    check_address(SourceKind(camera.source), camera.address)


def _merged(kept: Credentials, entered: CameraEntry) -> Credentials:
    return Credentials(
        user_name=entered.get("user_name", kept.user_name), password=entered.get("password", kept.password)
    )


def _refuse_second_name(camera: Camera) -> None:
    # Two cameras of one name added at once follow each other here, instead of the second one failing in the database.
    Site.objects.select_for_update(no_key=True).get(pk=camera.site_id)
    others = Camera.objects.filter(site=camera.site, name=camera.name, removed_at=None).exclude(pk=camera.pk)
    if others.exists():
        sentence = _("There is a camera of this name at this site already.")
        raise Refusal("name_taken", sentence, status=Status.CONFLICT, fields={"name": sentence})


def _facts(camera: Camera) -> dict[str, Json]:
    """What the journal keeps of a camera: everything but its credentials."""
    return {
        "site": str(camera.site_id),
        "name": camera.name,
        "enabled": camera.enabled,
        "source": str(camera.source),
        "address": camera.address,
        "frames_per_second": camera.frames_per_second,
        "analysis_size": camera.analysis_size,
        "retention_days": camera.retention_days,
        "clip_before_s": camera.clip_before_s,
        "clip_after_s": camera.clip_after_s,
        "place": str(camera.place),
        "purpose": camera.purpose,
        "legal_basis": camera.legal_basis,
        "authorisation": camera.authorisation,
        "authorised_until": camera.authorised_until.isoformat() if camera.authorised_until else None,
        "notice_displayed": camera.notice_displayed,
    }


def _record(actor: Member, camera: Camera, action: Action, details: Mapping[str, Json]) -> None:
    journal.record(camera.organisation_id, action, actor=actor, subject=camera, site_id=camera.site_id, details=details)


def tell(camera: Camera) -> None:
    """Tell who looks that a camera changed; last in the transaction, since it locks the feed's counter."""
    payload = CameraChangedPayload(camera=camera.pk, version=camera.version, removed=camera.removed_at is not None)
    broadcast.publish(
        Event(organisation_id=camera.organisation_id, payload=payload, right=Right.SEE_CAMERAS, site_id=camera.site_id)
    )
