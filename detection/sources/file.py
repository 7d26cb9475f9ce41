"""A file of the operator's folder, played in real time and looped."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av

from detection.reasons import Reason
from detection.sources.decoding import Damage, decode, reason_of, video_stream
from detection.sources.source import Picture, check_size
from detection.sources.spec import SourceFault, SourcePolicy, SourceSpec
from detection.sources.timestamps import StreamClock
from detection.vision.frames import RawFrame

# Containers that hold their pictures themselves. Playlists (hls, concat, dash, …), devices and images stay out.
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,h264,hevc,m4v,ivf"
_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
_LATE = 1.0  # seconds behind real time after which the player skips ahead instead of hurrying
_LONGEST_STEP = 5.0  # seconds between two pictures beyond which the file's timestamps are taken to be broken


def locate(name: str, folder: Path) -> Path:
    """The file called `name` in the operator's folder, after symbolic links are followed.

    Raises:
        SourceFault: NO_SUCH_FILE; also for what lies outside the folder, so that nobody can ask what exists there.
    """
    try:
        root = folder.resolve(strict=True)
        path = (root / name).resolve(strict=True)
        inside = path.is_relative_to(root) and path.is_file()
    except (OSError, ValueError, RuntimeError):
        inside = False
    if not inside:
        raise SourceFault(Reason.NO_SUCH_FILE)
    return path


class FileSource:
    """Plays one file for ever; timestamps and numbers go on over the loop."""

    def __init__(self, spec: SourceSpec, policy: SourcePolicy) -> None:
        self._path = locate(spec.address, policy.footage)
        self._closed = threading.Event()
        reason: Reason | None = None
        try:
            with self._open() as container:
                stream = video_stream(container)
                check_size(stream.codec_context.width, stream.codec_context.height)
        except av.FFmpegError as error:
            reason = reason_of(error, Reason.NO_VIDEO)
        if reason is not None:
            raise SourceFault(reason)

    def pictures(self) -> Iterator[Picture]:
        """All pictures, each when it is due."""
        media, number = 0.0, 0
        origin, stamps = time.monotonic(), StreamClock()
        while not self._closed.is_set():
            before = number
            last: float | None = None
            for stamp, step, frame in self._pass():
                media += step if last is None else _step(stamp - last, step)
                last = stamp
                late = time.monotonic() - origin - media
                if late > _LATE:
                    origin += late
                    stamps = StreamClock()
                elif late < 0 and self._closed.wait(-late):
                    return
                yield Picture(frame=frame, captured_at=stamps.stamp(media), number=number)
                number += 1
            if number == before and not self._closed.is_set():
                raise SourceFault(Reason.CORRUPT)

    def frames(self) -> Iterator[RawFrame]:
        """`pictures`, each converted."""
        return (picture.raw() for picture in self.pictures())

    def close(self) -> None:
        """Stop playing."""
        self._closed.set()

    def _open(self) -> av.container.InputContainer:
        return av.open(str(self._path), mode="r", options=_OPTIONS)

    def _pass(self) -> Iterator[tuple[float, float, av.VideoFrame]]:
        """Once through the file: (timestamp, usual step, picture), seconds."""
        reason: Reason | None = None
        try:
            with self._open() as container:
                yield from self._decoded(container)
        except av.FFmpegError as error:
            reason = reason_of(error, Reason.CORRUPT)
        if reason is not None:
            raise SourceFault(reason)

    def _decoded(self, container: av.container.InputContainer) -> Iterator[tuple[float, float, av.VideoFrame]]:
        damage, stream = Damage(), video_stream(container)
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        step = 1 / min(max(rate, 0.2), 240.0)
        expected = 0.0
        for packet in container.demux(stream):
            if self._closed.is_set():
                return
            for frame in decode(packet, damage):
                check_size(frame.width, frame.height)
                stamp = expected if frame.pts is None else frame.time
                expected = stamp + step
                yield stamp, step, frame


def _step(measured: float, usual: float) -> float:
    return measured if 0 < measured <= _LONGEST_STEP else usual
