"""Devices that speak HTTP: one PUT or POST from a closed map, never repeated, no redirect followed; their state by GET."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

import httpx
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from pydantic import Field, StringConstraints

from crisis.devices.drivers.base import (
    Deadline,
    DeviceFault,
    DeviceSettings,
    Fault,
    Problems,
    Reading,
    Result,
    Target,
    why_not_connected,
)
from crisis.devices.drivers.pointers import LARGEST, Pointer, value_at
from soc import endpoints
from soc.endpoints import Endpoint, EndpointFault

SCHEMES: Mapping[str, int] = {"http": 80, "https": 443}
_CONNECT_S = 5.0
_STEP_S = 5.0  # between two signs of life of an answer; the deadline bounds the whole

Path = Annotated[str, StringConstraints(pattern=r"^/[^\s\\\x00-\x1f\x7f#]*$", max_length=300)]
Text = Annotated[str, StringConstraints(max_length=1000)]


class Method(StrEnum):
    """How a command is sent: GET would be repeated by whatever lies between."""

    PUT = "PUT"
    POST = "POST"


class HttpRequest(DeviceSettings):
    """One command."""

    method: Method = Field(Method.PUT, title=gettext_noop("Method"))
    path: Path = Field(
        title=gettext_noop("Path"), description=gettext_noop("With its query, such as /relay/0?turn=on.")
    )
    body: Text = Field("", title=gettext_noop("Body"))


class HttpSettings(DeviceSettings):
    """How one device is spoken to."""

    requests: dict[str, HttpRequest] = Field(
        title=gettext_noop("Commands"), description=gettext_noop("For each state what is sent to it."), max_length=12
    )
    content_type: Annotated[str, StringConstraints(pattern=r"^[\w.+-]+/[\w.+-]+$", max_length=60)] = Field(
        "application/json", title=gettext_noop("Type of the body")
    )
    authority: Annotated[str, StringConstraints(max_length=20_000)] = Field(
        "",
        title=gettext_noop("Who signed its certificate"),
        description=gettext_noop("PEM of that authority, for https; empty: the usual ones."),
    )
    state_path: Path | None = Field(
        None,
        title=gettext_noop("State path"),
        description=gettext_noop("Where it says how it is. Without it nobody knows whether it did what it was told."),
    )
    state_pointer: Pointer = Field(
        "",
        title=gettext_noop("Place in the answer"),
        description=gettext_noop("JSON pointer to the state, such as /state; empty: the whole answer is the state."),
    )
    state_values: dict[str, Annotated[str, StringConstraints(min_length=1, max_length=200)]] = Field(
        default_factory=dict,
        title=gettext_noop("States as it says them"),
        description=gettext_noop("For each state the value that stands there."),
        max_length=12,
    )


class Http:
    """The driver."""

    key: ClassVar[str] = "http"
    label: ClassVar[Promise | str] = _("HTTP")
    help: ClassVar[Promise | str] = _("A device with a web interface of its own, such as a relay on the network.")
    needs_connection: ClassVar[bool] = False
    settings_model = HttpSettings

    def problems(self, settings: HttpSettings, states: Sequence[str]) -> Problems:
        """Each state has a command, and no two states are said alike."""
        found: Problems = {}
        if set(settings.requests) != set(states):
            found["settings.requests"] = _("Say for each of its states what is sent, and for nothing else.")
        if settings.state_path is None:
            return found
        if set(settings.state_values) != set(states):
            found["settings.state_values"] = _("Say for each of its states how it says it.")
        elif len(set(settings.state_values.values())) < len(settings.state_values):
            found["settings.state_values"] = _("Two states are said alike: nobody could tell them apart.")
        return found

    def can_read(self, settings: HttpSettings) -> bool:
        """With a path to its state it is asked."""
        return settings.state_path is not None

    def set_state(self, target: Target[HttpSettings], state: str, deadline: Deadline) -> Result:
        """One request. Where the answer is missing nobody knows, and it is not repeated."""
        request = target.settings.requests.get(state)
        if request is None:
            return Result.not_sent(Fault.SETTINGS)
        return asyncio.run(_command(target, request, deadline))

    def read_state(self, target: Target[HttpSettings], deadline: Deadline) -> Reading:
        """What it answers to a GET."""
        if target.settings.state_path is None:
            raise DeviceFault(Fault.NO_STATE)
        return asyncio.run(_ask(target, target.settings.state_path, deadline))


class _Call:
    """One request to one device over one connection: to a checked address, under the name that was entered."""

    def __init__(self, target: Target[HttpSettings], endpoint: Endpoint, address: str, deadline: Deadline) -> None:
        self._target = target
        self._endpoint = endpoint
        self._host = f"[{address}]" if ":" in address else address
        self._deadline = deadline

    @classmethod
    async def to(cls, target: Target[HttpSettings], deadline: Deadline) -> _Call:
        """Look its address up and check it.

        Raises:
            DeviceFault: it may not be there.
        """
        try:
            endpoint = endpoints.parse(target.address, SCHEMES)
            found = await asyncio.to_thread(target.policy.resolve, endpoint.host, endpoint.port)
        except EndpointFault as wrong:
            raise DeviceFault.of(wrong) from None
        return cls(target, endpoint, found[0], deadline)

    def client(self) -> httpx.AsyncClient:
        """A client that neither follows, nor repeats, nor reads proxies from the environment."""
        step = max(0.1, min(_STEP_S, self._deadline.left))
        trust = _trust(self._target.settings.authority) if self._endpoint.encrypted else False
        return httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(verify=trust, retries=0, trust_env=False),
            timeout=httpx.Timeout(step, connect=max(0.1, min(_CONNECT_S, self._deadline.left * 0.8))),
            follow_redirects=False,
            trust_env=False,
        )

    def request(self, client: httpx.AsyncClient, method: str, path: str, body: str | None = None) -> httpx.Request:
        """The request; its path is appended to the address's own."""
        secrets = self._target.secrets
        headers = {"Host": self._endpoint.authority, "User-Agent": "vigie", "Connection": "close"}
        if body is not None:
            headers["Content-Type"] = self._target.settings.content_type
        if secrets.token:
            headers["Authorization"] = f"Bearer {secrets.token}"
        elif secrets.user_name or secrets.password:
            headers["Authorization"] = _basic(secrets.user_name, secrets.password)
        base = urlsplit(self._endpoint.target).path.rstrip("/")
        url = f"{self._endpoint.scheme}://{self._host}:{self._endpoint.port}{base}{path}"
        content = None if body is None else body.encode()
        made = client.build_request(method, url, headers=headers, content=content)
        made.extensions["sni_hostname"] = self._endpoint.host  # and its certificate is held against it
        return made


