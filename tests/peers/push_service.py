"""A push service and the browsers behind it: it checks VAPID, and each browser really decrypts what it is sent with its keys."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
import uuid
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

_LONGEST = 4096


class Browser:
    """A subscribed browser.

    Args:
        service: where it is subscribed.
        public_key: what the page gave it, base64url: messages signed with another key are refused.
    """

    def __init__(self, service: PushService, public_key: str) -> None:
        self.id = uuid.uuid4().hex
        self.public_key = public_key
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.gone = False
        self._service = service

    def subscription(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` writes it."""
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": f"{self._service.url}/push/{self.id}",
            "expirationTime": None,
            "keys": {"p256dh": _encoded(point), "auth": _encoded(self._auth)},
        }

    def receive(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Decrypt a message; raises what `http_ece` does where it is not for these keys."""
        plain = http_ece.decrypt(body, private_key=self._private, auth_secret=self._auth, version="aes128gcm")
        self.got.append(json.loads(plain))
        self.headers.append(dict(headers))


class PushService:
    """Listens while it is used as a context."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        self.failing: deque[tuple[int, dict[str, str]]] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def subscribe(self, public_key: str) -> Browser:
        """A new browser."""
        browser = Browser(self, public_key)
        self.browsers[browser.id] = browser
        return browser

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        """The status and headers of the answer to one message."""
        if self.failing:
            return self.failing.popleft()
        browser = self.browsers.get(path.removeprefix("/push/"))
        if browser is None:
            return 404, {}
        if browser.gone:
            return 410, {}
        if not self._signed(headers.get("Authorization", ""), browser.public_key):
            return 403, {}
        if not headers.get("TTL", "").isdigit() or len(headers.get("Topic", "")) > 32:
            return 400, {}
        if len(body) > _LONGEST:
            return 413, {}
        browser.receive(body, headers)
        return 201, {"Location": f"{self.url}/message/{uuid.uuid4().hex}"}

    def _signed(self, authorization: str, public_key: str) -> bool:
        """Whether the token is signed with the key that the browser subscribed with, for us, by somebody, for a while."""
        scheme, _space, rest = authorization.partition(" ")
        parts = dict(part.split("=", 1) for part in rest.replace(" ", "").split(",") if "=" in part)
        if scheme.lower() != "vapid" or parts.get("k") != public_key or not Vapid02.verify(authorization):
            return False
        claims = json.loads(_decoded(parts["t"].split(".")[1]))
        in_time = time.time() < claims["exp"] <= time.time() + 24 * 3600
        return bool(claims["aud"] == self.url and claims["sub"].startswith(("mailto:", "https:")) and in_time)

    def __enter__(self) -> PushService:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(service: PushService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers = service.answer(self.path, dict(self.headers.items()), body)
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
