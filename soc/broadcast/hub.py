"""One process's end of the feed: one subscription to the broker, every event once and in order, fanned out in the process.

The broker only wakes. An event that it brings out of turn, late or not at all is read from the database, whose numbers have
no holes; each second the database is asked how far each feed is, so that the feed moves without a broker too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from django.db import DatabaseError

from soc.broadcast import selectors, wire
from soc.broadcast.database import in_database
from soc.broadcast.events import PeopleChanged
from soc.broadcast.flow import FLOWS, Flow, FlowLink, organisation_of_flow
from soc.broadcast.guard import Guard
from soc.broadcast.subscription import Subscription

log = structlog.get_logger(__name__)

POLL_S = 1.0
RESTART_S = 1.0
INBOX = 1024
FLOWING = 256
"""Pieces of what flows that may wait in this process; when more come, the oldest are left out."""

BREATH = 200  # deliveries between two looks at the rest of the event loop
SUBSCRIBE_WITHIN_S = 2.0
PEOPLE_CHANGED: str = PeopleChanged().kind


class Subscriber(Protocol):
    """Who gets an organisation's events."""

    def offer(self, envelope: wire.Envelope) -> None:
        """Take an event, or be closed for being slow; must not block."""

    def lost_track(self) -> None:
        """Events are missing that are no longer kept."""

    def flow(self, piece: Flow) -> None:
        """Take a piece of what flows, or leave it when the reader is slow; must not block."""


