"""What each responder does every second by itself: a thread that needs the database only, whether or not the broker is there.

The broker only wakes: `wake` makes the responders' next round begin at once where it can, and costs nothing where it cannot.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connections, transaction
from redis import Redis
from redis.exceptions import RedisError

from soc.broadcast.broker import waker

log = structlog.get_logger(__name__)

EVERY_S = 1.0
_CHANNEL = "wake:"
_HEARS_WITHIN_S = 1.0
_LEFT_AFTER_S = 5.0
"""A round that is not done by then ends with its process: another responder takes up what it left."""

Act = Callable[[], int]
"""Does what is due and says how much that was. Any number of processes may do it at once."""


def wake(name: str) -> None:
    """Begin the round of this name now, on every responder, once the transaction (if there is one) commits."""
    transaction.on_commit(partial(waker().publish, f"{_CHANNEL}{name}", b""))


class Round:
    """Calls `act` again and again until it is stopped: a database that is away is waited for, an error logged and tried again."""

    def __init__(self, name: str, act: Act, every_s: float = EVERY_S) -> None:
        self.name = name
        self._act = act
        self._every_s = every_s
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    def begin(self) -> None:
        """Do not wait for the next second."""
        self._woken.set()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after what is being done, or leave it after some seconds."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(_LEFT_AFTER_S)

    def _loop(self) -> None:
        while True:
            self._woken.wait(self._every_s)
            self._woken.clear()
            if self._stopping.is_set():
                break
            close_old_connections()
            try:
                if done := self._act():
                    log.info("round.done", round=self.name, count=done)
            except (OperationalError, InterfaceError) as error:
                connections.close_all()
                log.warning("round.database_away", round=self.name, error=type(error).__name__)
            except Exception:
                connections.close_all()
                log.exception("round.failed", round=self.name)  # the next second tries again
        connections.close_all()


class Ears:
    """Listens to the broker for rounds that are wanted at once. While the broker is away the rounds go on by themselves."""

    def __init__(self, rounds: Iterable[Round]) -> None:
        self._rounds = {one.name: one for one in rounds}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="rounds-ears", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._stopping.set()
        self._thread.join(_LEFT_AFTER_S)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except (RedisError, OSError) as error:
                log.warning("rounds.broker_away", error=type(error).__name__)
                self._stopping.wait(EVERY_S)

    def _listen(self) -> None:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=None) as broker, broker.pubsub() as heard:
            heard.psubscribe(f"{_CHANNEL}*")
            while not self._stopping.is_set():
                message = heard.get_message(ignore_subscribe_messages=True, timeout=_HEARS_WITHIN_S)
                if message is None:
                    continue
                wanted = self._rounds.get(message["channel"].decode().removeprefix(_CHANNEL))
                if wanted is not None:
                    wanted.begin()
