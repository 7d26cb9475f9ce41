"""Public frames into H.264, JPEG and MP4. Nothing here takes a raw frame, and what it gives out was public before."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import av
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from detection.vision.frames import Pixels, PublicFrame

KEY_EVERY_S: Final = 1.0
JPEG_QUALITY: Final = 80
_TICKS: Final = 90_000  # of a second: the time base that H.264 in MP4 usually has
_TIME_BASE: Final = Fraction(1, _TICKS)
_CRF: Final = 24
_MOST_KBITS: Final = 4_000  # of a second, whatever the picture does


@dataclass(frozen=True, slots=True)
class Packet:
    """One public frame as H.264: an Annex B access unit, which a key frame's begins with its parameter sets.

    Attributes:
        data: the access unit.
        key: whether decoding can begin here.
        captured_at: seconds of the epoch, as the public frame's.
        size: (width, height) in pixels, even.
        run: grows when the encoder began anew; packets of different runs do not belong into one stream.
        pixelated_whole: as the public frame's.
    """

    data: bytes = field(repr=False)
    key: bool
    captured_at: float
    size: tuple[int, int]
    run: int
    pixelated_whole: bool = False


class H264Encoder:
    """Encodes one camera's public frames, one packet a frame, a key frame at least each second of capture time.

    Args:
        frames_per_second: what to expect; steers the rate control only, the timestamps are the frames' own.
    """

    def __init__(self, frames_per_second: float) -> None:
        self._rate = Fraction(max(1, round(frames_per_second)))
        self._context: VideoCodecContext | None = None
        self._size = (0, 0)
        self._run = 0
        self._began_at = 0.0
        self._key_at = 0.0
        self._last_ticks = -1
        self._forced = False

    def force_key(self) -> None:
        """Make the next frame a key frame: somebody new is watching. May be called from another thread."""
        self._forced = True

    def restart(self) -> None:
        """Begin anew with the next frame: frames were left out."""
        self._context = None

    def encode(self, frame: PublicFrame) -> Packet:
        """Encode one frame; a frame of another size begins the stream anew. An odd row or column at the edge is cut off.

        Raises:
            av.FFmpegError: the encoder failed; the next call begins anew.
            ValueError: the frame is smaller than 2 × 2.
        """
        width, height = frame.size[0] & ~1, frame.size[1] & ~1
        if not width or not height:
            raise ValueError("A picture of less than 2 × 2 pixels cannot be encoded.")
        context = self._context
        if context is None or self._size != (width, height):
            context = self._begin((width, height), frame.captured_at)
        key = self._forced or self._last_ticks < 0 or not 0 <= frame.captured_at - self._key_at < KEY_EVERY_S
        planes = cv2.cvtColor(np.ascontiguousarray(frame.pixels[:height, :width]), cv2.COLOR_BGR2YUV_I420)
        picture = av.VideoFrame.from_ndarray(np.asarray(planes, np.uint8), format="yuv420p")
        # Strictly growing, also when the source's clock jumps: libx264 demands it.
        self._last_ticks = max(self._last_ticks + 1, round((frame.captured_at - self._began_at) * _TICKS))
        picture.pts = self._last_ticks
        picture.time_base = _TIME_BASE
        if key:
            self._forced = False
            self._key_at = frame.captured_at
            picture.pict_type = PictureType.I
        try:
            packets = context.encode(picture)
        except av.FFmpegError:
            self._context = None
            raise
        data = b"".join(bytes(packet) for packet in packets)
        return Packet(data, key, frame.captured_at, (width, height), self._run, frame.pixelated_whole)

    def _begin(self, size: tuple[int, int], at: float) -> VideoCodecContext:
        context = av.CodecContext.create("libx264", "w")
        context.width, context.height = size
        context.pix_fmt = "yuv420p"
        context.time_base = _TIME_BASE
        context.framerate = self._rate
        context.thread_count = 1  # a watcher encodes many cameras at once
        context.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "crf": str(_CRF),
            "maxrate": f"{_MOST_KBITS}k",
            "bufsize": f"{_MOST_KBITS}k",
            "forced-idr": "1",
            "x264-params": "annexb=1:repeat-headers=1:keyint=infinite:min-keyint=1:scenecut=0:sliced-threads=0",
        }
        self._context, self._size = context, size
        self._run += 1
        self._began_at = self._key_at = at
        self._last_ticks = -1
        return context


def encode_jpeg(frame: PublicFrame) -> bytes:
    """Encode one frame as a JPEG of its own size."""
    return _jpeg_of(frame.pixels)


def picture_of(packets: Sequence[Packet], at: float) -> bytes | None:
    """Return a JPEG of the frame captured nearest to `at`, decoded from packets in order; ``None`` without one.

    The packets were made from public frames only, so the picture is as public as they are.
    """
    if not packets:
        return None
    nearest = min(range(len(packets)), key=lambda index: abs(packets[index].captured_at - at))
    first = next((index for index in range(nearest, -1, -1) if packets[index].key), None)
    if first is None or packets[first].run != packets[nearest].run:
        return None
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    pictures: list[av.VideoFrame] = []
    for packet in packets[first : nearest + 1]:
        pictures = decoder.decode(av.Packet(packet.data)) or pictures
    pictures = decoder.decode(None) or pictures
    if not pictures:
        return None
    return _jpeg_of(np.asarray(pictures[-1].to_ndarray(format="bgr24"), np.uint8))


def write_mp4(packets: Sequence[Packet]) -> bytes:
    """Return an MP4 of packets of one run, the first a key frame, with its index in front so that it plays at once.

    Each frame is shown at its capture time; the last as long as frames took on average. The comment of the file is the
    capture time of the first one, in seconds of the epoch.

    Raises:
        ValueError: no packets, packets of several runs, or the first is no key frame.
    """
    if not packets or not packets[0].key:
        raise ValueError("A clip begins with a key frame.")
    if len({packet.run for packet in packets}) > 1:
        raise ValueError("A clip is made of one run of the encoder.")
    ticks = _growing_ticks(packets)
    target = io.BytesIO()
    # The index's place is kept free in front; what is left of it becomes padding.
    room = 8192 + 48 * len(packets)
    with av.open(target, "w", format="mp4", options={"moov_size": str(room)}) as container:
        stream = container.add_mux_stream(
            "h264", rate=90, width=packets[0].size[0], height=packets[0].size[1], time_base=_TIME_BASE
        )
        # When the first frame was captured: what is seen in the clip can then be told by the clock (alerts.mp4).
        container.metadata["comment"] = f"{packets[0].captured_at:.3f}"
        # The muxer takes the parameter sets from the first key frame, which begins with them.
        for index, packet in enumerate(packets):
            written = av.Packet(packet.data)
            written.stream = stream
            written.time_base = _TIME_BASE
            written.pts = written.dts = ticks[index]
            written.duration = ticks[index + 1] - ticks[index]
            written.is_keyframe = packet.key
            container.mux(written)
    return target.getvalue()


def _growing_ticks(packets: Sequence[Packet]) -> list[int]:
    """One time more than packets: the last is the end."""
    ticks: list[int] = []
    for packet in packets:
        tick = round((packet.captured_at - packets[0].captured_at) * _TICKS)
        ticks.append(max(tick, ticks[-1] + 1) if ticks else 0)
    usual = ticks[-1] // (len(ticks) - 1) if len(ticks) > 1 else _TICKS // 5
    return [*ticks, ticks[-1] + max(1, usual)]


def _jpeg_of(pixels: Pixels) -> bytes:
    written, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not written:
        raise ValueError("The picture could not be written as a JPEG.")
    return data.tobytes()
