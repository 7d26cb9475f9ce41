"""A relay with a web interface, as a test wants it: it counts what it is told, and can be slow, silent, broken or disobedient."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

LONGEST_HOLD_S = 60.0


class HttpDevice:
    """Listens on a port of this machine while it is used as a context.

    ``PUT /set`` with ``{"on": true}`` tells it what to do, ``GET /state`` says ``{"relay": {"on": true}}``.

    Attributes:
        on: how it is.
        told: each command it was sent, in order; `paths` where to.
        headers: of each request, in order.
        obeys: whether it does what it is told.
        status: what it answers to a command.
        holding: while this is set it answers no command (it has received it, and done it if it obeys).
        received: is set when a command came in.
        asked: how often it was asked how it is.
    """

    def __init__(self, *, token: str = "") -> None:
        self.on = False
        self.told: list[bool] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.obeys = True
        self.status = 200
        self.state_status = 200
        self.answer: bytes | None = None
        self.holding = threading.Event()
        self.received = threading.Event()
        self.asked = 0
        self.token = token
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> HttpDevice:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.holding.clear()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        device = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                device.headers.append(dict(self.headers))
                if device.token and self.headers.get("Authorization") != f"Bearer {device.token}":
                    self._say(401, b"")
                    return
                wanted = bool(json.loads(body)["on"])
                device.told.append(wanted)
                device.paths.append(self.path)
                if device.obeys and device.status < 300:
                    device.on = wanted
                device.received.set()
                pause = threading.Event()
                for _ in range(int(LONGEST_HOLD_S / 0.05)):
                    if not device.holding.is_set():
                        break
                    pause.wait(0.05)
                self._say(device.status, b"{}")

            def do_GET(self) -> None:
                device.asked += 1
                device.headers.append(dict(self.headers))
                said = json.dumps({"relay": {"on": device.on}}).encode()
                self._say(device.state_status, device.answer if device.answer is not None else said)

            def _say(self, status: int, body: bytes) -> None:
                try:
                    self.send_response(status)
                    if 300 <= status < 400:
                        self.send_header("Location", device.address + "/elsewhere")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
