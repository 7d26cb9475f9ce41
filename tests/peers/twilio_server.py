"""A stand-in for Twilio: it keeps the SMS and calls it is asked for, fails when told to, and calls back as Twilio does.

Every request and every answer is checked against Twilio's official description (`tests.peers.twilio_description`); what does not
fit is answered 400, kept in `faults`, and raised when the context ends. A test plays the people: `deliver`, `fail`, `write`,
`pick_up`, `let_ring`…
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import threading
import time
import uuid
import xml.etree.ElementTree as ET
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from twilio.request_validator import RequestValidator

from alerts.channels.sms.segments import segmented
from tests.peers import twilio_description

SID = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-of-the-stand-in"
_ROUTE = re.compile(r"^/2010-04-01/Accounts/(AC\w+)/(Messages|Calls)(?:/((?:SM|MM|CA)\w+))?\.json$")
_NUMBER = re.compile(r"^\+[1-9]\d{6,14}$")
_SENDER = re.compile(r"^(\+[1-9]\d{6,14}|[A-Za-z0-9 ]{1,11})$")

CallBack = Callable[[str, dict[str, str], dict[str, str]], tuple[int, str]]
"""How a callback reaches the product: (address, form, headers) to (status, body)."""


@dataclass
class Sms:
    """An SMS that was handed over."""

    sid: str
    to: str
    sender: str
    body: str
    callback: str
    made_at: dt.datetime
    status: str = "queued"
    error: int | None = None
    service: str | None = None


@dataclass
class Phoned:
    """A call that was asked for."""

    sid: str
    to: str
    sender: str
    twiml: str
    callback: str
    events: tuple[str, ...]
    amd_callback: str
    made_at: dt.datetime
    status: str = "queued"
    answered_by: str | None = None
    after: list[str] = field(default_factory=list)

    @property
    def spoken(self) -> list[tuple[str, str]]:
        """What is said: (language, text)."""
        return [(said.get("language", ""), said.text or "") for said in ET.fromstring(self.twiml).iter("Say")]

    @property
    def gather(self) -> dict[str, str] | None:
        """What is asked for, where a key is."""
        found = ET.fromstring(self.twiml).find("Gather")
        return None if found is None else dict(found.attrib)


@dataclass(frozen=True)
class Failing:
    """How a request fails: answered with this status and number, after this long."""

    status: int
    code: int = 0
    retry_after: str = ""
    after_s: float = 0.0
    cut: bool = False


class Twilio:
    """The stand-in, listening while it is used as a context.

    Args:
        call_back: how its callbacks reach the product; by default they are posted to their addresses.
        public: (public address, real address): callbacks to the first go to the second.
    """

    def __init__(self, call_back: CallBack | None = None, public: tuple[str, str] = ("", "")) -> None:
        self.messages: list[Sms] = []
        self.calls: list[Phoned] = []
        self.faults: list[str] = []
        self.stopped: set[str] = set()  # who answered STOP
        self.per_second: int | None = None
        self._failing: deque[Failing] = deque()
        self._recent: deque[float] = deque()
        self._lock = threading.Lock()
        self._call_back = call_back or self._post
        self._public = public
        self._validator = RequestValidator(TOKEN)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def settings(self, sender: str = "+33700000001") -> dict[str, str]:
        """An account's settings with it, the secret among them."""
        return {"account_sid": SID, "auth_token": TOKEN, "base_url": self.base_url, "sender": sender}

    def fail_next(self, status: int, code: int = 0, *, times: int = 1, **how: Any) -> None:
        """Let the next requests fail: `retry_after`, `after_s` (hang that long), `cut` (no answer at all)."""
        self._failing.extend([Failing(status, code, **how)] * times)

    # What people do

    def deliver(self, message: Sms) -> None:
        """It arrives."""
        self.tell(message, "sent")
        self.tell(message, "delivered")

    def fail(self, message: Sms, code: int = 30003) -> None:
        """It does not."""
        self.tell(message, "undelivered", code)

    def tell(self, message: Sms, status: str, code: int | None = None) -> tuple[int, str] | None:
        """A status, told where somebody asked to be told."""
        message.status, message.error = status, code
        fields = {"MessageSid": message.sid, "MessageStatus": status, "To": message.to, "From": message.sender}
        fields |= {"ErrorCode": str(code)} if code else {}
        return self.call(message.callback, fields) if message.callback else None

    def write(self, address: str, sender: str, text: str, *, to: str = "+33700000001", sid: str = "") -> str:
        """Somebody writes to the account's number; the SMS's id comes back."""
        sid = sid or f"SM{uuid.uuid4().hex}"
        if text.strip().upper() in ("STOP", "START"):
            (self.stopped.add if text.strip().upper() == "STOP" else self.stopped.discard)(sender)
        fields = {"MessageSid": sid, "SmsSid": sid, "From": sender, "To": to, "Body": text, "NumMedia": "0"}
        status, _body = self.call(address, fields)
        assert status == 200, status
        return sid

    def pick_up(self, call: Phoned, key: str = "") -> None:
        """Somebody answers, hears it, presses a key or none, and hangs up."""
        self._status(call, "in-progress", "answered")
        if key:
            self.press(call, key)
        call.answered_by = call.answered_by or "human"
        self._machine(call, "human")
        self._status(call, "completed", "completed")

    def press(self, call: Phoned, key: str) -> str:
        """A key; what is said next comes back."""
        gather = call.gather
        assert gather is not None, "No key is asked for in this call."
        status, body = self.call(gather["action"], {**self._of(call), "Digits": key})
        assert status == 200, (status, body)
        call.after.append(body)
        return body

    def voicemail(self, call: Phoned) -> None:
        """A machine answers."""
        self._status(call, "in-progress", "answered")
        call.answered_by = "machine_start"
        self._machine(call, "machine_start")
        self._status(call, "completed", "completed")

    def end(self, call: Phoned, status: str) -> None:
        """It ends without anybody: busy, no-answer, failed."""
        self._status(call, status, "completed")

    def _of(self, call: Phoned) -> dict[str, str]:
        return {
            "CallSid": call.sid,
            "CallStatus": call.status,
            "To": call.to,
            "From": call.sender,
            "Direction": "outbound-api",
        }

    def _status(self, call: Phoned, status: str, event: str) -> None:
        call.status = status
        if call.callback and event in call.events:
            self.call(call.callback, {**self._of(call), "Timestamp": _date(dt.datetime.now(dt.UTC))})

    def _machine(self, call: Phoned, by: str) -> None:
        if call.amd_callback:
            self.call(call.amd_callback, {"CallSid": call.sid, "AnsweredBy": by, "MachineDetectionDuration": "3000"})

    # Callbacks

    def call(self, address: str, fields: Mapping[str, str], *, signature: str = "") -> tuple[int, str]:
        """Call the product, signed."""
        form = {"AccountSid": SID, "ApiVersion": "2010-04-01", **fields}
        signed = signature or self._validator.compute_signature(address, form)
        return self._call_back(
            address, form, {"X-Twilio-Signature": signed, "I-Twilio-Idempotency-Token": uuid.uuid4().hex}
        )

    def _post(self, address: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, str]:
        public, real = self._public
        there = real + address.removeprefix(public) if public and address.startswith(public) else address
        answer = httpx.post(there, data=form, headers=headers, timeout=20)
        return answer.status_code, answer.text

    # Requests

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: str
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        """The status, body and headers of the answer to one request."""
        route = _ROUTE.match(urlsplit(path).path)
        if route is None:
            return _error(404, 20404, "not found")
        if headers.get("Authorization") != "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode():
            return _error(401, 20003, "Authenticate")
        account, kind, sid = route.groups()
        template = f"/2010-04-01/Accounts/{{AccountSid}}/{kind}{'/{Sid}' if sid else ''}.json"
        form = parse_qs(body, keep_blank_values=True)
        try:
            twilio_description.check_request(method, template, form)
        except twilio_description.Undescribed as fault:
            self.faults.append(str(fault))
            return _error(400, 20001, str(fault))
        if account != SID:
            return _error(404, 20404, "not found")
        if self._too_fast():
            return _error(429, 20429, "Too Many Requests", {"Retry-After": "1"})
        status, found = self._made(kind, form) if method == "POST" else self._found(kind, sid)
        if status < 300:
            try:
                twilio_description.check_answer(method, template, status, found)
            except twilio_description.Undescribed as fault:
                self.faults.append(str(fault))
        return status, found, {}

    def _too_fast(self) -> bool:
        if self.per_second is None:
            return False
        with self._lock:
            now = time.monotonic()
            while self._recent and now - self._recent[0] > 1:
                self._recent.popleft()
            if len(self._recent) >= self.per_second:
                return True
            self._recent.append(now)
            return False

    def _made(self, kind: str, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        given = {name: values[0] for name, values in form.items()}
        if not _NUMBER.match(given["To"]):
            return _error(400, 21211, f"The 'To' number {given['To']} is not a valid phone number.")[:2]
        now = dt.datetime.now(dt.UTC)
        if kind == "Messages":
            if given["To"] in self.stopped:
                return _error(400, 21610, "Attempt to send to unsubscribed recipient")[:2]
            if not _SENDER.match(given.get("From", "")) and "MessagingServiceSid" not in given:
                return _error(400, 21603, "A 'From' phone number is required.")[:2]
            message = Sms(
                sid=f"SM{uuid.uuid4().hex}",
                to=given["To"],
                sender=given.get("From", "+33700000009"),
                body=given["Body"],
                callback=given.get("StatusCallback", ""),
                made_at=now,
                service=given.get("MessagingServiceSid"),
            )
            self.messages.append(message)
            return 201, _sms(message)
        if len(given.get("Twiml", "")) > 4000:
            return _error(400, 21719, "Twiml too long")[:2]
        call = Phoned(
            sid=f"CA{uuid.uuid4().hex}",
            to=given["To"],
            sender=given["From"],
            twiml=given["Twiml"],
            callback=given.get("StatusCallback", ""),
            events=tuple(form.get("StatusCallbackEvent", ["completed"])),
            amd_callback=given.get("AsyncAmdStatusCallback", ""),
            made_at=now,
        )
        self.calls.append(call)
        return 201, _phoned(call)

    def _found(self, kind: str, sid: str) -> tuple[int, dict[str, Any]]:
        if kind == "Messages":
            message = next((one for one in self.messages if one.sid == sid), None)
            return (200, _sms(message)) if message else _error(404, 20404, "not found")[:2]
        call = next((one for one in self.calls if one.sid == sid), None)
        return (200, _phoned(call)) if call else _error(404, 20404, "not found")[:2]

    def failing(self) -> Failing | None:
        """How the request that came now fails; nothing: it does not."""
        try:
            return self._failing.popleft()
        except IndexError:
            return None

    def __enter__(self) -> Twilio:
        twilio_description.description()
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        if kind is None:
            assert self.faults == []


def _handler(twilio: Twilio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._answer("POST")

        def do_GET(self) -> None:
            self._answer("GET")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            failing = twilio.failing()
            if failing is not None:
                time.sleep(failing.after_s)
                if failing.cut:
                    twilio.answer(
                        method, self.path, dict(self.headers.items()), body
                    )  # it was taken, and nobody is told
                    self.close_connection = True
                    return
                retry = {"Retry-After": failing.retry_after} if failing.retry_after else {}
                status, found, headers = _error(failing.status, failing.code, "told to fail", retry)
            else:
                status, found, headers = twilio.answer(method, self.path, dict(self.headers.items()), body)
            written = json.dumps(found).encode()
            try:
                self.send_response(status)
                for name, value in {
                    "Content-Type": "application/json",
                    "Content-Length": str(len(written)),
                    **headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(written)
            except ConnectionError:
                self.close_connection = True

    return Handler


def _error(
    status: int, code: int, message: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any], dict[str, str]]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}, headers or {}


def _date(at: dt.datetime) -> str:
    return format_datetime(at)


def _sms(message: Sms) -> dict[str, Any]:
    uri = f"/2010-04-01/Accounts/{SID}/Messages/{message.sid}.json"
    sent = message.status in ("sent", "delivered", "undelivered")
    return {
        "body": message.body,
        "num_segments": "0" if message.service else str(segmented(message.body).segments),
        "direction": "outbound-api",
        "from": message.sender,
        "to": message.to,
        "date_updated": _date(message.made_at),
        "price": None,
        "error_message": "Failed" if message.error else None,
        "uri": uri,
        "account_sid": SID,
        "num_media": "0",
        "status": message.status,
        "messaging_service_sid": message.service,
        "sid": message.sid,
        "date_sent": _date(message.made_at) if sent else None,
        "date_created": _date(message.made_at),
        "error_code": message.error,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
    }


def _phoned(call: Phoned) -> dict[str, Any]:
    ended = call.status in ("completed", "busy", "no-answer", "failed", "canceled")
    return {
        "sid": call.sid,
        "date_created": _date(call.made_at),
        "date_updated": _date(call.made_at),
        "parent_call_sid": None,
        "account_sid": SID,
        "to": call.to,
        "to_formatted": call.to,
        "from": call.sender,
        "from_formatted": call.sender,
        "phone_number_sid": None,
        "status": call.status,
        "start_time": _date(call.made_at) if call.status in ("in-progress", "completed") else None,
        "end_time": _date(call.made_at) if ended else None,
        "duration": "12" if call.status == "completed" else None,
        "price": None,
        "price_unit": "USD",
        "direction": "outbound-api",
        "answered_by": call.answered_by,
        "api_version": "2010-04-01",
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"/2010-04-01/Accounts/{SID}/Calls/{call.sid}.json",
        "subresource_uris": {},
    }
