"""A gate between FFmpeg and an RTSP camera: FFmpeg talks to this machine, the gate to the camera's checked address.

FFmpeg's RTSP resolves names itself, follows redirects anywhere, and cannot be interrupted from another thread. The gate
connects to the address that was checked, lets no redirect through, and ends the conversation as soon as it is closed.
It accepts one connection and relays bytes, so credentials stay between FFmpeg and the camera.
"""

from __future__ import annotations

import selectors
import socket
import ssl
import threading

from detection.reasons import Reason
from detection.sources.address import Endpoint, connect
from detection.sources.spec import SourceFault
from soc.endpoints import IPNetwork

_CHUNK = 65536
_LONGEST_HEAD = 65536
_LONGEST_BODY = 1_048_576


class Handshake:
    """Reads the camera's RTSP answers until media begins, and lets whole answers through only.

    Raises `SourceFault` from `feed`: REDIRECT for a 3xx, NO_VIDEO for what is not RTSP.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self.over = False
        self.status = 0

    def feed(self, data: bytes) -> bytes:
        """Take what the camera sent; give what may go on to FFmpeg."""
        if self.over:
            return data
        self._held += data
        passed = bytearray()
        while self._held and not self.over:
            if self._held[:1] == b"$":
                self.over = True
                break
            length = self._whole_answer()
            if length is None:
                break
            passed += self._held[:length]
            del self._held[:length]
        if self.over:
            passed += self._held
            self._held.clear()
        return bytes(passed)

    def _whole_answer(self) -> int | None:
        end = self._held.find(b"\r\n\r\n")
        if not self._held.startswith(b"RTSP/"[: len(self._held)]) or (end < 0 and len(self._held) > _LONGEST_HEAD):
            raise SourceFault(Reason.NO_VIDEO)
        if end < 0:
            return None
        lines = bytes(self._held[:end]).decode("latin-1").split("\r\n")
        words = lines[0].split()
        self.status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
        if 300 <= self.status < 400:
            raise SourceFault(Reason.REDIRECT)
        length = 0
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-length" and value.strip().isdigit():
                length = int(value)
        if length > _LONGEST_BODY:
            raise SourceFault(Reason.NO_VIDEO)
        whole = end + 4 + length
        return whole if len(self._held) >= whole else None


class Gate:
    """Relays one RTSP conversation. `fault` says why the camera's side ended, where the gate knows better than FFmpeg.

    Raises:
        SourceFault: when the camera cannot be reached or may not be; see `address.connect`.
    """

    def __init__(self, endpoint: Endpoint, networks: tuple[IPNetwork, ...], timeout: float) -> None:
        self.fault: Reason | None = None
        self.handshake = Handshake()
        self._timeout = timeout
        self._camera = _connect(endpoint, networks, timeout)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1)
        self._listener.settimeout(timeout)
        self.port: int = self._listener.getsockname()[1]
        self._wake, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="rtsp-gate", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the conversation; FFmpeg sees an end of file."""
        try:
            self._waker.send(b"x")
        except OSError:
            return  # it has ended by itself

    def _run(self) -> None:
        ffmpeg: socket.socket | None = None
        try:
            ffmpeg = self._accept()
            if ffmpeg is not None:
                self._relay(ffmpeg)
        except SourceFault as fault:
            self.fault = fault.reason
        except OSError:
            self.fault = None  # one side went away; FFmpeg notices its end of file
        finally:
            for end in (ffmpeg, self._camera, self._listener, self._wake, self._waker):
                if end is not None:
                    end.close()

    def _accept(self) -> socket.socket | None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select(self._timeout)]
        if self._listener not in ready or self._wake in ready:
            return None
        ffmpeg, _ = self._listener.accept()
        self._listener.close()
        return ffmpeg

    def _relay(self, ffmpeg: socket.socket) -> None:
        # A side that takes nothing for so long is gone; reads are waited for by the selector.
        ffmpeg.settimeout(self._timeout)
        self._camera.settimeout(self._timeout)
        for end in (ffmpeg, self._camera):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with selectors.DefaultSelector() as selector:
            for end in (ffmpeg, self._camera, self._wake):
                selector.register(end, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._wake in ready:
                    return
                if ffmpeg in ready and not self._pass(ffmpeg, self._camera):
                    return
                if self._camera in ready and not self._from_camera(ffmpeg):
                    return

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> bool:
        data = source.recv(_CHUNK)
        if data:
            target.sendall(data)
        return bool(data)

    def _from_camera(self, ffmpeg: socket.socket) -> bool:
        if not isinstance(self._camera, ssl.SSLSocket):
            data = self._camera.recv(_CHUNK)
            ffmpeg.sendall(self.handshake.feed(data))
            return bool(data)
        # What arrived may be TLS's own business (session tickets), after which a plain read would wait for ever; and what
        # TLS has decrypted already is not seen by the selector.
        self._camera.settimeout(0)
        try:
            while data := self._camera.recv(_CHUNK):
                ffmpeg.sendall(self.handshake.feed(data))
        except ssl.SSLWantReadError:
            return True
        finally:
            self._camera.settimeout(self._timeout)
        return False


def _connect(endpoint: Endpoint, networks: tuple[IPNetwork, ...], timeout: float) -> socket.socket:
    plain = connect(endpoint, networks, timeout)
    return secure(plain, endpoint.host) if endpoint.encrypted else plain


def secure(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """TLS over `plain`, with the certificate checked for `host`.

    Raises:
        SourceFault: UNTRUSTED, or UNREACHABLE when the other side speaks no TLS.
    """
    reason = Reason.UNREACHABLE
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError:
        reason = Reason.UNTRUSTED
    except OSError:
        reason = Reason.UNREACHABLE
    plain.close()
    raise SourceFault(reason, {"host": host})
