"""The times of a clip's frames are those at which they were captured, and a broken file has none."""

from __future__ import annotations

import time
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import mp4, recordings
from alerts.models import Recording, RecordingFailure, RecordingKind
from detection.vision.encoders import H264Encoder, write_mp4
from tests.detection.live.pictures import public
from tests.factories import AlertFactory

#: A camera that stutters.
GAPS = [0.2, 0.2, 0.35, 0.05, 0.2, 1.5, 0.2]


def clip(start: float) -> tuple[bytes, list[int]]:
    encoder = H264Encoder(5)
    times = [0.0]
    for gap in GAPS:
        times.append(times[-1] + gap)
    packets = [encoder.encode(public(number, start + at, (320, 180))) for number, at in enumerate(times)]
    return write_mp4(packets), [round(at * 1000) for at in times]


def test_each_frame_is_shown_when_it_was_captured() -> None:
    start = time.time() - 60
    data, wanted = clip(start)

    found = mp4.clip_times(data)

    assert found is not None
    assert found.began_at == pytest.approx(start, abs=0.001)
    assert found.frames == pytest.approx(wanted, abs=1)


@given(st.binary(max_size=200), st.integers(0, 3_000))
def test_what_is_broken_has_no_times_and_raises_nothing(noise: bytes, at: int) -> None:
    whole = _whole()
    mp4.clip_times(noise)
    mp4.clip_times(whole[:at])
    mp4.clip_times(whole[:at] + noise + whole[at + len(noise) :])


_made: list[bytes] = []


def _whole() -> bytes:
    if not _made:
        _made.append(clip(1_700_000_000.0)[0])
    return _made[0]


@pytest.mark.django_db
def test_a_kept_clip_knows_its_frames_and_one_that_is_no_video_is_kept_without() -> None:
    alert, other = AlertFactory(), AlertFactory()
    data, wanted = clip(1_700_000_000.0)

    recordings.keep(alert.pk, RecordingKind.CLIP, data, RecordingFailure.NO_PICTURE)
    recordings.keep(other.pk, RecordingKind.CLIP, b"no video", RecordingFailure.NO_PICTURE)

    kept = Recording.objects.get(alert=alert)
    assert kept.frames == pytest.approx(wanted, abs=1)
    assert kept.began_at is not None
    assert kept.began_at.timestamp() == pytest.approx(1_700_000_000.0, abs=0.001)
    assert Recording.objects.get(alert=other).frames == []
    assert Recording.objects.get(alert=other).is_ready


def test_another_programs_video_has_times_without_a_beginning(tmp_path: Path) -> None:
    path = tmp_path / "other.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height = 64, 48
        for _ in range(5):
            for packet in stream.encode(av.VideoFrame(64, 48, "yuv420p")):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    found = mp4.clip_times(path.read_bytes())
    assert found is not None
    assert found.frames == [0, 40, 80, 120, 160]
    assert found.began_at is None