class Stream:
    """The feed of one organisation in this process."""

    def __init__(self, organisation: UUID, seen: int) -> None:
        self.organisation = organisation
        self.seen = seen
        self.subscribers: set[Subscriber] = set()
        self._latest = seen
        self._inbox: dict[int, wire.Envelope] = {}
        self._wake = asyncio.Event()

    def take(self, envelope: wire.Envelope) -> None:
        """A numbered event came by the broker."""
        if envelope.number is None or envelope.number <= self.seen:
            return
        if len(self._inbox) < INBOX:  # what does not fit is read from the database
            self._inbox[envelope.number] = envelope
        self.reached(envelope.number)

    def reached(self, latest: int) -> None:
        """The feed is known to have come to number `latest`."""
        self._latest = max(self._latest, latest)
        if self._latest > self.seen:
            self._wake.set()

    async def run(self) -> None:
        """Deliver what comes, in order, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._latest > self.seen:
                await self._advance()

    async def _advance(self) -> None:
        while envelope := self._inbox.pop(self.seen + 1, None):
            self.seen += 1
            await self.tell(envelope)
        self._inbox = {number: kept for number, kept in self._inbox.items() if number > self.seen}
        if self._latest <= self.seen:
            return
        page = await in_database(selectors.events_after)(self.organisation, self.seen)
        if not page:
            raise LookupError("A number was given, but its event is gone.")
        first = page[0].number or 0
        if first > self.seen + 1:
            self.seen = first - 1
            for subscriber in list(self.subscribers):
                subscriber.lost_track()
        self._inbox.update({envelope.number: envelope for envelope in page if envelope.number})

    async def tell(self, envelope: wire.Envelope) -> None:
        """Offer an event to every subscriber."""
        for index, subscriber in enumerate(tuple(self.subscribers), start=1):
            subscriber.offer(envelope)
            if index % BREATH == 0:
                await asyncio.sleep(0)

    async def flow(self, piece: Flow) -> None:
        """Offer a piece of what flows to every subscriber."""
        for index, subscriber in enumerate(tuple(self.subscribers), start=1):
            subscriber.flow(piece)
            if index % BREATH == 0:
                await asyncio.sleep(0)


class Hub:
    """The feeds of this process's sockets. Its tasks run from the first socket on."""

    _hubs: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self.guard = Guard()
        self._streams: dict[UUID, Stream] = {}
        self._opening = asyncio.Lock()
        self._subscription = Subscription(settings.REDIS_URL, self._receive, patterns=(wire.CHANNELS, FLOWS))
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._telling: asyncio.Queue[tuple[Stream, wire.Envelope]] = asyncio.Queue(INBOX)
        self._link = FlowLink(settings.REDIS_URL)
        self._flowing: asyncio.Queue[tuple[UUID, Flow]] = asyncio.Queue(FLOWING)
        self.keep_running("subscription", self._subscription.run)
        self.keep_running("poll", self._poll)
        self.keep_running("guard", self.guard.run)
        self.keep_running("announcements", self._announce)
        self.keep_running("flows", self._pass_on)
        self.keep_running("flows to other processes", self._link.run)

    @classmethod
    def here(cls) -> Hub:
        """The running event loop's hub."""
        loop = asyncio.get_running_loop()
        if loop not in cls._hubs:
            cls._hubs[loop] = cls()
        return cls._hubs[loop]

    async def join(self, organisation: UUID, subscriber: Subscriber) -> None:
        """Subscribe; from now on every new event of the organisation is offered."""
        async with self._opening:
            stream = self._streams.get(organisation)
            if stream is None:
                await self._subscribed()
                numbers = await in_database(selectors.latest_numbers)([organisation])
                stream = self._streams[organisation] = Stream(organisation, numbers[organisation])
                self.keep_running(f"stream {organisation}", stream.run)
            stream.subscribers.add(subscriber)

    def leave(self, organisation: UUID, subscriber: Subscriber) -> None:
        """Subscribe no more."""
        stream = self._streams.get(organisation)
        if stream is None:
            return
        stream.subscribers.discard(subscriber)
        if not stream.subscribers:
            del self._streams[organisation]
            self._tasks.pop(f"stream {organisation}").cancel()

    def pour(self, organisation: UUID, piece: Flow) -> None:
        """Pass a piece of what flows to everyone connected, here and in the other processes. Returns at once."""
        self._flow(organisation, piece)
        self._link.send(organisation, piece)

    def keep_running(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` in a task; when it fails that is logged, and it runs again a second later."""
        self._tasks[name] = asyncio.create_task(_keep_running(name, work), name=name)

    async def _subscribed(self) -> None:
        """Subscribe first, then read. Without a broker the database alone has to do."""
        try:
            async with asyncio.timeout(SUBSCRIBE_WITHIN_S):
                await self._subscription.tried.wait()
        except TimeoutError:
            log.warning("feed_without_broker")

    def _receive(self, channel: str, data: bytes) -> None:
        if channel.startswith("flow:"):
            self._receive_flow(channel, data)
            return
        try:
            organisation = wire.organisation_of(channel)
            envelope = wire.Envelope.decode(data)
        except ValueError:
            log.warning("feed_message_not_understood", channel=channel)
            return
        if envelope.kind == PEOPLE_CHANGED:
            self.guard.look_now()
            return
        stream = self._streams.get(organisation)
        if stream is None:
            return
        if envelope.number is not None:
            stream.take(envelope)
        elif not self._telling.full():  # nobody is owed what has no number
            self._telling.put_nowait((stream, envelope))

    def _receive_flow(self, channel: str, data: bytes) -> None:
        try:
            organisation, piece = organisation_of_flow(channel), self._link.read(data)
        except ValueError:
            log.warning("flow_not_understood", channel=channel)
            return
        if piece is not None and organisation in self._streams:
            self._flow(organisation, piece)

    def _flow(self, organisation: UUID, piece: Flow) -> None:
        if self._flowing.full():
            self._flowing.get_nowait()
        self._flowing.put_nowait((organisation, piece))

    async def _pass_on(self) -> None:
        while True:
            organisation, piece = await self._flowing.get()
            stream = self._streams.get(organisation)
            if stream is not None:
                await stream.flow(piece)

    async def _announce(self) -> None:
        while True:
            stream, envelope = await self._telling.get()
            await stream.tell(envelope)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            if not self._streams:
                continue
            for organisation, latest in (await in_database(selectors.latest_numbers)(list(self._streams))).items():
                if stream := self._streams.get(organisation):
                    stream.reached(latest)


async def _keep_running(name: str, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except DatabaseError as error:
            log.warning("hub_without_database", task=name, error=type(error).__name__)
        except Exception:  # a task that died silently would stop every feed of this process
            log.exception("hub_task_failed", task=name)
        await asyncio.sleep(RESTART_S)
