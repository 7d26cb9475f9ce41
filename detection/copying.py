"""Settings of one camera copied to others: shown first, then one transaction a camera, each journalled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from detection import lawful, selectors, services
from detection.lawful import LegalRefusal
from detection.models import Camera
from soc.people.models import Member
from soc.people.rights import Right
from soc.refusals import Refusal, Status


class Part(StrEnum):
    """What may be copied. An authorisation is never copied: its number and dates are one camera's."""

    FRAMES = "frames"
    ANALYSIS = "analysis"
    CLIPS = "clips"
    RETENTION = "retention"
    LAWFUL = "lawful"


FIELDS: dict[Part, tuple[str, ...]] = {
    Part.FRAMES: ("frames_per_second",),
    Part.ANALYSIS: ("analysis_size",),
    Part.CLIPS: ("clip_before_s", "clip_after_s"),
    Part.RETENTION: ("retention_days",),
    Part.LAWFUL: ("place", "purpose", "legal_basis", "notice_displayed"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """A camera to copy to, as it was seen: with a version, a colleague's change since is not overwritten."""

    camera: UUID
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes, or became, of one camera.

    Attributes:
        camera: the camera as it was.
        version: its version: as seen in a preview, as written after a copy.
        changes: fields that differ; empty when it has these settings already.
        missing: what the law would ask of it then, before it may be watched.
        refusal: why nothing was written, if so.
    """

    camera: Camera
    version: int
    changes: tuple[Change, ...]
    missing: tuple[LegalRefusal, ...]
    refusal: Refusal | None = None


def preview(actor: Member, source_id: UUID, parts: Collection[Part], targets: Sequence[Target]) -> list[Outcome]:
    """What `copy` would change; nothing is written.

    Raises:
        Refusal: the source or a target is out of reach, or nothing was chosen.
    """
    source, reached = _reached(actor, source_id, parts, targets)
    return [_planned(source, reached[target.camera], parts) for target in targets]


def copy(actor: Member, source_id: UUID, parts: Collection[Part], targets: Sequence[Target]) -> list[Outcome]:
    """Copy settings. A camera that refuses stops no other.

    Raises:
        Refusal: as `preview`; what one camera refuses stands in its outcome.
    """
    source, reached = _reached(actor, source_id, parts, targets)
    return [_copied(actor, source, reached[target.camera], parts, target.version) for target in targets]


def _reached(
    actor: Member, source_id: UUID, parts: Collection[Part], targets: Sequence[Target]
) -> tuple[Camera, dict[UUID, Camera]]:
    reach = selectors.cameras(actor, Right.MANAGE_CAMERAS)
    source = reach.filter(pk=source_id).first()
    wanted = {target.camera for target in targets}
    found = {camera.pk: camera for camera in reach.filter(pk__in=wanted - {source_id})}
    if source is None or wanted - found.keys() - {source_id}:
        raise Refusal("not_found", _("There is no such camera."), status=Status.NOT_FOUND)
    if source_id in wanted:
        sentence = _("A camera's settings are copied to other cameras.")
        raise Refusal("copied_to_itself", sentence, fields={"targets": sentence})
    if not parts:
        sentence = _("Choose what to copy.")
        raise Refusal("nothing_chosen", sentence, fields={"parts": sentence})
    return source, found


def _planned(source: Camera, target: Camera, parts: Collection[Part]) -> Outcome:
    names = [name for part in Part if part in parts for name in FIELDS[part]]
    changes = tuple(
        Change(name, getattr(target, name), getattr(source, name))
        for name in names
        if getattr(target, name) != getattr(source, name)
    )
    for change in changes:  # on the object only
        setattr(target, change.field, change.after)
    missing = tuple(lawful.refusals(target))
    for change in changes:
        setattr(target, change.field, change.before)
    return Outcome(target, target.version, changes, missing)


def _copied(actor: Member, source: Camera, target: Camera, parts: Collection[Part], version: int | None) -> Outcome:
    planned = _planned(source, target, parts)
    if not planned.changes:
        return planned
    entered = {change.field: change.after for change in planned.changes}
    try:
        written = services.change_camera(actor, target.pk, cast("services.CameraEntry", entered), version=version)
    except Refusal as refusal:
        return Outcome(target, target.version, planned.changes, planned.missing, refusal)
    return Outcome(target, written.version, planned.changes, planned.missing)
