"""Live viewing as a browser has it: a real outlet, a real broker, a real web process, a real database."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from django.conf import settings
from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from detection.live import LiveOutlet
from detection.live_link import LiveLink
from detection.live_wire import HEADER, Flag, Format, Header
from detection.models import Camera, CameraStatus, Lease, WatchState
from detection.reasons import Reason
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import RoleGrant
from soc.people.rights import Role
from tests.detection.live.pictures import noise, public
from tests.factories import CameraFactory, SiteFactory
from tests.soc.broadcast import web
from tests.soc.broadcast.people import Person, person

pytestmark = pytest.mark.django_db(transaction=True)
CEILING_S = 30


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[web.Web]:
    running = web.start(settings.REDIS_URL)
    yield running
    running.stop()


class Watched:
    """A camera that a watcher watches: lease, status and an outlet that is offered 20 frames a second."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        Lease.objects.create(
            camera=camera,
            organisation=camera.organisation,
            watcher="test",
            expires_at=timezone.now() + dt.timedelta(hours=1),
        )
        self.says(WatchState.LIVE)
        self._link = LiveLink(settings.REDIS_URL)
        self.outlet = LiveOutlet(camera.pk, 20, 10, self._link)
        self.runs = threading.Event()
        self.runs.set()
        self.picture = public
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._offer)
        self._thread.start()

    def says(self, state: WatchState, reason: Reason | None = None) -> None:
        CameraStatus.objects.update_or_create(
            camera=self.camera,
            defaults={
                "organisation": self.camera.organisation,
                "state": state,
                "reason": reason or "",
                "since": timezone.now(),
            },
        )

    def _offer(self) -> None:
        number = 0
        while not self._stop.wait(0.05):
            if self.runs.is_set():
                self.outlet.offer(self.picture(number, time.time()))
                number += 1

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self.outlet.close()
        self._link.close()


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched(CameraFactory())
    yield made
    made.stop()


class Tiles:
    """A browser's live socket."""

    def __init__(self, client: ClientConnection) -> None:
        self.client = client
        self.states: list[dict[str, Any]] = []

    def watch(self, camera: uuid.UUID, kind: str = "h264") -> None:
        self.client.send(json.dumps({"watch": str(camera), "format": kind}))

    def unwatch(self, camera: uuid.UUID) -> None:
        self.client.send(json.dumps({"unwatch": str(camera)}))

    def picture(self) -> tuple[Header, bytes]:
        while True:
            message = self.client.recv(CEILING_S)
            if isinstance(message, bytes):
                return Header.decode(message), message[HEADER.size :]
            self.states.append(json.loads(message))

    def state(self, *wanted: str) -> dict[str, Any]:
        """The next state, or the next that is one of these."""
        while True:
            message = self.client.recv(CEILING_S)
            if isinstance(message, str):
                state: dict[str, Any] = json.loads(message)
                if not wanted or state["state"] in wanted:
                    return state


def open_live(server: web.Web, who: Person) -> ClientConnection:
    return connect(
        server.url("/ws/live/"),
        sock=web.small_socket(server),
        additional_headers=who.headers,
        compression=None,
        max_queue=4,
        close_timeout=1,
        ping_interval=None,
    )


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + CEILING_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def close_code(client: ClientConnection) -> int:
    def read_on() -> None:
        while True:
            client.recv(CEILING_S)

    with pytest.raises(ConnectionClosed) as closed:
        read_on()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def test_a_viewer_sees_h264_from_a_key_frame_on(server: web.Web, watched: Watched) -> None:
    with open_live(server, person(watched.camera.organisation)) as client:
        tiles = Tiles(client)
        tiles.watch(watched.camera.pk)
        got = [tiles.picture() for _ in range(30)]
    assert tiles.states[0] | {"since": ""} == {
        "camera": str(watched.camera.pk),
        "state": "live",
        "reason": "",
        "since": "",
    }
    headers = [header for header, _ in got]
    assert Flag.KEY in headers[0].flags
    assert {header.camera for header in headers} == {watched.camera.pk}
    assert [header.sequence for header in headers] == list(range(headers[0].sequence, headers[0].sequence + 30))
    decoder = av.CodecContext.create("h264", "r")
    frames = [frame for _, data in got for frame in decoder.decode(av.Packet(data))] + decoder.decode(None)
    assert [(frame.width, frame.height) for frame in frames] == [(320, 180)] * 30


