"""Small videos made on the fly: H.264 access units for RTSP, JPEG pictures for HTTP, files for the player."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from detection.vision.frames import Pixels

Size = tuple[int, int]


def moving(size: Size, count: int) -> Iterator[Pixels]:
    """A bright square that wanders over a grey ramp, (height, width, 3) uint8; each picture differs from the one before."""
    width, height = size
    ramp = np.linspace(40, 160, width, dtype=np.uint8)
    side = max(1, min(width, height) // 5)
    for number in range(count):
        picture = np.repeat(np.repeat(ramp[None, :, None], height, axis=0), 3, axis=2)
        left, top = (number * 7) % max(1, width - side), (number * 3) % max(1, height - side)
        picture[top : top + side, left : left + side] = (30, 200, 240)
        yield picture


def of_file(path: Path, count: int) -> Iterator[Pixels]:
    """The first pictures of a real video, (height, width, 3) uint8."""
    with av.open(str(path), mode="r") as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == count:
                return
            yield np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def access_units(pictures: Iterator[Pixels], fps: int, codec: str = "libx264") -> list[bytes]:
    """H.264 (or H.265 by ``libx265``) in Annex B, one access unit a picture, with a key frame and parameter sets each second."""
    units: list[bytes] = []
    encoder: av.VideoCodecContext | None = None
    for number, pixels in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, fps)
        if encoder is None:
            encoder = _encoder((frame.width, frame.height), fps, codec)
        units += [bytes(packet) for packet in encoder.encode(frame)]
    if encoder is not None:
        units += [bytes(packet) for packet in encoder.encode(None)]
    return units


def _encoder(size: Size, fps: int, codec: str) -> av.VideoCodecContext:
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = size
    # 4:2:0 has no odd sizes; cameras that send them use other formats, and so does this.
    encoder.pix_fmt = "yuv420p" if size[0] % 2 == 0 and size[1] % 2 == 0 else "yuv444p"
    encoder.framerate = Fraction(fps)
    encoder.time_base = Fraction(1, fps)
    own = "x265-params" if codec == "libx265" else "x264-params"
    encoder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "g": str(fps),
        own: "repeat-headers=1:log-level=error" if codec == "libx265" else "repeat-headers=1",
    }
    return encoder


def jpeg(pixels: Pixels) -> bytes:
    """One picture as JPEG."""
    encoder = av.CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.height, encoder.width = pixels.shape[:2]
    encoder.pix_fmt = "yuv420p"
    encoder.color_range = av.video.reformatter.ColorRange.JPEG
    encoder.time_base = Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
        format="yuv420p", dst_color_range=av.video.reformatter.ColorRange.JPEG
    )
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def video(pictures: Iterator[Pixels], fps: int, container: str = "mp4") -> bytes:
    """A video file in memory."""
    memory = io.BytesIO()
    with av.open(memory, mode="w", format=container) as output:
        stream: av.VideoStream | None = None
        for pixels in pictures:
            if stream is None:
                stream = output.add_stream("libx264", rate=fps)
                stream.height, stream.width = pixels.shape[:2]
                even = stream.height % 2 == 0 and stream.width % 2 == 0
                stream.pix_fmt = "yuv420p" if even else "yuv444p"
                stream.options = {"preset": "ultrafast", "g": str(fps)}
            output.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        if stream is not None:
            output.mux(stream.encode(None))
    return memory.getvalue()
