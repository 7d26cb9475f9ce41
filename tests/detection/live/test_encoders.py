"""Encoders: what comes out can be decoded by somebody else, with the right pictures at the right times."""

from __future__ import annotations

import io

import av
import cv2
import numpy as np
import pytest
from numpy.typing import ArrayLike

from detection.vision.encoders import H264Encoder, Packet, encode_jpeg, picture_of, write_mp4
from detection.vision.frames import Pixels
from tests.detection.live.pictures import public

START = 1_700_000_000.0


def encoded(count: int, fps: float = 5.0, size: tuple[int, int] = (320, 180)) -> list[Packet]:
    encoder = H264Encoder(fps)
    return [encoder.encode(public(number, START + number / fps, size)) for number in range(count)]


def bar_at(pixels: ArrayLike) -> int:
    return int(np.argmax(np.asarray(pixels).mean(axis=(0, 2))))


def decoded(packets: list[Packet]) -> list[Pixels]:
    decoder = av.CodecContext.create("h264", "r")
    frames = [frame for packet in packets for frame in decoder.decode(av.Packet(packet.data))]
    return [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in [*frames, *decoder.decode(None)]]


def test_every_frame_is_one_packet_that_decodes_to_its_picture() -> None:
    pictures = decoded(encoded(30))
    assert len(pictures) == 30
    for number, picture in enumerate(pictures):
        assert picture.shape == (180, 320, 3)
        assert abs(bar_at(picture) - number * 8 - 3) <= 5
        assert np.abs(picture.astype(int) - public(number, 0).pixels).mean() < 8


def test_there_is_a_key_frame_each_second_and_on_request() -> None:
    encoder = H264Encoder(5)
    keys = []
    for number in range(20):
        if number == 12:
            encoder.force_key()
        if encoder.encode(public(number, START + number / 5)).key:
            keys.append(number)
    assert keys == [0, 5, 10, 12, 17]


@pytest.mark.parametrize("first", [0, 5, 10])
def test_decoding_can_begin_at_any_key_frame(first: int) -> None:
    packets = encoded(15)[first:]
    assert len(decoded(packets)) == 15 - first
    assert packets[0].key


def test_a_change_of_size_begins_a_new_run_with_a_key_frame() -> None:
    encoder = H264Encoder(5)
    packets = [
        encoder.encode(public(number, START + number / 5, size))
        for number, size in enumerate([(320, 180), (320, 180), (640, 360), (640, 360), (101, 67)])
    ]
    assert [packet.key for packet in packets] == [True, False, True, False, True]
    assert [packet.run for packet in packets] == [1, 1, 2, 2, 3]
    assert packets[-1].size == (100, 66)
    assert [picture.shape[:2] for picture in decoded(packets)] == [(180, 320)] * 2 + [(360, 640)] * 2 + [(66, 100)]


def test_a_clock_that_jumps_back_does_not_stop_the_stream() -> None:
    encoder = H264Encoder(5)
    times = [START, START + 0.2, START - 3600, START - 3599.8, START + 7200]
    packets = [encoder.encode(public(number, at)) for number, at in enumerate(times)]
    assert [packet.key for packet in packets] == [True, False, True, False, True]
    assert len(decoded(packets)) == 5


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1)])
def test_a_picture_too_small_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="2 × 2"):
        H264Encoder(5).encode(public(0, START, size))


def test_an_mp4_plays_with_its_own_times_and_length() -> None:
    packets = encoded(50, fps=7.0)
    with av.open(io.BytesIO(write_mp4(packets)), "r") as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 320, 180)
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(50 / 7, abs=0.02)
        frames = list(container.decode(stream))
    assert len(frames) == 50
    times = [frame.time for frame in frames]
    assert times == pytest.approx([number / 7 for number in range(50)], abs=0.002)
    assert abs(bar_at(frames[20].to_ndarray(format="bgr24")) - 163) <= 5


def test_an_mp4_has_its_index_in_front_of_the_pictures_and_seeks_to_key_frames() -> None:
    data = write_mp4(encoded(300))
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert b"avcC" in data
    with av.open(io.BytesIO(data), "r") as container:
        container.seek(31 * av.time_base)
        frame = next(container.decode(video=0))
        assert frame.time == pytest.approx(31.0, abs=0.001)
        assert frame.key_frame


def test_an_mp4_is_made_of_one_run_from_a_key_frame_on() -> None:
    with pytest.raises(ValueError, match="key frame"):
        write_mp4(encoded(3)[1:])
    with pytest.raises(ValueError, match="key frame"):
        write_mp4([])
    other = encoded(1, size=(640, 360))
    mixed = [*encoded(2), Packet(other[0].data, True, START + 9, (640, 360), run=2)]
    with pytest.raises(ValueError, match="one run"):
        write_mp4(mixed)


def test_a_picture_is_taken_out_of_the_packets() -> None:
    packets = encoded(20)
    data = picture_of(packets, START + 13 / 5 + 0.05)
    assert data is not None
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert abs(bar_at(picture) - 13 * 8 - 3) <= 5
    assert picture_of([], START) is None
    assert picture_of(packets[1:4], START) is None


def test_a_jpeg_has_the_frames_own_size_also_when_it_is_odd() -> None:
    data = encode_jpeg(public(0, START, (321, 181)))
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (181, 321, 3)