def test_a_browser_without_webcodecs_sees_jpegs(server: web.Web, watched: Watched) -> None:
    with open_live(server, person(watched.camera.organisation)) as client:
        tiles = Tiles(client)
        tiles.watch(watched.camera.pk, "jpeg")
        header, data = tiles.picture()
    assert header.kind is Format.JPEG
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (180, 320, 3)


def test_two_tiles_share_a_socket_and_an_unwatched_one_stops(server: web.Web, watched: Watched) -> None:
    other = Watched(CameraFactory(site=watched.camera.site))
    try:
        with open_live(server, person(watched.camera.organisation)) as client:
            tiles = Tiles(client)
            tiles.watch(watched.camera.pk)
            tiles.watch(other.camera.pk)
            seen: set[uuid.UUID] = set()
            while len(seen) < 2:
                seen.add(tiles.picture()[0].camera)
            tiles.unwatch(watched.camera.pk)
            in_a_row = 0
            while in_a_row < 40:
                in_a_row = in_a_row + 1 if tiles.picture()[0].camera == other.camera.pk else 0
    finally:
        other.stop()


def test_who_may_not_is_refused_and_sees_nothing(server: web.Web, watched: Watched) -> None:
    camera = watched.camera
    elsewhere = SiteFactory(organisation=camera.organisation)
    strangers = [person(CameraFactory().organisation), person(camera.organisation, site=elsewhere)]
    for stranger in strangers:
        with open_live(server, stranger) as client:
            tiles = Tiles(client)
            tiles.watch(camera.pk)
            assert tiles.state()["state"] == "refused"
            tiles.watch(uuid.uuid4())
            message = client.recv(CEILING_S)  # a picture would have come before
            assert isinstance(message, str)
    with open_live(server, person(camera.organisation, Role.AUDITOR)) as client:
        assert close_code(client) == 4403
    with open_live(server, Person(strangers[0].member, "nonsense")) as client:
        assert close_code(client) == 4401


def test_a_right_revoked_at_the_site_ends_that_tile_and_everywhere_the_socket(
    server: web.Web, watched: Watched
) -> None:
    camera = watched.camera
    elsewhere = SiteFactory(organisation=camera.organisation)
    agent = person(camera.organisation, site=camera.site)
    RoleGrant.objects.create(organisation=camera.organisation, member=agent.member, role=Role.AGENT, site=elsewhere)
    with open_live(server, agent) as client:
        tiles = Tiles(client)
        tiles.watch(camera.pk)
        tiles.picture()
        RoleGrant.objects.filter(member=agent.member, site=camera.site).delete()
        assert tiles.state("refused")["camera"] == str(camera.pk)
        RoleGrant.objects.filter(member=agent.member).delete()
        assert close_code(client) == 4403


def test_a_camera_that_moves_out_of_reach_is_taken_away(server: web.Web, watched: Watched) -> None:
    camera = watched.camera
    with open_live(server, person(camera.organisation, site=camera.site)) as client:
        tiles = Tiles(client)
        tiles.watch(camera.pk)
        tiles.picture()
        Camera.objects.filter(pk=camera.pk).update(site=SiteFactory(organisation=camera.organisation))
        assert tiles.state("refused")["camera"] == str(camera.pk)


def test_viewing_is_journalled_once_though_the_tile_comes_back(server: web.Web, watched: Watched) -> None:
    agent = person(watched.camera.organisation)
    for _ in range(3):
        with open_live(server, agent) as client:
            tiles = Tiles(client)
            tiles.watch(watched.camera.pk)
            tiles.picture()
            tiles.watch(watched.camera.pk, "jpeg")
            tiles.picture()
    (entry,) = Entry.objects.filter(action=Action.LIVE_VIEWED)
    assert (entry.actor_id, entry.subject_id) == (agent.member.pk, str(watched.camera.pk))
    assert entry.site_id == watched.camera.site_id


def test_the_tile_says_stale_and_live_again(server: web.Web, watched: Watched) -> None:
    with open_live(server, person(watched.camera.organisation)) as client:
        tiles = Tiles(client)
        tiles.watch(watched.camera.pk)
        tiles.picture()
        watched.runs.clear()
        stale = tiles.state("stale")
        watched.runs.set()
        assert tiles.state()["state"] == "live"
    assert stale["reason"] == "The picture is not being renewed."


