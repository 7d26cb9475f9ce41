"""The ring: bounded, from key frame to key frame, and every request is answered exactly once."""

from __future__ import annotations

import io
import queue
import time
import uuid
from collections.abc import Iterable

import av
import cv2
import numpy as np
import pytest

from detection import clips
from detection.clips import ClipRing
from detection.vision.encoders import H264Encoder, Packet
from tests.detection.live.pictures import public

CEILING_S = 30
FPS = 5


class Mailbox:
    """What a listener was given."""

    def __init__(self) -> None:
        self._box: queue.Queue[bytes | None] = queue.Queue()

    def __call__(self, data: bytes | None) -> None:
        self._box.put(data)

    def get(self) -> bytes | None:
        return self._box.get(timeout=CEILING_S)

    @property
    def empty(self) -> bool:
        return self._box.empty()


def packets(numbers: Iterable[int], start: float, size: tuple[int, int] = (320, 180)) -> list[Packet]:
    encoder = H264Encoder(FPS)
    return [encoder.encode(public(number, start + number / FPS, size)) for number in numbers]


def ring(keep_s: float = 30, most_bytes: int = clips.MOST_BYTES) -> ClipRing:
    return ClipRing(uuid.uuid4(), keep_s, most_bytes)


def duration(data: bytes | None) -> float:
    assert data is not None
    with av.open(io.BytesIO(data), "r") as container:
        assert container.duration is not None
        assert len(list(container.decode(video=0))) > 0
        return container.duration / av.time_base


def bar_at(data: bytes | None) -> int:
    assert data is not None
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return int(np.argmax(picture.mean(axis=(0, 2))))


def test_it_keeps_the_seconds_it_should_and_begins_with_a_key_frame() -> None:
    kept = ring(keep_s=10)
    start = time.time() - 60
    for packet in packets(range(300), start):
        kept.add(packet)
        assert kept._packets[0].key
    assert kept.span is not None
    assert 9 <= kept.span[1] - kept.span[0] <= 10
    assert kept.bytes_held == sum(len(packet.data) for packet in kept._packets)


def test_it_never_holds_more_bytes_than_its_bound() -> None:
    made = packets(range(100), time.time() - 20)
    bound = sum(len(packet.data) for packet in made) // 4
    kept = ring(most_bytes=bound)
    for packet in made:
        kept.add(packet)
        assert kept.bytes_held <= bound
        assert not kept._packets or kept._packets[0].key
    assert kept.bytes_held > bound // 4


def test_a_clip_of_the_past_is_answered_at_once_from_the_key_frame_before() -> None:
    start = time.time() - 60
    kept = ring()
    for packet in packets(range(100), start):
        kept.add(packet)
    mailbox = Mailbox()
    kept.clip(start + 5.5, start + 9.0, mailbox)
    assert duration(mailbox.get()) == pytest.approx(4.2, abs=0.05)  # 5.0, a key frame, to the end of the frame at 9.0


def test_a_clip_whose_end_lies_ahead_waits_for_its_frames() -> None:
    start = time.time()
    kept = ring()
    made = packets(range(60), start)
    mailbox = Mailbox()
    for packet in made[:20]:
        kept.add(packet)
    kept.clip(start + 1, start + 8, mailbox)
    for packet in made[20:40]:
        kept.add(packet)
    assert mailbox.empty
    assert kept.waits
    for packet in made[40:]:
        kept.add(packet)
    assert duration(mailbox.get()) == pytest.approx(7.2, abs=0.05)
    assert not kept.waits


def test_a_lost_source_gives_what_there_is() -> None:
    start = time.time()
    kept = ring()
    mailbox = Mailbox()
    kept.clip(start, start + 8, mailbox)
    for packet in packets(range(10), start):
        kept.add(packet)
    kept.lost()
    assert duration(mailbox.get()) == pytest.approx(2.0, abs=0.05)


def test_a_clip_that_waits_in_vain_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "PATIENCE_S", 0.0)
    kept = ring()
    for packet in packets(range(10), time.time() - 10):
        kept.add(packet)
    mailbox = Mailbox()
    kept.clip(time.time() - 10, time.time() - 1, mailbox)
    kept.tick()
    assert duration(mailbox.get()) == pytest.approx(2.0, abs=0.05)


def test_where_there_is_nothing_the_answer_is_none() -> None:
    kept = ring()
    snapshot, clip, closed, past = Mailbox(), Mailbox(), Mailbox(), Mailbox()
    for packet in packets(range(10), time.time() - 30):
        kept.add(packet)
    kept.clip(time.time() - 20, time.time() - 10, past)
    kept.snapshot(time.time() - 60, snapshot)
    kept.clip(time.time() - 70, time.time() - 60, clip)
    kept.close()
    kept.clip(time.time() - 70, time.time() - 60, closed)
    assert [box.get() for box in (snapshot, clip, closed, past)] == [None] * 4


def test_a_snapshot_is_the_frame_asked_for_also_when_it_is_still_being_encoded() -> None:
    start = time.time()
    kept = ring()
    made = packets(range(30), start)
    early, late = Mailbox(), Mailbox()
    for packet in made[:20]:
        kept.add(packet)
    kept.snapshot(start + 13 / FPS, early)
    kept.snapshot(start + 20 / FPS, late)
    for packet in made[20:]:
        kept.add(packet)
    assert abs(bar_at(early.get()) - 13 * 8 - 3) <= 5
    assert abs(bar_at(late.get()) - 20 * 8 - 3) <= 5


def test_when_the_size_changes_a_clip_is_the_longest_piece() -> None:
    start = time.time() - 60
    kept = ring()
    encoder = H264Encoder(FPS)
    for number in range(50):
        size = (320, 180) if number < 15 else (640, 360)
        kept.add(encoder.encode(public(number, start + number / FPS, size)))
    mailbox = Mailbox()
    kept.clip(start, start + 9.8, mailbox)
    data = mailbox.get()
    assert duration(data) == pytest.approx(7.0, abs=0.05)


def test_a_clock_set_back_begins_the_ring_anew_and_answers_who_waits() -> None:
    start = time.time()
    kept = ring()
    mailbox = Mailbox()
    made = packets(range(10), start)
    for packet in made:
        kept.add(packet)
    kept.clip(start, start + 100, mailbox)
    for packet in packets(range(5), start - 3600):
        kept.add(packet)
    assert duration(mailbox.get()) == pytest.approx(2.0, abs=0.05)
    assert kept.span == pytest.approx((start - 3600, start - 3600 + 0.8))


def test_a_listener_that_fails_does_not_stop_the_next() -> None:
    start = time.time() - 10
    kept = ring()
    for packet in packets(range(10), start):
        kept.add(packet)

    def fails(_: bytes | None) -> None:
        raise KeyError

    mailbox = Mailbox()
    kept.clip(start, start + 1, fails)
    kept.clip(start, start + 1, mailbox)
    assert mailbox.get() is not None


def test_requests_are_bounded() -> None:
    kept = ring()
    boxes = [Mailbox() for _ in range(clips.MOST_WAITING + 1)]
    for box in boxes:
        kept.clip(time.time(), time.time() + 1000, box)
    assert boxes[-1].get() is None
    assert boxes[0].empty
