"""The reader: cameras are killed, frozen and restarted under it; the latest frame wins; `stop` never hangs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from detection.models import SourceKind, WatchState
from detection.reasons import Reason
from detection.sources.reader import CameraReader, ReaderState, ReaderTiming
from detection.sources.source import Picture
from detection.sources.spec import SourceFault, SourcePolicy, SourceSpec
from detection.vision.frames import RawFrame
from tests.detection.sources.conftest import network_spec
from tests.peers.footage import moving, video
from tests.peers.process import Peer

CEILING = 60.0
QUICK = ReaderTiming(first_backoff=0.2, longest_backoff=1.0)
SERVERS = [("rtsp_server", SourceKind.RTSP), ("http_server", SourceKind.HTTP)]


def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition, generously."""
    deadline = time.monotonic() + CEILING
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def frame_of(reader: CameraReader) -> RawFrame:
    """The next frame, whenever it comes."""
    deadline = time.monotonic() + CEILING
    while time.monotonic() < deadline:
        frame = reader.next(timeout=1.0)
        if frame is not None:
            return frame
    raise AssertionError(f"no frame came: {reader.state}")


@pytest.fixture
def reading() -> Iterator[Callable[..., CameraReader]]:
    """Starts readers and stops them after the test."""
    readers: list[CameraReader] = []

    def start(spec: SourceSpec, policy: SourcePolicy, fps: float = 30.0, **more: object) -> CameraReader:
        timing = more.pop("timing", QUICK)
        assert isinstance(timing, ReaderTiming)
        reader = CameraReader(spec, policy, frames_per_second=fps, timing=timing)
        readers.append(reader)
        reader.start()
        return reader

    yield start
    for reader in readers:
        reader.stop()


@pytest.mark.parametrize(("server", "kind"), SERVERS)
def test_a_killed_camera_comes_back_by_itself(
    server: str, kind: SourceKind, policy: SourcePolicy, reading: Callable[..., CameraReader]
) -> None:
    with Peer.of_module(f"tests.peers.{server}") as peer:
        reader = reading(network_spec(kind, peer, "live"), policy)
        before = frame_of(reader)
        peer.kill()
        until(lambda: reader.state.state is WatchState.DOWN)
        until(lambda: reader.state.reason is Reason.REFUSED)
        peer.start()
        after = frame_of(reader)
        now = reader.state
        assert (now.state, now.reason) == (WatchState.LIVE, None)
        assert after.number > before.number
        assert after.captured_at > before.captured_at


@pytest.mark.parametrize(("server", "kind"), SERVERS)
def test_a_frozen_camera_is_noticed(
    server: str, kind: SourceKind, policy: SourcePolicy, reading: Callable[..., CameraReader]
) -> None:
    with Peer.of_module(f"tests.peers.{server}") as peer:
        reader = reading(network_spec(kind, peer, "live"), policy)
        frame_of(reader)
        peer.freeze()
        until(lambda: reader.state.state is WatchState.DOWN)
        assert reader.state.reason is Reason.FROZEN
        peer.thaw()
        frame_of(reader)
        assert reader.state.state is WatchState.LIVE


def test_a_wrong_password_is_said_and_its_correction_needs_no_restart_of_ours(
    policy: SourcePolicy, reading: Callable[..., CameraReader], caplog: pytest.LogCaptureFixture
) -> None:
    account = ("--auth", "digest", "--user", "viewer", "--password", "hunter2-secret")
    with caplog.at_level(logging.DEBUG), Peer.of_module("tests.peers.rtsp_server", *account) as peer:
        wrong = reading(network_spec(SourceKind.RTSP, peer, "live", "viewer", "guess-4711"), policy)
        until(lambda: wrong.state.reason is Reason.WRONG_PASSWORD)
        right = reading(network_spec(SourceKind.RTSP, peer, "live", "viewer", "hunter2-secret"), policy)
        frame_of(right)
    until(lambda: right.state.state is WatchState.DOWN)
    for secret in ("hunter2-secret", "guess-4711"):
        assert secret not in caplog.text + repr(right.state) + repr(wrong.state)