def test_a_watcher_that_dies_leaves_no_tile_that_looks_live(server: web.Web, watched: Watched) -> None:
    with open_live(server, person(watched.camera.organisation)) as client:
        tiles = Tiles(client)
        tiles.watch(watched.camera.pk)
        tiles.picture()
        watched.stop()  # says nothing more
        assert tiles.state("stale", "down")["state"] == "stale"
        Lease.objects.all().delete()
        down = tiles.state("down")
    assert down["reason"] == str(Reason.NO_WATCHER.label)


def test_the_tile_says_why_it_is_down_in_the_readers_language(server: web.Web, watched: Watched) -> None:
    watched.runs.clear()
    watched.says(WatchState.DOWN, Reason.WRONG_PASSWORD)
    with open_live(server, person(watched.camera.organisation)) as client:
        tiles = Tiles(client)
        tiles.watch(watched.camera.pk)
        down = tiles.state("down")
    assert down["reason"] == str(Reason.WRONG_PASSWORD.label)
    assert dt.datetime.fromisoformat(down["since"]).tzinfo is not None


def test_a_slow_reader_skips_to_a_key_frame_and_the_others_miss_nothing(server: web.Web, watched: Watched) -> None:
    watched.picture = noise
    organisation = watched.camera.organisation
    with open_live(server, person(organisation)) as slow, open_live(server, person(organisation)) as other:
        slow_tiles, tiles = Tiles(slow), Tiles(other)
        slow_tiles.watch(watched.camera.pk)
        tiles.watch(watched.camera.pk)
        first, _ = slow_tiles.picture()
        numbers = [tiles.picture()[0].sequence for _ in range(150)]
        assert numbers == list(range(numbers[0], numbers[0] + 150))
        before = first.sequence
        while True:
            header, _ = slow_tiles.picture()
            if header.sequence != before + 1:
                break
            before = header.sequence
        assert Flag.KEY in header.flags


def test_a_socket_that_never_reads_is_closed(server: web.Web, watched: Watched) -> None:
    watched.picture = noise
    before = server.open_sockets()
    stuck = web.socket_that_never_reads(server, "/ws/live/", person(watched.camera.organisation).headers)
    until(lambda: server.open_sockets() == before + 1)
    web.send_text(stuck, json.dumps({"watch": str(watched.camera.pk), "format": "h264"}))
    deadline = time.monotonic() + 3 * CEILING_S
    while server.open_sockets() > before:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    stuck.close()


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"watch": "x", "format": "h264"}', '{"watch": 1}', '{"unwatch": null}', "x" * 2000,
     '{"watch": "00000000-0000-0000-0000-000000000000", "format": "raw"}'],
)  # fmt: skip
def test_nonsense_closes_the_socket(server: web.Web, text: str) -> None:
    with open_live(server, person(CameraFactory().organisation)) as client:
        client.send(text)
        assert close_code(client) == 4400


def test_the_brokers_files_hold_no_picture_after_live_viewing(server: web.Web, watched: Watched) -> None:
    organisation = watched.camera.organisation
    jpegs, units = [], []
    with open_live(server, person(organisation)) as client, open_live(server, person(organisation)) as other:
        tiles, jpeg_tiles = Tiles(client), Tiles(other)
        tiles.watch(watched.camera.pk)
        jpeg_tiles.watch(watched.camera.pk, "jpeg")
        for _ in range(20):
            units.append(tiles.picture()[1])
            jpegs.append(jpeg_tiles.picture()[1])
    link: Any = watched.outlet._link._redis
    link.set("a-key-that-reaches-the-disk", "a value that reaches the disk")
    link.save()
    folder = Path(link.config_get("dir")["dir"])
    files = [path for path in folder.rglob("*") if path.is_file()]
    contents = [path.read_bytes() for path in files]
    assert any(b"a value that reaches the disk" in content for content in contents)
    for content in contents:
        for picture in (*jpegs, *units):
            assert picture[-64:] not in content
        assert b"\xff\xd8\xff" not in content
        assert b"\x00\x00\x00\x01\x67" not in content
