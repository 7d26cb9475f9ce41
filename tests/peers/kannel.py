"""A real SMS gateway, Debian's Kannel, with its own fake network behind it: bearerbox, smsbox and fakesmsc on free ports.

What it calls us with is kept by a small server and handed to the test, which passes it on: `calls`.
"""

from __future__ import annotations

import queue
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

PATIENCE_S = 30.0
_GOT = re.compile(r"Got message \d+: <(\S+) (\S+) (\S+) (.*)>$", re.MULTILINE)

_CONFIG = """
group = core
admin-port = {admin}
admin-password = admin
admin-interface = "127.0.0.1"
smsbox-port = {boxes}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
log-file = "{folder}/bearerbox.log"
log-level = 0

group = smsc
smsc = fake
smsc-id = NETWORK
port = {network}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {send}
sendsms-interface = "127.0.0.1"
global-sender = 36180
log-file = "{folder}/smsbox.log"
log-level = 0

group = sendsms-user
username = {user}
password = {password}
max-messages = 10
concatenation = true

group = sms-service
keyword = default
get-url = "{get_url}"
max-messages = 0
"""


class Kannel:
    """The gateway, while it is used as a context.

    Args:
        programs: where bearerbox, smsbox and fakesmsc are (`tools.bootstrap.debian.kannel`).
        folder: for its files.
    """

    USER, PASSWORD = "vigie", "a gateway's secret"

    def __init__(self, programs: Mapping[str, str], folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._phones: subprocess.Popen[bytes] | None = None
        self._ports = dict(zip(("admin", "boxes", "network", "send"), _free_ports(4), strict=True))
        self.calls: queue.Queue[str] = queue.Queue()
        self._ours = ThreadingHTTPServer(("127.0.0.1", 0), _keeper(self.calls))
        self._ours.daemon_threads = True

    @property
    def url(self) -> str:
        """Where it takes messages."""
        return f"http://127.0.0.1:{self._ports['send']}/cgi-bin/sendsms"

    @property
    def callback_url(self) -> str:
        """What it may call us by."""
        return f"http://127.0.0.1:{self._ours.server_address[1]}"

    def start(self, get_url: str) -> None:
        """Start it; `get_url` is what the administrator entered."""
        config = self._folder / "kannel.conf"
        config.write_text(
            _CONFIG.format(folder=self._folder, get_url=get_url, user=self.USER, password=self.PASSWORD, **self._ports)
        )
        threading.Thread(target=self._ours.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self._run("bearerbox", str(config))
        _until(lambda: _listens(self._ports["boxes"]), "bearerbox does not listen")
        self._run("smsbox", str(config))
        _until(lambda: _listens(self._ports["send"]), "smsbox does not listen")
        self._connect("x x text nothing", most=0)

    def arrived(self, count: int = 1) -> list[tuple[str, str, str]]:
        """What the phones got: (sender, receiver, text), once there are `count`; what is longer comes in parts."""
        _until(lambda: len(self._got()) >= count, f"fewer than {count} SMS arrived")
        return [(sender, receiver, _decoded(how, text)) for sender, receiver, how, text in self._got()]

    def write(self, sender: str, text: str) -> None:
        """Somebody writes an SMS."""
        coded = "".join(f"%{byte:02x}" for byte in text.encode("utf-16-be"))
        self._connect(f"{sender} 36180 ucs2 {coded}", most=1)

    def call(self) -> str:
        """The next call that the gateway made: path and query."""
        return self.calls.get(timeout=PATIENCE_S)

    def stop(self) -> None:
        """End it at once."""
        for process in (self._phones, *reversed(self._processes)):
            if process is not None:
                process.kill()
                process.wait()
        self._processes, self._phones = [], None

    def _got(self) -> list[tuple[str, str, str, str]]:
        log = self._folder / "phones.log"
        return _GOT.findall(log.read_text(errors="replace")) if log.exists() else []

    def _connect(self, message: str, most: int) -> None:
        """Let the network connect anew: its phones hear, and write `message` that often."""
        if self._phones is not None:
            self._phones.kill()
            self._phones.wait()
        with (self._folder / "phones.log").open("ab") as log:
            command = [self._programs["fakesmsc"], "-H", "127.0.0.1", "-r", str(self._ports["network"])]
            self._phones = subprocess.Popen([*command, "-m", str(most), message], stdout=log, stderr=log)

    def _run(self, program: str, config: str) -> None:
        with (self._folder / f"{program}.out").open("wb") as out:
            self._processes.append(subprocess.Popen([self._programs[program], config], stdout=out, stderr=out))

    def __enter__(self) -> Kannel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._ours.shutdown()
        self._ours.server_close()


def _keeper(calls: queue.Queue[str]) -> type[BaseHTTPRequestHandler]:
    class Keeper(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.put(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Keeper


def _decoded(how: str, text: str) -> str:
    if how != "ucs-2":
        return text
    raw = re.sub(
        rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), text.replace("+", " ").encode("latin-1")
    )
    return raw.decode("utf-16-be", "replace")


def _free_ports(count: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(otherwise)
        time.sleep(0.05)
