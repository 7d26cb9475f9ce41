"""An HTTP camera: MJPEG with passwords, and paths that misbehave.

Paths: ``/live``, ``/unmeasured`` (parts without a length), ``/resize``, ``/pixel`` (1 × 1), ``/odd``, ``/damaged`` (every JPEG
broken), ``/bursts`` (half of them), ``/garbage`` (multipart that never shows a boundary), ``/page`` (HTML), ``/frozen`` (some
pictures, then silence), ``/drip`` (a header that comes a byte at a time), ``/closes`` (ten pictures), ``/moved`` (redirect to
``--elsewhere``). Others are not found.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Iterator
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.peers.footage import jpeg, moving
from tests.peers.passwords import Doorkeeper

FPS = 10
SIZES = {"pixel": [(1, 1)], "odd": [(321, 241)], "resize": [(320, 240), (640, 360)]}


@lru_cache
def pictures(path: str) -> tuple[bytes, ...]:
    """The JPEGs that a path sends in a loop."""
    return tuple(jpeg(pixels) for size in SIZES.get(path, [(320, 240)]) for pixels in moving(size, FPS))


class Camera(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    options: argparse.Namespace
    door: Doorkeeper

    def do_GET(self) -> None:
        path = self.path.strip("/").split("?")[0]
        try:
            if path == "drip":
                self._drip()
            elif not self.door.lets_in("GET", self.headers.get("Authorization", "")):
                self._plain(401, {"WWW-Authenticate": self.door.challenge()})
            elif path == "moved":
                self._plain(302, {"Location": self.options.elsewhere})
            elif path == "page":
                self._plain(200, {"Content-Type": "text/html"})
            elif path == "garbage":
                self._garbage()
            elif path in ("live", "unmeasured", "resize", "pixel", "odd", "damaged", "bursts", "frozen", "closes"):
                self._video(path)
            else:
                self._plain(404, {})
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _plain(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=--frame")
        self.send_header("Connection", "close")
        self.end_headers()

    def _video(self, path: str) -> None:
        self._begin()
        for part in self._parts(path):
            length = "" if path == "unmeasured" else f"Content-Length: {len(part)}\r\n"
            self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\n" + length.encode() + b"\r\n" + part + b"\r\n")
            self.wfile.flush()
            time.sleep(1 / FPS)
        self.close_connection = True

    def _parts(self, path: str) -> Iterator[bytes]:
        for number, picture in enumerate(itertools.cycle(pictures(path))):
            if path == "closes" and number == FPS:
                return
            while path == "frozen" and number == FPS:
                time.sleep(1)
            broken = path == "damaged" or (path == "bursts" and number // 5 % 2 == 0)
            yield picture[: len(picture) // 3] if broken else picture

    def _garbage(self) -> None:
        self._begin()
        while True:
            self.wfile.write(b"\x00garbage" * 8192)

    def _drip(self) -> None:
        for sign in itertools.cycle(b"X"):
            self.wfile.write(bytes([sign]))
            self.wfile.flush()
            time.sleep(0.5)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--auth", choices=("none", "basic", "digest"), default="none")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--elsewhere", default="http://192.0.2.1/live")
    options = parser.parse_args()
    Camera.options = options
    Camera.door = Doorkeeper(options.auth, options.user, options.password)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Camera)
    server.daemon_threads = True
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
