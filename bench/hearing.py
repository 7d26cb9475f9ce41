"""A thousand who are connected hear an instruction: from the decision to the word at each socket and to the sound's bytes.

The sockets are real ones of a thousand members, each with a token of its own, held by one process; they are not a thousand
Chromiums: what a browser does after it has the sound (it begins to play) is not in the figures. Each asks for the sound as a page
does: at the signed address that the word brings, without a token. Figures from before those addresses were of the door for who is
signed in, which reads rights for each.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import secrets
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from bench.broadcast import Crowd, Reader, until
from bench.figures import Figure
from bench.installation import Installation, Web, web

if TYPE_CHECKING:
    from crisis.activations.models import Activation

CLIENTS, SHORT_CLIENTS = 1000, 50
_INSTRUCTIONS, _SHORT_INSTRUCTIONS = 10, 3
_AT_ONCE = 20
_CEILING_S = 120.0
_LANGUAGE = "en"


@dataclass(slots=True)
class Heard:
    """Seconds from each decision: when the word came to each socket, when each had the whole sound, when the first had it."""

    word_s: list[float] = field(default_factory=list)
    sound_s: list[float] = field(default_factory=list)
    first_sound_s: list[float] = field(default_factory=list)


class Listener(Reader):
    """A member's socket, which says when the word of an instruction comes."""

    def __init__(self, crowd: Crowd, request: bytes, hear: Callable[[str, float], None]) -> None:
        super().__init__(crowd, request)
        self._hear = hear

    def take(self, frame: bytes, now: float) -> None:
        """Of the feed only instructions count."""
        if b"instruction.given" in frame:
            payload = json.loads(frame)["payload"]
            if not payload["ended"]:
                self._hear(payload["sounds"][_LANGUAGE], now)


def measure(made: Installation, activation: Activation, *, short: bool) -> list[Figure]:
    """All of it, on an activation that is under way at the installation's site."""
    clients, instructions = (SHORT_CLIENTS, _SHORT_INSTRUCTIONS) if short else (CLIENTS, _INSTRUCTIONS)
    tokens = _members(made, clients)
    with web() as server:
        heard = asyncio.run(_hear(server, made.token, activation.pk, tokens, instructions))
    words, sounds = _cuts(heard.word_s), _cuts(heard.sound_s)
    of = f"{clients} sockets (not browsers), {instructions} instructions"
    return [
        Figure("crisis.heard_p50", words[49] * 1e3, "ms", note=f"decision sent → its word at a socket; {of}"),
        Figure("crisis.heard_p99", words[98] * 1e3, "ms", note="the same"),
        Figure(
            "crisis.first_sound",
            statistics.median(heard.first_sound_s) * 1e3,
            "ms",
            note="decision sent → the first who asks has the sound, spoken by then; median",
        ),
        Figure("crisis.sound_p50", sounds[49] * 1e3, "ms", note=f"the same, all {clients} asking for it at once"),
        Figure("crisis.sound_p99", sounds[98] * 1e3, "ms", note="the same"),
    ]


def _members(made: Installation, count: int) -> list[str]:
    """Tokens of so many of the crowd, responders at the site."""
    from soc import clock
    from soc.people.authentication import digest
    from soc.people.models import ApiToken, Member, RoleGrant
    from soc.people.rights import Role

    own = {"organisation_id": made.organisation}
    members = Member.objects.filter(**own, name__startswith="person-").order_by("name")[:count]
    tokens = {member: secrets.token_urlsafe(24) for member in members}
    RoleGrant.objects.bulk_create(
        RoleGrant(**own, member=member, role=Role.RESPONDER, site_id=made.site) for member in tokens
    )
    soon = clock.now() + dt.timedelta(hours=1)
    ApiToken.objects.bulk_create(
        ApiToken(**own, member=member, name="bench", digest=digest(token), expires_at=soon)
        for member, token in tokens.items()
    )
    return list(tokens.values())


async def _hear(server: Web, agent: str, activation: UUID, tokens: list[str], instructions: int) -> Heard:
    heard = Heard()
    decided = 0.0
    asking: list[asyncio.Task[float]] = []
    everybody = asyncio.Event()

    def hear(address: str, now: float) -> None:
        heard.word_s.append(now - decided)
        # As every page does: the sound is asked for when the word comes.
        asking.append(asyncio.create_task(_sound_at(server, address)))
        if len(asking) == len(tokens):
            everybody.set()

    await _connect(server, tokens, hear)
    for number in range(instructions):
        words = f"Instruction {number + 1}. Go inside, lock the door, and stay away from the windows."
        asking.clear()
        everybody.clear()
        decided = time.time()
        path = f"/api/activations/{activation}/instruction/"
        await _ask(server, "POST", path, {"words": {_LANGUAGE: words}}, token=agent)
        async with asyncio.timeout(_CEILING_S):
            await everybody.wait()
        sounds = [at - decided for at in await asyncio.gather(*asking)]
        heard.sound_s += sounds
        heard.first_sound_s.append(min(sounds))
    return heard


async def _connect(server: Web, tokens: list[str], hear: Callable[[str, float], None]) -> None:
    """A socket for each, a few at a time."""
    crowd = Crowd(greets=True)
    loop = asyncio.get_running_loop()
    for number, token in enumerate(tokens, start=1):
        request = (
            "GET /ws/feed/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {token}\r\n\r\n"
        ).encode()
        await loop.create_connection(partial(Listener, crowd, request, hear), "127.0.0.1", server.port)
        if number % _AT_ONCE == 0 or number == len(tokens):
            await until(partial(crowd.are_open, number))


async def _sound_at(server: Web, address: str) -> float:
    """When a member has the whole sound."""
    sound = await _ask(server, "GET", address)
    assert sound[:4] == b"RIFF", sound[:200]
    return time.time()


async def _ask(server: Web, method: str, path: str, body: object = None, *, token: str = "") -> bytes:
    """One request on a connection of its own; the answer's body."""
    data = b"" if body is None else json.dumps(body).encode()
    signed_in = f"Authorization: Bearer {token}\r\n" if token else ""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{signed_in}"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode()
        + data
    )
    async with asyncio.timeout(_CEILING_S):
        head, _end, said = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"{method} {path} was answered {head[:40]!r} {said[:300]!r}")
    return said


def _cuts(values: list[float]) -> list[float]:
    return statistics.quantiles(values, n=100)
