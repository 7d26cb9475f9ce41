"""Everything that the running system emits, on footage with a large face, searched with a detector that it does not use.

Live frames in both formats, snapshot and clip of an alert, the set-up picture and the picture of a camera's test; and the
places where no picture may be at all: the broker's files, the database's files, the logs.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import httpx
import numpy as np
import pytest
from django.db import connection
from websockets.asyncio.client import connect

from detection.live_wire import HEADER, Format, Header
from detection.models import Camera, CameraStatus, WatchState
from detection.vision.frames import Pixels
from soc.config import config
from soc.embedded import assets
from soc.people.rights import Role
from tests.factories import ApiTokenFactory, CameraFactory, MemberFactory, RuleFactory
from tests.privacy import faces
from tests.system import System, until

pytestmark = [pytest.mark.privacy, pytest.mark.django_db(transaction=True)]

FOOTAGE = "carphone_pristine.mp4"
TOKEN = "a-token-of-the-privacy-test"
FRAMES = 40
PICTURES = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF",
    b"\x00\x00\x00\x01\x67\x42",
    b"\x00\x00\x00\x18ftyp",
    b"\x00\x00\x00\x20ftyp",
)
"""How a JPEG, an H.264 stream (its first parameter set, baseline) and an MP4 begin."""


@pytest.fixture
def system() -> Iterator[System]:
    with System() as running:
        yield running


@pytest.fixture
def camera(system: System) -> Camera:
    """The face, watched by a real watcher and served by a real web process."""
    made = CameraFactory(address=FOOTAGE, frames_per_second=10, clip_before_s=1, clip_after_s=3)
    administrator = MemberFactory(organisation=made.organisation, roles=[Role.ADMINISTRATOR])
    ApiTokenFactory(member=administrator, text=TOKEN)
    system.watcher()
    system.web()
    until(lambda: CameraStatus.objects.filter(camera=made, state=WatchState.LIVE).exists(), "the camera is live")
    return made


def of_jpeg(data: bytes) -> Pixels:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def of_video(data: bytes) -> list[Pixels]:
    with av.open(io.BytesIO(data), "r") as video:
        return [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in video.decode(video=0)]


async def watch(system: System, camera: Camera, kind: Format) -> list[bytes]:
    """So many live pictures as a browser receives them."""
    received: list[bytes] = []
    address = f"{system.address.replace('http', 'ws')}/ws/live/"
    async with connect(address, additional_headers={"Authorization": f"Bearer {TOKEN}"}) as socket:
        await socket.send(json.dumps({"watch": str(camera.pk), "format": kind.value}))
        async for message in socket:
            if isinstance(message, bytes):
                assert Header.decode(message[: HEADER.size]).kind is kind
                received.append(message[HEADER.size :])
            if len(received) == FRAMES:
                break
    return received


def recordings(api: httpx.Client) -> list[bytes]:
    """The snapshot and the clip of the alert, once both are kept."""
    found: list[dict[str, Any]] = []

    def kept() -> bool:
        alerts = api.get("/api/alerts/").json()["results"]
        found[:] = [each for alert in alerts for each in api.get(f"/api/alerts/{alert['id']}/").json()["recordings"]]
        return len(found) == 2 and all(each["ready"] for each in found)

    until(kept, "snapshot and clip are kept")
    return [api.get(f"/api/recordings/{each['id']}/").content for each in found]


def written(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


def test_the_judge_sees_the_face_in_the_original() -> None:
    originals = of_video(assets.ensure(FOOTAGE).read_bytes())

    assert sum(bool(faces.found_in(frame)) for frame in originals[::10]) > len(originals) // 20


def test_no_face_is_in_anything_that_leaves_and_no_picture_where_none_may_be(system: System, camera: Camera) -> None:
    RuleFactory(camera=camera)
    with httpx.Client(base_url=system.address, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60) as api:
        emitted = {"live, JPEG": [of_jpeg(data) for data in asyncio.run(watch(system, camera, Format.JPEG))]}
        stream = b"".join(asyncio.run(watch(system, camera, Format.H264)))
        emitted["live, H.264"] = of_video(stream)
        for data in recordings(api):
            emitted["snapshot" if data.startswith(b"\xff\xd8") else "clip"] = (
                [of_jpeg(data)] if data.startswith(b"\xff\xd8") else of_video(data)
            )
        emitted["set-up picture"] = [of_jpeg(api.get(f"/api/cameras/{camera.pk}/picture/").content)]
        tried = api.post("/api/cameras/test/", json={"source": "file", "address": FOOTAGE}).json()
        emitted["camera test"] = [of_jpeg(base64.b64decode(tried["picture"].partition(",")[2]))]

    assert {"snapshot", "clip"} <= emitted.keys()
    assert len(emitted["live, H.264"]) >= FRAMES - 2
    for what, pictures in emitted.items():
        assert pictures, what
        seen = {number: found for number, frame in enumerate(pictures) if (found := faces.found_in(frame))}
        assert seen == {}, what

    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        database = Path(cursor.fetchone()[0])
    broker = config().var.parent / "servers"
    logs_and_spool = config().var
    kept = logs_and_spool / "media"
    searched = 0
    for folder in {database, broker, logs_and_spool}:
        for path, content in written(folder):
            if path.is_relative_to(kept) or path.is_symlink() or (logs_and_spool / "footage") in path.parents:
                continue
            searched += 1
            assert not any(mark in content for mark in PICTURES), path
    assert searched > 100
