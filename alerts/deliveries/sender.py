"""The senders of a responder: threads that claim what is due, try it at a provider, and write down what came of it.

Nobody waits for anybody: a provider that hangs holds the few threads that are with it, never more than half of them.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connections, transaction

from alerts.channels.base import Channel, Failure, Retry, SendFailed
from alerts.deliveries import claiming, links, pacing, refusing, retrying, services
from alerts.deliveries.carriers import Carrier, carriers
from alerts.deliveries.claiming import Lane, Waiting
from alerts.deliveries.models import Attempt, Delivery, Priority
from alerts.deliveries.texts import Content, Recipient, compose
from soc import clock
from soc.config import config

log = structlog.get_logger(__name__)

THREADS = 8
_A_LANE = THREADS // 2
_AT_ONCE = 32
_HELD_FOR_S = 20.0
"""After so long a thread gives back what it claimed and has not begun: others may be quicker."""


class Senders:
    """The threads of one process."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._busy: Counter[Lane] = Counter()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="sender")

    def look(self) -> int:
        """Set threads to work on what is due; returns at once.

        Returns:
            How many began.
        """
        if self._stopping.is_set():
            return 0
        lanes: dict[Lane, list[Waiting]] = {}
        for one in claiming.due():
            lanes.setdefault(one.lane, []).append(one)
        begun = 0
        for lane, waiting in lanes.items():
            while self._free(lane):
                begun += 1
                self._pool.submit(self._work, lane, waiting)
                if begun >= self._threads:
                    return begun
        return begun

    def stop(self) -> None:
        """Begin nothing more, and give back what was claimed. What is with a provider is finished."""
        self._stopping.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _free(self, lane: Lane) -> bool:
        with self._lock:
            if self._busy[lane] >= _A_LANE or self._busy.total() >= self._threads:
                return False
            self._busy[lane] += 1
            return True

    def _work(self, lane: Lane, waiting: list[Waiting]) -> None:
        try:
            with _database():
                while send_some(lane, waiting, self._stopping):
                    # What is more urgent may have come meanwhile.
                    waiting = [one for one in claiming.due() if one.lane == lane]
        finally:
            with self._lock:
                self._busy[lane] -= 1


@contextmanager
def _database() -> Iterator[None]:
    """A database that is away is no error: claims run out by themselves."""
    close_old_connections()
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        connections.close_all()
        log.warning("sender.database_away", error=type(error).__name__)
    except Exception:
        connections.close_all()
        log.exception("sender.failed")


@cache
def senders() -> Senders:
    """This process's senders."""
    return Senders()


def send_due() -> int:
    """The responders' round: set threads to work, let senders rest where nothing waits."""
    claiming.rest()
    return senders().look()


def send_some(lane: Lane, waiting: list[Waiting], stopping: threading.Event | None = None) -> int:
    """Claim some of a lane and send them, one after the other; how many were claimed. None once `stopping` is set."""
    if stopping is not None and stopping.is_set():
        return 0
    able = carriers(lane.organisation, lane.channel)
    most = pacing.reserve(able[0], _AT_ONCE) if able else _AT_ONCE
    claimed = claiming.claim(waiting, most) if most else []
    if able:
        pacing.settle(able[0], len(claimed) - most)
    send_claimed(claimed, able, stopping)
    return len(claimed)


def send_claimed(claimed: list[int], able: list[Carrier], stopping: threading.Event | None = None) -> None:
    """Send what was claimed, in this order; what is not begun when it takes long, or at the end, is given back."""
    rows = Delivery.objects.select_related("message__organisation").in_bulk(claimed)
    contents: dict[UUID, Content] = {}
    began = time.monotonic()
    for index, delivery in enumerate(claimed):
        if time.monotonic() - began > _HELD_FOR_S or (stopping is not None and stopping.is_set()):
            claiming.give_back(claimed[index:])
            break
        row = rows[delivery]
        if row.message_id not in contents:
            contents[row.message_id] = services.content(row.message, row.message.organisation.language)
        send_one(row, contents[row.message_id], able)


def send_one(row: Delivery, said: Content, able: list[Carrier]) -> None:
    """Try one claimed delivery.

    Args:
        row: as it was when it was claimed.
        said: its message.
        able: who can carry it, first choice first.
    """
    delivery = row.pk
    if refusing.why_not(row.channel, row.address) is not None:
        _refuse(row)
        return
    if not able:
        claiming.fail_unsent(delivery, Failure.NO_PROVIDER)
        return
    if row.message.wanted_until is not None and row.message.wanted_until < clock.now():
        claiming.fail_unsent(delivery, Failure.TOO_LATE)
        return
    carrier = retrying.choose(able, list(row.attempts.all()) if row.tries else [])
    attempt = claiming.begin(delivery, provider=carrier.provider.kind, account=carrier.account)
    if attempt is not None:
        _try(row, said, carrier, attempt, providers=len(able))


@transaction.atomic
def _refuse(row: Delivery) -> None:
    """The last gate: also what was owed by other ways than `services.owe` goes to no emergency service."""
    claiming.fail_unsent(row.pk, Failure.EMERGENCY)
    row.failure = Failure.EMERGENCY
    refusing.journal(row.message, [row])


def _try(row: Delivery, said: Content, carrier: Carrier, attempt: Attempt, *, providers: int) -> None:
    channel = Channel(row.channel)
    to = Recipient(
        attempt=attempt.pk,
        organisation=row.organisation_id,
        channel=channel,
        address=row.address,
        language=row.language,
        link=link(row.pk),
        urgent=row.message.priority <= Priority.URGENT,
    )
    try:
        sent = carrier.provider.send(compose(said, to))
    except SendFailed as failure:
        _failed(row, attempt, failure, providers)
        return
    except Exception as error:
        # Nobody knows whether it left: like a sender that died, but noticed at once.
        log.exception("sender.provider_failed", provider=carrier.provider.kind)
        _failed(row, attempt, SendFailed(Failure.PROVIDER_DOWN, Retry.UNKNOWN, type(error).__name__), providers)
        return
    pacing.settle(carrier, sent.segments - 1)
    asked = carrier.provider.capabilities.polled and bool(sent.provider_id)
    claiming.left(attempt, sent, ask_at=retrying.ask_at(channel) if asked else None)


def _failed(row: Delivery, attempt: Attempt, failure: SendFailed, providers: int) -> None:
    again_at = retrying.again_at(failure, tries=attempt.number, providers=providers, message=row.message)
    claiming.failed(attempt, failure.failure, failure.detail, again_at=again_at)


def link(delivery: int) -> str:
    """The address where a delivery is answered; empty where people outside cannot reach this installation."""
    return f"{config().public_url}/m/{links.token(delivery)}" if config().public_url else ""
