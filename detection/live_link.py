"""A watcher process's end of live viewing: sends what its cameras publish, and learns what is wanted.

Pub/sub only, so that no picture reaches the broker's disk. A broker that is away costs pictures, which are counted, and never
holds up a watch.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from functools import lru_cache
from typing import Any, Final, Protocol, cast
from uuid import UUID

import structlog
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.exceptions import RedisError
from redis.retry import Retry

from detection.live_wire import KEY_CHANNELS, WISHES, Wish, want_key

log = structlog.get_logger(__name__)

POLL_S: Final = 1.0
PAUSE_S: Final = 0.5
TIMEOUT_S: Final = 0.5
MOST_QUEUED: Final = 256
MOST_QUEUED_BYTES: Final = 16 * 1024 * 1024


class Wanted(Protocol):
    """A camera's publisher, as the link sees it."""

    camera: UUID

    def wanted(self, wishes: frozenset[Wish]) -> None:
        """This is watched now."""

    def asked(self, kind: Wish) -> None:
        """A new viewer needs something to begin with."""


@lru_cache(maxsize=1)
def process_link() -> LiveLink:
    """This process's link."""
    return LiveLink(settings.REDIS_URL)


class LiveLink:
    """One a watcher process. Its threads run from the first camera on, until `close`."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0)
        )
        self._publishers: dict[UUID, Wanted] = {}
        self._queue: deque[tuple[str, bytes]] = deque()
        self._queued = 0
        self._news = threading.Condition()
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []
        self._away = False
        self.dropped = 0
        """Messages that the broker was not there to take."""

    def register(self, publisher: Wanted) -> None:
        """Learn from now on what is wanted of this camera."""
        with self._news:
            self._publishers[publisher.camera] = publisher
            if not self._threads:
                for name, work in (("live-send", self._send), ("live-ask", self._listen)):
                    thread = threading.Thread(target=work, name=name, daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def unregister(self, publisher: Wanted) -> None:
        """The camera is not watched here any more."""
        with self._news:
            if self._publishers.get(publisher.camera) is publisher:
                del self._publishers[publisher.camera]

    def send(self, channel: str, data: bytes) -> None:
        """Queue a message; returns at once. The oldest are dropped when there are too many."""
        with self._news:
            self._queue.append((channel, data))
            self._queued += len(data)
            while len(self._queue) > MOST_QUEUED or self._queued > MOST_QUEUED_BYTES:
                self._queued -= len(self._queue.popleft()[1])
                self.dropped += 1
            self._news.notify()

    def close(self) -> None:
        """Stop the threads."""
        self._closed.set()
        with self._news:
            self._news.notify()
        for thread in self._threads:
            thread.join(2 * TIMEOUT_S + POLL_S)
        self._redis.close()

    # -- the sending thread ------------------------------------------------------------------------------------

    def _send(self) -> None:
        poll_at = 0.0
        while not self._closed.is_set():
            batch = self._next_batch(poll_at)
            try:
                self._publish(batch)
                if time.monotonic() >= poll_at:
                    self._poll()
                    poll_at = time.monotonic() + POLL_S
                self._says_away(away=False)
            except (RedisError, OSError) as error:
                self._says_away(away=True, error=error)
                self._forget_wishes(len(batch))
                poll_at = 0.0
                self._closed.wait(PAUSE_S)

    def _next_batch(self, poll_at: float) -> list[tuple[str, bytes]]:
        with self._news:
            if not self._queue and not self._closed.is_set():
                self._news.wait(max(0.0, poll_at - time.monotonic()))
            batch = list(self._queue)
            self._queue.clear()
            self._queued = 0
        return batch

    def _publish(self, batch: list[tuple[str, bytes]]) -> None:
        if not batch:
            return
        with self._redis.pipeline(transaction=False) as pipeline:
            for channel, data in batch:
                pipeline.publish(channel, data)
            pipeline.execute()

    def _poll(self) -> None:
        with self._news:
            publishers = list(self._publishers.values())
        wishes = [(publisher, kind) for publisher in publishers for kind in WISHES]
        if not wishes:
            return
        keys = [want_key(publisher.camera, kind) for publisher, kind in wishes]
        found = cast("list[bytes | None]", self._redis.mget(keys))  # redis-py types it for its asyncio client too
        wanted: dict[UUID, set[Wish]] = {publisher.camera: set() for publisher in publishers}
        for (publisher, kind), wish in zip(wishes, found, strict=True):
            if wish is not None:
                wanted[publisher.camera].add(kind)
        for publisher in publishers:
            publisher.wanted(frozenset(wanted[publisher.camera]))

    def _forget_wishes(self, lost: int) -> None:
        """Nobody can be served now: nothing is encoded for viewers until the broker is back."""
        with self._news:
            self.dropped += lost + len(self._queue)
            self._queue.clear()
            self._queued = 0
            publishers = list(self._publishers.values())
        for publisher in publishers:
            publisher.wanted(frozenset())

    def _says_away(self, *, away: bool, error: Exception | None = None) -> None:
        if away and not self._away:
            log.warning("live_without_broker", error=type(error).__name__)
        elif self._away and not away:
            log.info("live_with_broker_again", dropped=self.dropped)
        self._away = away

    # -- the listening thread ----------------------------------------------------------------------------------

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                self._hear()
            except (RedisError, OSError):
                self._closed.wait(PAUSE_S)  # the sending thread says that the broker is away

    def _hear(self) -> None:
        pubsub: Any = PubSub(self._redis.connection_pool, ignore_subscribe_messages=True)  # its methods have no types
        with contextlib.closing(pubsub) as channel:
            channel.psubscribe(KEY_CHANNELS)
            while not self._closed.is_set():
                message = channel.get_message(timeout=TIMEOUT_S / 2)
                if message is not None:
                    self._ask(message["channel"], message["data"])

    def _ask(self, channel: bytes, data: bytes) -> None:
        with contextlib.suppress(ValueError):  # not one of ours
            camera, said = UUID(channel.decode().rpartition(":")[2]), data.decode()
            with self._news:
                publisher = self._publishers.get(camera)
            kind = next((wish for wish in WISHES if wish == said), None)
            if publisher is not None and kind is not None:
                publisher.asked(kind)
