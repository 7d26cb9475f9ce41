"""What the kinds of source share around FFmpeg: quiet logs, its errors as reasons, bounded decoders."""

from __future__ import annotations

import time

import av
import av.error
import av.logging

from detection.reasons import Reason
from detection.sources.source import MAX_SIDE
from detection.sources.spec import SourceFault

# FFmpeg writes whole addresses, credentials included, into its log lines: none of them is printed.
av.logging.set_level(None)
av.logging.set_libav_level(av.logging.PANIC)

BAD_PACKETS, BAD_FOR = 10, 5.0
"""So many packets in a row without a picture, for so many seconds, mean that the video is damaged."""

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


def reason_of(error: av.FFmpegError, otherwise: Reason) -> Reason:
    """What FFmpeg's error means. Raise the `SourceFault` outside the `except`: the error's text holds the credentials."""
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), otherwise)


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

    def __init__(self) -> None:
        self._in_a_row = 0
        self._since = time.monotonic()

    def good(self) -> None:
        """A picture came out."""
        self._in_a_row = 0
        self._since = time.monotonic()

    def nothing(self) -> None:
        """Something went in and no picture came out.

        Raises:
            SourceFault: CORRUPT, see `BAD_PACKETS`.
        """
        self._in_a_row += 1
        if self._in_a_row >= BAD_PACKETS and time.monotonic() - self._since >= BAD_FOR:
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
