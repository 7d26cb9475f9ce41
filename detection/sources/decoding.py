"""What the kinds of source share around FFmpeg: quiet logs, its errors as reasons, bounded decoders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import av
import av.error
import av.logging

from detection.reasons import Reason
from detection.sources.source import MAX_SIDE
from detection.sources.spec import SourceFault

# FFmpeg writes whole addresses, credentials included, into its log lines: none of them is printed.
av.logging.set_level(None)
av.logging.set_libav_level(av.logging.PANIC)

BAD_PACKETS = 200
"""So many packets in a row without a picture mean that the video is damaged."""

_REASONS: tuple[tuple[type[Exception], Reason], ...] = (
    (av.error.HTTPUnauthorizedError, Reason.WRONG_PASSWORD),
    (av.error.HTTPForbiddenError, Reason.WRONG_PASSWORD),
    (av.error.HTTPNotFoundError, Reason.NOT_FOUND),
    (av.error.HTTPClientError, Reason.NOT_FOUND),
    (av.error.HTTPServerError, Reason.NOT_FOUND),
    (av.error.FileNotFoundError, Reason.NO_SUCH_FILE),
    (av.error.ConnectionRefusedError, Reason.REFUSED),
    (av.error.EOFError, Reason.ENDED),
    (av.error.ConnectionResetError, Reason.ENDED),
    (av.error.BrokenPipeError, Reason.ENDED),
    (av.error.ExitError, Reason.FROZEN),
    (av.error.TimeoutError, Reason.FROZEN),
    (av.error.InvalidDataError, Reason.NO_VIDEO),
    (av.error.DecoderNotFoundError, Reason.NO_VIDEO),
    (av.error.DemuxerNotFoundError, Reason.NO_VIDEO),
)


@contextmanager
def faults(otherwise: Reason) -> Iterator[None]:
    """Turn FFmpeg's errors into `SourceFault`s without a cause: their text holds the address with its credentials."""
    reason: Reason | None = None
    try:
        yield
    except av.FFmpegError as error:
        reason = next((reason for kind, reason in _REASONS if isinstance(error, kind)), otherwise)
    if reason is not None:
        raise SourceFault(reason)


def video_stream(container: av.container.InputContainer) -> av.VideoStream:
    """The first video stream, its decoder bounded and without a delay of whole frames.

    Raises:
        SourceFault: NO_VIDEO.
    """
    if not container.streams.video:
        raise SourceFault(Reason.NO_VIDEO)
    stream = container.streams.video[0]
    # One thread a camera: the cameras are what runs in parallel, and threads over frames would delay each picture.
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"max_pixels": str(MAX_SIDE * MAX_SIDE)}
    return stream


class Damage:
    """Counts what could not be decoded in a row, and says when it is too much."""

    def __init__(self, most: int = BAD_PACKETS) -> None:
        self._most = most
        self._in_a_row = 0

    def good(self) -> None:
        """A picture came out."""
        self._in_a_row = 0

    def nothing(self) -> None:
        """A packet went in and no picture came out.

        Raises:
            SourceFault: CORRUPT after `most` in a row.
        """
        self._in_a_row += 1
        if self._in_a_row >= self._most:
            raise SourceFault(Reason.CORRUPT)


def decode(packet: av.Packet[av.VideoStream], damage: Damage) -> list[av.VideoFrame]:
    """The pictures in a packet; a damaged packet gives none.

    Raises:
        SourceFault: CORRUPT after too many in a row.
    """
    try:
        frames = [frame for frame in packet.decode() if not frame.is_corrupt]
    except av.FFmpegError:
        frames = []
    if frames:
        damage.good()
    else:
        damage.nothing()
    return frames