def _basic(user_name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user_name}:{password}".encode()).decode()


def _trust(authority: str) -> ssl.SSLContext:
    """The usual authorities, or the one that was entered."""
    context = ssl.create_default_context()
    if authority:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=authority)
    return context


async def _command(target: Target[HttpSettings], command: HttpRequest, deadline: Deadline) -> Result:
    sent = False
    try:
        async with asyncio.timeout(deadline.left):
            call = await _Call.to(target, deadline)
            async with call.client() as client:
                request = call.request(client, command.method.value, command.path, command.body)
                if deadline.passed():
                    return Result.not_sent(Fault.TOO_LATE)
                sent = True  # from here on it may be on its way; a connection that is refused says that it is not
                answer = await client.send(request, stream=True)
                await answer.aclose()
                return _result(answer.status_code)
    except DeviceFault as fault:
        return Result.not_sent(fault.fault)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        return Result.not_sent(why_not_connected(error))
    except (TimeoutError, httpx.TimeoutException):
        return Result.unknown(Fault.TIMEOUT) if sent else Result.not_sent(Fault.TOO_LATE)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return Result.unknown(Fault.BROKEN) if sent else Result.not_sent(Fault.SETTINGS)


def _result(status: int) -> Result:
    if 200 <= status < 300:
        return Result.sent()
    if 300 <= status < 400:
        return Result.not_sent(Fault.REDIRECT)
    if status in (401, 403):
        return Result.not_sent(Fault.WRONG_PASSWORD)
    if 400 <= status < 500:
        return Result.not_sent(Fault.REJECTED)
    return Result.unknown(Fault.DEVICE_ERROR)  # it may have done it before it failed


async def _ask(target: Target[HttpSettings], path: str, deadline: Deadline) -> Reading:
    try:
        async with asyncio.timeout(deadline.left):
            call = await _Call.to(target, deadline)
            async with call.client() as client:
                answer = await client.send(call.request(client, "GET", path), stream=True)
                try:
                    return _reading(target.settings, answer.status_code, await _body(answer))
                finally:
                    await answer.aclose()
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise DeviceFault(why_not_connected(error)) from None
    except (TimeoutError, httpx.TimeoutException):
        raise DeviceFault(Fault.TIMEOUT) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        raise DeviceFault(Fault.BROKEN) from None


async def _body(answer: httpx.Response) -> bytes:
    """The beginning of an answer: no more is read than a state can need."""
    found = b""
    async for part in answer.aiter_bytes():
        found += part
        if len(found) >= LARGEST:
            break
    return found[:LARGEST]


def _reading(settings: HttpSettings, status: int, body: bytes) -> Reading:
    if (fault := _result(status).fault) is not None:
        raise DeviceFault(fault)
    value = value_at(body, settings.state_pointer)
    for state, text in settings.state_values.items():
        if value == text.strip():
            return Reading(state)
    raise DeviceFault(Fault.UNKNOWN_STATE)
