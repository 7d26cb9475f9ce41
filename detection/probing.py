"""The web's half of a camera's test: ask a watcher for one blurred picture and wait for it, by pub/sub only.

Wakes a watcher through Celery; nothing here touches a pixel that was not blurred and encoded there.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError
from pydantic import BaseModel, ConfigDict, ValidationError
from redis.client import PubSub

from detection import leases
from detection.addresses import check_address, same_device
from detection.credentials import Credentials, open_credentials, seal_credentials
from detection.models import Camera, Lease, Probe, SourceKind
from detection.reasons import Reason
from soc.celery import app
from soc.journal import services as journal
from soc.journal.actions import Action
from soc.journal.services import Json
from soc.people.models import Member
from soc.refusals import Refusal, Status

log = structlog.get_logger(__name__)

PATIENCE_S = 30.0
"""How long the web waits for a watcher's answer; a watcher gives up on a camera earlier."""

LIVE_PATIENCE_S = 3.0
EXPIRES_S = 20
LIVE_WANT_S = 5
_HEADER = 32  # bytes before a live picture, see docs/architecture.md
_WHOLE = 2  # flag: pixelated whole


@dataclass(frozen=True, slots=True)
class SetUpPicture:
    """A blurred picture of a camera.

    Attributes:
        jpeg: the blurred picture.
        width: of the camera's frame, pixels; 0 where it is not known.
        height: likewise.
    """

    jpeg: bytes
    width: int
    height: int

    @property
    def data_url(self) -> str:
        """As an address that an `img` takes."""
        return "data:image/jpeg;base64," + base64.b64encode(self.jpeg).decode()


class _Subscription(Protocol):
    """What is used of redis' `PubSub`, which has no types of its own."""

    def subscribe(self, name: str) -> None: ...

    def get_message(self, *, timeout: float) -> Mapping[str, Any] | None: ...

    def close(self) -> None: ...


class Verdict(BaseModel):
    """What a watcher says of a probe, before the picture if there is one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    ok: bool
    reason: Reason | None = None
    width: int = 0
    height: int = 0


def channel(probe_id: UUID) -> str:
    """Where the answer to a probe is published."""
    return f"probe:{probe_id}"


def try_camera(
    actor: Member, kind: SourceKind, address: str, credentials: Credentials | None, saved: Camera | None = None
) -> SetUpPicture:
    """Test a camera that is not saved (yet).

    Args:
        actor: who asks.
        kind: how its pictures arrive.
        address: where from.
        credentials: as entered; ``None`` to use those of `saved`, if the address leads to the same device.
        saved: the camera that is being changed, if it is one.

    Raises:
        Refusal: a sentence that says what is wrong.
    """
    check_address(kind, address)
    if credentials is not None:
        sealed = seal_credentials(credentials)
    elif saved is not None and same_device(kind, address, SourceKind(saved.source), saved.address):
        sealed = seal_credentials(open_credentials(saved.credentials))
    else:
        sealed = None
    probe = Probe(
        organisation_id=actor.organisation_id,
        source=kind,
        address=address,
        credentials=sealed,
        private_polygons=_private(saved),
    )
    return _run(actor, probe, saved)


def picture_of(actor: Member, camera: Camera) -> SetUpPicture:
    """A blurred picture of a saved camera: the live one where it is watched, else a test of it.

    Raises:
        Refusal: a sentence that says what is wrong.
    """
    watched = Lease.objects.filter(camera=camera).exclude(watcher="").exists()
    jpeg = _live_picture(camera.pk) if watched else None
    if jpeg is None:
        return try_camera(actor, SourceKind(camera.source), camera.address, None, camera)
    with transaction.atomic():
        journal.record(camera.organisation_id, Action.LIVE_VIEWED, actor=actor, subject=camera, site_id=camera.site_id)
    return SetUpPicture(jpeg, 0, 0)


def _private(saved: Camera | None) -> list[list[list[float]]]:
    return [] if saved is None else [zone.polygon for zone in saved.zones.all() if zone.private]


def _run(actor: Member, probe: Probe, saved: Camera | None) -> SetUpPicture:
    if not leases.living():
        raise Refusal(Reason.NO_WATCHER.value, Reason.NO_WATCHER.label, status=Status.UNAVAILABLE)
    with _listening(channel(probe.pk)) as heard:
        details: dict[str, Json] = {"source": str(probe.source), "address": probe.address}
        with transaction.atomic():
            probe.save(force_insert=True)
            journal.record(
                probe.organisation_id,
                Action.CAMERA_TESTED,
                actor=actor,
                subject=saved,
                site_id=saved.site_id if saved else None,
                details=details,
            )
        try:
            app.send_task("detection.tasks.probe", args=[str(probe.pk)], queue="detection", expires=EXPIRES_S)
            return _answer(heard)
        finally:
            Probe.objects.filter(pk=probe.pk).delete()


def _answer(heard: _Subscription) -> SetUpPicture:
    deadline = time.monotonic() + PATIENCE_S
    text = _next(heard, deadline)
    try:
        verdict = Verdict.model_validate_json(text) if text is not None else None
    except ValidationError:
        verdict = None
    if verdict is not None and verdict.reason is not None:
        reason = verdict.reason
        raise Refusal(reason.value, reason.label, fields={"address": reason.label})
    jpeg = _next(heard, deadline) if verdict is not None and verdict.ok else None
    if verdict is None or jpeg is None:
        raise Refusal(
            "no_answer",
            _("No watcher answered in time. They may all be busy: try again in a moment."),
            status=Status.UNAVAILABLE,
        )
    return SetUpPicture(jpeg, verdict.width, verdict.height)


def _live_picture(camera_id: UUID) -> bytes | None:
    """The next live JPEG that is not pixelated whole, or ``None`` when none comes soon."""
    name = f"live:{camera_id}:jpeg"
    with _listening(name) as heard:
        _client().set(f"live-want:{camera_id}:jpeg", "1", ex=LIVE_WANT_S)
        deadline = time.monotonic() + LIVE_PATIENCE_S
        while (message := _next(heard, deadline)) is not None:
            if len(message) > _HEADER and not message[18] & _WHOLE:
                return message[_HEADER:]
    return None


@contextmanager
def _listening(name: str) -> Iterator[_Subscription]:
    """Subscribed to a channel, before anybody is asked to publish there.

    Raises:
        Refusal: the broker is away.
    """
    away = False
    heard = cast("_Subscription", PubSub(_client().connection_pool, ignore_subscribe_messages=True))
    try:
        heard.subscribe(name)
        heard.get_message(timeout=1.0)
        yield heard
    except (redis.RedisError, OSError, OperationalError) as error:
        log.warning("probe.broker_away", error=type(error).__name__)
        away = True
    finally:
        heard.close()
    if away:
        raise Refusal(
            "broker_away",
            _("The camera could not be tested, because the message broker does not answer. Try again in a moment."),
            status=Status.UNAVAILABLE,
        )


def _next(heard: _Subscription, deadline: float) -> bytes | None:
    while (left := deadline - time.monotonic()) > 0:
        message = heard.get_message(timeout=left)
        if message is not None and message["type"] == "message":
            return bytes(message["data"])
    return None


def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2.0, socket_timeout=PATIENCE_S)