def test_a_state_that_goes_on_keeps_its_time(policy: SourcePolicy, reading: Callable[..., CameraReader]) -> None:
    reader = reading(SourceSpec(SourceKind.FILE, "nothing.mp4"), policy)
    until(lambda: reader.state.state is WatchState.DOWN)
    first = reader.state
    assert first.reason is Reason.NO_SUCH_FILE
    (policy.footage / "nothing.mp4").write_bytes(video(moving((320, 240), 20), 20))
    seen: list[ReaderState] = [first]

    def live() -> bool:
        seen.append(reader.state)
        return seen[-1].state is WatchState.LIVE

    until(live)
    assert {state.since for state in seen if state.state is WatchState.DOWN} == {first.since}


def test_the_latest_frame_wins_and_the_others_are_counted(
    policy: SourcePolicy, reading: Callable[..., CameraReader]
) -> None:
    (policy.footage / "fast.mp4").write_bytes(video(moving((320, 240), 50), 50))
    reader = reading(SourceSpec(SourceKind.FILE, "fast.mp4"), policy, fps=60.0)
    first = frame_of(reader)
    until(lambda: reader.dropped >= 10)
    dropped = reader.dropped
    second = frame_of(reader)
    assert second.number - first.number >= dropped
    assert reader.dropped >= dropped


def test_no_more_frames_are_handed_out_than_asked_for(
    policy: SourcePolicy, reading: Callable[..., CameraReader]
) -> None:
    (policy.footage / "fast.mp4").write_bytes(video(moving((320, 240), 50), 50))
    reader = reading(SourceSpec(SourceKind.FILE, "fast.mp4"), policy, fps=5.0)
    stamps = [frame_of(reader).captured_at for _ in range(10)]
    steps = [after - before for before, after in pairwise(stamps)]
    assert min(steps) > 0.1
    assert stamps[-1] - stamps[0] > 1.5


class Hanging:
    """A source whose read never returns, as a fault in a library's C code would."""

    def __init__(self, *_: object) -> None:
        self.never = threading.Event()

    def pictures(self) -> Iterator[Picture]:
        self.never.wait()
        return iter(())

    def frames(self) -> Iterator[RawFrame]:
        return iter(())

    def close(self) -> None:
        """Does not help."""


def test_a_read_that_hangs_is_left_behind(policy: SourcePolicy) -> None:
    opened: list[Hanging] = []

    def hang(_spec: SourceSpec, _policy: SourcePolicy) -> Hanging:
        opened.append(Hanging())
        return opened[-1]

    timing = ReaderTiming(opening=0.3, frozen=0.3, first_backoff=0.1, longest_backoff=0.1)
    spec = SourceSpec(SourceKind.FILE, "any")
    reader = CameraReader(spec, policy, frames_per_second=5, timing=timing, opener=hang)
    reader.start()
    until(lambda: len(opened) >= 3)
    assert reader.state.reason is Reason.FROZEN
    reader.stop()
    assert not reader._supervisor.is_alive()
    for source in opened:
        source.never.set()


def test_an_unforeseen_fault_is_a_camera_that_is_down(policy: SourcePolicy, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_spec: SourceSpec, _policy: SourcePolicy) -> Hanging:
        raise RuntimeError("unforeseen")

    spec = SourceSpec(SourceKind.FILE, "any")
    reader = CameraReader(spec, policy, frames_per_second=5, timing=QUICK, opener=fail)
    reader.start()
    until(lambda: reader.state.state is WatchState.DOWN)
    reader.stop()
    assert "reading a camera failed" in caplog.text


def test_the_pauses_between_tries_grow(policy: SourcePolicy) -> None:
    tries: list[float] = []

    def refuse(_spec: SourceSpec, _policy: SourcePolicy) -> Hanging:
        tries.append(time.monotonic())
        raise SourceFault(Reason.REFUSED)

    timing = ReaderTiming(first_backoff=0.1, longest_backoff=0.8)
    spec = SourceSpec(SourceKind.FILE, "any")
    reader = CameraReader(spec, policy, frames_per_second=5, timing=timing, opener=refuse)
    reader.start()
    until(lambda: len(tries) >= 5)
    reader.stop()
    assert reader.state.next_try is not None
    assert reader.state.next_try > reader.state.since, "it says when it tries again"
    pauses = [after - before for before, after in pairwise(tries)]
    assert all(pause >= 0.75 * least for pause, least in zip(pauses, (0.1, 0.2, 0.4, 0.8), strict=False))
