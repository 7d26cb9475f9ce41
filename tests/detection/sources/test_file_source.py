"""Files: only the operator's folder, real time, looped; whatever lies there is played or refused with a reason."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest

from detection.models import SourceKind
from detection.reasons import Reason
from detection.sources.registry import open_source
from detection.sources.spec import SourcePolicy, SourceSpec
from detection.vision.frames import RawFrame
from soc import clock
from tests.detection.sources.conftest import fault_of, take
from tests.peers.footage import moving, video


def put(policy: SourcePolicy, name: str, data: bytes) -> SourceSpec:
    (policy.footage / name).write_bytes(data)
    return SourceSpec(SourceKind.FILE, name)


def test_a_file_plays_in_real_time_and_loops(policy: SourcePolicy) -> None:
    spec = put(policy, "short.mp4", video(moving((320, 240), 10), 20))
    began = time.monotonic()
    frames = take(spec, policy, 25)
    took = time.monotonic() - began
    assert took > 1.1  # 24 steps of 1/20 s; a busy machine may take longer
    assert [frame.number for frame in frames] == list(range(25))
    stamps = [frame.captured_at for frame in frames]
    assert stamps == sorted(set(stamps))
    assert stamps[-1] <= clock.now().timestamp()
    assert (frames[0].pixels == frames[10].pixels).all()


@pytest.mark.parametrize(
    "name", ["../outside.mp4", "link.mp4", "folder/../../outside.mp4", "", ".", "nothing.mp4", "a\0b", "/etc/passwd"]
)
def test_nothing_outside_the_folder_is_played(policy: SourcePolicy, name: str) -> None:
    outside = policy.footage.parent / "outside.mp4"
    outside.write_bytes(video(moving((320, 240), 5), 10))
    (policy.footage / "link.mp4").symlink_to(outside)
    (policy.footage / "folder").mkdir()
    assert fault_of(SourceSpec(SourceKind.FILE, name), policy).reason is Reason.NO_SUCH_FILE
    assert fault_of(SourceSpec(SourceKind.FILE, str(outside)), policy).reason is Reason.NO_SUCH_FILE


def test_a_link_within_the_folder_is_followed(policy: SourcePolicy) -> None:
    put(policy, "real.mp4", video(moving((320, 240), 5), 25))
    (policy.footage / "link.mp4").symlink_to(policy.footage / "real.mp4")
    assert len(take(SourceSpec(SourceKind.FILE, "link.mp4"), policy, 3)) == 3


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    policy = SourcePolicy(networks=(), footage=tmp_path / "nowhere")
    assert fault_of(SourceSpec(SourceKind.FILE, "a.mp4"), policy).reason is Reason.NO_SUCH_FILE


PLAYLISTS = {
    "list.m3u8": b"#EXTM3U\n#EXTINF:1,\n/etc/hostname\n",
    "list.ffconcat": b"ffconcat version 1.0\nfile real.mp4\n",
    "list.mpd": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"></MPD>',
    "list.sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_playlists_are_not_followed(policy: SourcePolicy, name: str) -> None:
    put(policy, "real.mp4", video(moving((320, 240), 5), 25))
    assert fault_of(put(policy, name, PLAYLISTS[name]), policy).reason is Reason.NO_VIDEO


@pytest.mark.parametrize(
    "data",
    [b"", b"just text\n" * 1000, random.Random(1).randbytes(50_000), b"\x00" * 10_000, b"RIFF\x00\x00\x00\x00AVI "],
)
def test_what_is_no_video_is_refused(policy: SourcePolicy, data: bytes) -> None:
    fault = fault_of(put(policy, "thing.mp4", data), policy)
    assert fault.reason in (Reason.NO_VIDEO, Reason.CORRUPT, Reason.ENDED)


@pytest.mark.parametrize("size", [(16, 16), (62, 480)])
def test_sizes_out_of_bounds_are_refused(policy: SourcePolicy, size: tuple[int, int]) -> None:
    fault = fault_of(put(policy, "tiny.mp4", video(moving(size, 5), 10)), policy)
    assert fault.reason is Reason.BAD_SIZE
    assert fault.details == {"width": str(size[0]), "height": str(size[1])}


def test_an_odd_size_comes_out_even(policy: SourcePolicy) -> None:
    spec = put(policy, "odd.mp4", video(moving((321, 241), 5), 25))
    assert {frame.size for frame in take(spec, policy, 3)} == {(320, 240)}


def test_a_truncated_file_plays_as_far_as_it_goes(policy: SourcePolicy) -> None:
    whole = video(moving((320, 240), 50), 50, container="matroska")
    assert len(take(put(policy, "cut.mkv", whole[: len(whole) // 2]), policy, 40)) == 40


def test_a_file_without_its_index_is_refused(policy: SourcePolicy) -> None:
    whole = video(moving((320, 240), 50), 50)
    assert fault_of(put(policy, "cut.mp4", whole[: len(whole) // 2]), policy).reason is Reason.NO_VIDEO


def test_damage_in_a_file_is_survived(policy: SourcePolicy) -> None:
    data = bytearray(video(moving((320, 240), 100), 50, container="mpegts"))
    chance = random.Random(2)
    for at in range(20_000, len(data), 3_000):
        data[at : at + 40] = chance.randbytes(40)
    assert len(take(put(policy, "hurt.ts", bytes(data)), policy, 60)) == 60


def test_closing_ends_a_player_that_waits(policy: SourcePolicy) -> None:
    source = open_source(put(policy, "slow.mp4", video(moving((320, 240), 3), 1)), policy)
    frames: list[RawFrame] = []
    player = threading.Thread(target=lambda: frames.extend(source.frames()))
    player.start()
    source.close()
    player.join(timeout=20)
    assert not player.is_alive()
