"""A monitor outside, as a test wants it: it counts who asks, answers as it is told, sends on, or keeps everybody waiting."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


class Monitor:
    """Listens on a port of this machine while it is used as a context.

    Attributes:
        asked: the paths that were asked for, in order.
        status: what it answers.
        location: where it sends on, with a status that does.
        drips: while this is set it sends its headers a byte at a time, without an end.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.location = ""
        self.drips = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/ping/secret"

    def __enter__(self) -> Monitor:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drips.clear()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        monitor = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                monitor.asked.append(self.path)
                if monitor.drips.is_set():
                    self._drip()
                    return
                self.send_response(monitor.status)
                if monitor.location:
                    self.send_header("Location", monitor.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _drip(self) -> None:
                stopped = threading.Event()
                try:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while monitor.drips.is_set() and not stopped.wait(0.05):
                        self.wfile.write(b"x")
                except OSError:
                    self.close_connection = True  # who asked has gone

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
