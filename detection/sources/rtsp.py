"""RTSP over TCP, with digest or basic credentials."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from urllib.parse import quote

import av

from detection.reasons import Reason
from detection.sources import address
from detection.sources.decoding import Damage, decode, reason_of, video_stream
from detection.sources.gate import Gate
from detection.sources.source import Picture, check_size
from detection.sources.spec import SourceFault, SourcePolicy, SourceSpec
from detection.sources.timestamps import StreamClock
from detection.vision.frames import RawFrame

CONNECT_TIMEOUT = 5.0
OPEN_TIMEOUT = 8.0
READ_TIMEOUT = 8.0  # the reader's watchdog is earlier; this ends a read that it had to leave behind
_LONGEST_CREDENTIALS = 127  # FFmpeg's buffer for "user:password", percent-encoded
_OPTIONS = {
    "rtsp_transport": "tcp",
    "timeout": str(int(READ_TIMEOUT * 1e6)),
    "analyzeduration": "500000",
    "fflags": "nobuffer",
    "allowed_media_types": "video",
    "protocol_whitelist": "rtsp,rtp,tcp",
}


class RtspSource:
    """One RTSP session."""

    def __init__(self, spec: SourceSpec, policy: SourcePolicy) -> None:
        endpoint = address.parse(spec.kind, spec.address)
        credentials = _credentials(spec)
        self._closed = threading.Event()
        self._gate = Gate(endpoint, policy.networks, CONNECT_TIMEOUT)
        reason: Reason | None = None
        try:
            self._container = av.open(
                f"rtsp://{credentials}127.0.0.1:{self._gate.port}{endpoint.target}",
                mode="r",
                format="rtsp",
                options=_OPTIONS,
                timeout=(OPEN_TIMEOUT, READ_TIMEOUT),
            )
        except av.FFmpegError as error:
            reason = _of_opening(reason_of(error, Reason.UNREACHABLE))
        if reason is not None:
            self._gate.close()
            raise SourceFault(self._gate.fault or reason)

    def pictures(self) -> Iterator[Picture]:
        """All pictures, stamped by the stream's own clock."""
        damage, stamps, number = Damage(), StreamClock(), 0
        reason = Reason.ENDED
        try:
            stream = video_stream(self._container)
            if stream.codec_context.width:
                check_size(stream.codec_context.width, stream.codec_context.height)
            for packet in self._container.demux(stream):
                if self._closed.is_set():
                    return
                for frame in decode(packet, damage):
                    check_size(frame.width, frame.height)
                    stamp = stamps.stamp(None if frame.pts is None else frame.time)
                    yield Picture(frame=frame, captured_at=stamp, number=number)
                    number += 1
        except av.FFmpegError as error:
            reason = reason_of(error, Reason.ENDED)
        finally:
            # Here and not in `close`: FFmpeg may be inside a read when another thread closes.
            self._gate.close()
            self._container.close()
        if not self._closed.is_set():
            raise SourceFault(reason)

    def frames(self) -> Iterator[RawFrame]:
        """`pictures`, each converted."""
        return (picture.raw() for picture in self.pictures())

    def close(self) -> None:
        """End the conversation with the camera."""
        self._closed.set()
        self._gate.close()


def _credentials(spec: SourceSpec) -> str:
    if not spec.user_name and not spec.password:
        return ""
    written = f"{quote(spec.user_name, safe='')}:{quote(spec.password, safe='')}"
    if len(written) > _LONGEST_CREDENTIALS:
        raise SourceFault(Reason.WRONG_PASSWORD)
    return written + "@"


def _of_opening(reason: Reason) -> Reason:
    """While opening, silence and a closed connection mean something else than in the middle of a stream."""
    return {Reason.FROZEN: Reason.UNREACHABLE, Reason.ENDED: Reason.NO_VIDEO}.get(reason, reason)
