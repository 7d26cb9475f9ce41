"""A web process of its own for tests: real uvicorn, the real door, the sockets, and a page that counts them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from soc.embedded.process import tied_to_parent
from tests.system import database_url

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Web:
    """A running web process."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    def open_sockets(self) -> int:
        with urlopen(f"http://127.0.0.1:{self.port}/", timeout=30) as answer:
            return int(answer.read())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def start(redis_url: str) -> Web:
    """Start it on the test database; it is ready when this returns."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    # Small buffers, which its connections inherit: a reader who is slow shows soon.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "tests.soc.broadcast.web_app:application", "--fd", str(listener.fileno()),
         "--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--log-level", "warning"],
        pass_fds=[listener.fileno()], cwd=ROOT, env=os.environ | {"DATABASE_URL": database_url(), "REDIS_URL": redis_url},
        preexec_fn=tied_to_parent(signal.SIGKILL),
    )  # fmt: skip
    web = Web(port=listener.getsockname()[1], process=process)
    listener.close()  # the process has its own; a connection waits in the backlog until it is served
    web.open_sockets()
    return web


def small_socket(web: Web) -> socket.socket:
    """A connection whose client's kernel takes little ahead of the client."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    raw.connect(("127.0.0.1", web.port))
    return raw


def socket_that_never_reads(web: Web, path: str, headers: dict[str, str]) -> socket.socket:
    """A signed-in WebSocket whose client takes nothing out of its small receive buffer."""
    raw = small_socket(web)
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    raw.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    return raw


def send_text(raw: socket.socket, text: str) -> None:
    """Send a short text over a raw WebSocket, masked with zeros."""
    data = text.encode()
    assert len(data) < 126
    raw.sendall(bytes([0x81, 0x80 | len(data), 0, 0, 0, 0]) + data)
