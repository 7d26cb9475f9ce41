"""MJPEG over HTTP, with basic or digest credentials. No redirect is followed, and FFmpeg sees no network."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator
from email.message import Message

import av

from detection.reasons import Reason
from detection.sources import address, mjpeg
from detection.sources.decoding import Damage
from detection.sources.gate import secure
from detection.sources.http_credentials import answer
from detection.sources.source import Picture, check_size
from detection.sources.spec import SourceFault, SourcePolicy, SourceSpec
from detection.sources.timestamps import StreamClock
from detection.vision.frames import RawFrame

TIMEOUT = 5.0
OPENING = 10.0  # seconds in all until the answer's head is there, however slowly it drips


class _Connection(http.client.HTTPConnection):
    """Connects to a checked address instead of resolving the name again."""

    def __init__(self, endpoint: address.Endpoint, connected: socket.socket) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=TIMEOUT)
        self._connected = connected

    def connect(self) -> None:
        """Use the connection that was made."""
        self.sock = self._connected


class HttpSource:
    """One HTTP answer that does not end."""

    def __init__(self, spec: SourceSpec, policy: SourcePolicy) -> None:
        self._spec = spec
        self._policy = policy
        self._endpoint = address.parse(spec.kind, spec.address)
        self._closed = threading.Event()
        self._socket: socket.socket | None = None
        self._response, self._boundary = self._open()

    def pictures(self) -> Iterator[Picture]:
        """All pictures, stamped on arrival: MJPEG carries no time."""
        decoder = av.CodecContext.create("mjpeg", "r")
        if not isinstance(decoder, av.VideoCodecContext):
            raise SourceFault(Reason.NO_VIDEO)  # an FFmpeg built without MJPEG
        damage, stamps, number = Damage(), StreamClock(), 0
        try:
            for part in mjpeg.parts(self._read, self._boundary):
                frame = _decoded(decoder, part)
                if self._closed.is_set():
                    return
                if frame is None:
                    damage.nothing()
                    continue
                damage.good()
                check_size(frame.width, frame.height)
                yield Picture(frame=frame, captured_at=stamps.stamp(None), number=number)
                number += 1
        finally:
            closed = self._closed.is_set()
            self.close()
        if not closed:
            raise SourceFault(Reason.ENDED if number else Reason.NO_VIDEO)

    def frames(self) -> Iterator[RawFrame]:
        """`pictures`, each converted."""
        return (picture.raw() for picture in self.pictures())

    def close(self) -> None:
        """Hang up; a read under way ends."""
        self._closed.set()
        self._release(self._response)

    def _open(self) -> tuple[http.client.HTTPResponse, bytes]:
        response = self._ask(None)
        if response.status == 401 and self._spec.user_name:
            challenges = response.headers.get_all("WWW-Authenticate") or []
            credentials = answer(challenges, self._spec.user_name, self._spec.password, "GET", self._endpoint.target)
            if credentials is not None:
                self._release(response)
                response = self._ask(credentials)
        try:
            return response, _boundary(response)
        except SourceFault:
            self._release(response)
            raise

    def _ask(self, credentials: str | None) -> http.client.HTTPResponse:
        connected = address.connect(self._endpoint, self._policy.networks, TIMEOUT)
        self._socket = secure(connected, self._endpoint.host) if self._endpoint.encrypted else connected
        connection = _Connection(self._endpoint, self._socket)
        headers = {"Accept": "multipart/x-mixed-replace, image/jpeg", "Connection": "close"}
        if credentials is not None:
            headers["Authorization"] = credentials
        # A peer that drips a byte every few seconds never meets a timeout between reads.
        hurry = threading.Timer(OPENING, _hang_up, args=(self._socket,))
        hurry.daemon = True
        hurry.start()
        reason = Reason.UNREACHABLE
        try:
            connection.request("GET", self._endpoint.target, headers=headers)
            return connection.getresponse()
        except http.client.HTTPException:
            reason = Reason.NO_VIDEO
        except (OSError, ValueError):
            reason = Reason.UNREACHABLE
        finally:
            hurry.cancel()
        self._release(None)
        raise SourceFault(reason)

    def _release(self, response: http.client.HTTPResponse | None) -> None:
        """Close the connection; the hanging up comes first, so that a read in another thread lets go of the answer."""
        if self._socket is not None:
            _hang_up(self._socket)
            self._socket.close()
        if response is not None:
            response.close()

    def _read(self, most: int) -> bytes:
        """Some bytes of the answer's body; none at its end.

        Raises:
            SourceFault: FROZEN when nothing comes for `TIMEOUT` seconds.
        """
        frozen = False
        try:
            return self._response.read1(most)
        except TimeoutError:
            frozen = True
        except (OSError, ValueError, http.client.HTTPException):
            frozen = False
        if frozen:
            raise SourceFault(Reason.FROZEN)
        return b""


def _decoded(decoder: av.VideoCodecContext, part: bytes) -> av.VideoFrame | None:
    """The picture in a part, or ``None``."""
    if not mjpeg.is_whole_picture(part):
        return None
    try:
        frames = decoder.decode(av.Packet(part))
    except av.FFmpegError:
        return None
    return frames[-1] if frames else None


def _boundary(response: http.client.HTTPResponse) -> bytes:
    """The multipart boundary of an answer that is a video.

    Raises:
        SourceFault: what is wrong with the answer.
    """
    status = response.status
    if 300 <= status < 400:
        raise SourceFault(Reason.REDIRECT)
    if status in (401, 403):
        raise SourceFault(Reason.WRONG_PASSWORD)
    if status != 200:
        raise SourceFault(Reason.NOT_FOUND, {"status": str(status)})
    kind = Message()
    kind["Content-Type"] = response.headers.get("Content-Type", "")
    boundary = kind.get_param("boundary", "")
    if kind.get_content_maintype() != "multipart" or not isinstance(boundary, str) or not boundary:
        raise SourceFault(Reason.NO_VIDEO)
    # Some cameras write the dashes into the header too.
    return boundary.strip('"').removeprefix("--").encode("latin-1", "replace")


def _hang_up(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is gone already
        connected.shutdown(socket.SHUT_RDWR)
