"""A plan's fan-out: 10,000 people by three ways, handed to a gateway that accepts at once, against a bare loop of sends.

The gateway is a process of its own on the loopback; the other two ways are the app (announced through the broker) and e-mail
in the simulation. The bare loop hands the same messages to the same providers with as many threads, and writes nothing down.
Then everybody answers (`answering`), and a thousand hear an instruction (`hearing`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psutil

from bench import answering, hearing
from bench.crowd import populate
from bench.figures import Figure, Target
from bench.installation import ROOT, Installation, installation

if TYPE_CHECKING:
    from crisis.activations.models import Activation
    from crisis.plans.models import Plan

PEOPLE = 10_000
SHORT = 500
CEILING_S = 900.0
_WAYS = 3


@dataclass(frozen=True, slots=True)
class FanOut:
    """Seconds from the decision, and what it cost."""

    first_s: float
    last_s: float
    rate: float
    memory_mib: float


class Gateway:
    """The gateway's process, and when messages came to it."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._file = folder / "arrived"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.gateway", str(self.port), str(self._file)], cwd=ROOT
        )
        until(self._file.exists, "the gateway answers")

    def arrived(self) -> list[float]:
        """The times, in their order."""
        return [float(line) for line in self._file.read_text().split()]

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


def figures(short: bool) -> list[Figure]:
    """All of them, on one installation."""
    people = SHORT if short else PEOPLE
    os.environ |= {"VIGIE_SIMULATE": "1", "VIGIE_PROVIDER_NETWORKS": "127.0.0.0/8"}
    with installation() as made, tempfile.TemporaryDirectory() as name:
        gateway = Gateway(Path(name))
        try:
            plan = populate(made, people, gateway.port)
            with _responder(made) as responder:
                activation, fan_out = _fan_out(made, plan, people, gateway, responder)
                overtaken_s = _overtakes(made, people, gateway)
            bare = _bare_rate(made, min(people, 2000))
            with _responder(made):
                directed = answering.measure(activation, short=short)
                directed += hearing.measure(made, activation, short=short)
        finally:
            gateway.stop()
    return [
        Figure("crisis.first_message", fan_out.first_s, "s", 2, Target.AT_MOST, f"{people} people, {_WAYS} ways"),
        Figure(
            "crisis.last_message", fan_out.last_s, "s", 120 * people / PEOPLE, Target.AT_MOST, f"{people * _WAYS} sent"
        ),
        Figure(
            "crisis.rate_of_bare_loop",
            fan_out.rate / bare,
            "",
            0.4,
            note=f"{fan_out.rate:.0f}/s, bare loop {bare:.0f}/s",
        ),
        Figure("crisis.responder_memory", fan_out.memory_mib, "MiB", note="at its highest during the fan-out"),
        Figure(
            "crisis.overtakes", overtaken_s, "s", 5, Target.AT_MOST, f"a new emergency behind {people} SMS that wait"
        ),
        *directed,
    ]


@contextmanager
def _responder(made: Installation) -> Iterator[psutil.Process]:
    """A responder that is at work: it has looked at the outbox and found that of an empty message nothing waits."""
    from alerts.deliveries import services
    from alerts.deliveries.models import Message
    from alerts.deliveries.texts import Texts

    arguments = ["-m", "celery", "-A", "soc.celery", "worker", "--pool", "threads", "-Q", "urgent,crisis,default"]
    arguments += ["-n", "bench@%h", "-c", "4", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        texts = {"en": Texts(text="-", short="-", spoken="-")}
        empty = services.message(services.Asked(made.organisation, None, f"bench-{uuid4()}", texts)).pk
        until(Message.objects.filter(pk=empty).exclude(done_at=None).exists, "the responder works")
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _fan_out(
    made: Installation, plan: Plan, people: int, gateway: Gateway, responder: psutil.Process
) -> tuple[Activation, FanOut]:
    from alerts.deliveries.models import TO_LEAVE, Delivery
    from crisis.activations import starting
    from crisis.activations.kinds import Cause
    from crisis.activations.starting import Reason

    wanted = people * _WAYS
    highest = 0.0
    decided = time.time()
    activation = starting.start(plan, Reason(Cause.AGENT))

    def done() -> bool:
        nonlocal highest
        highest = max(highest, responder.memory_info().rss / 2**20)
        rows = Delivery.objects.filter(organisation=made.organisation)
        return rows.count() == wanted and not rows.filter(state__in=TO_LEAVE).exists()

    until(done, "everything has left", every_s=0.5)
    last = time.time()
    return activation, FanOut(min(gateway.arrived()) - decided, last - decided, wanted / (last - decided), highest)


def _overtakes(made: Installation, count: int, gateway: Gateway) -> float:
    """Ordinary messages wait; then a plan's first alarm to one person: how soon it is at the gateway."""
    from alerts.channels.base import Channel
    from alerts.deliveries import services
    from alerts.deliveries.models import Delivery, Priority
    from alerts.deliveries.texts import Texts

    texts = {"en": Texts(text="News.", short="News.", spoken="News.")}
    news = services.message(services.Asked(made.organisation, None, "news", texts, priority=Priority.ORDINARY))
    before = len(gateway.arrived())
    services.owe(news, [services.Owed(f"news-{n}", None, Channel.SMS, f"+337{n:08d}", "en") for n in range(count)])
    until(lambda: len(gateway.arrived()) > before + count // 20, "the backlog is on its way")
    decided = time.time()
    alarm = services.message(services.Asked(made.organisation, None, "alarm", texts, priority=Priority.ALARM))
    services.owe(alarm, [services.Owed("alarm", None, Channel.SMS, "+33799999999", "en")])
    until(lambda: Delivery.objects.filter(message=alarm, state="sent").exists(), "the alarm has left", every_s=0.05)
    overtaken_s = time.time() - decided
    services.withdraw("news", made.organisation)  # it is in nobody's way any more
    return overtaken_s


def _bare_rate(made: Installation, count: int) -> float:
    """The same messages to the same providers, with as many threads, and nothing written down: how many a second."""
    from django.db import connection

    from alerts.channels.base import Channel
    from alerts.deliveries.carriers import carriers
    from alerts.deliveries.sender import THREADS
    from alerts.deliveries.texts import Content, Recipient, Texts, compose
    from soc.people.models import Member

    said = Content("BE-1", False, {"en": Texts(text="Go inside.", short="Go inside.", spoken="Go inside.")}, (), "en")
    member = str(Member.objects.filter(organisation=made.organisation).values_list("pk", flat=True)[0])
    to = {Channel.SMS: "+33612345678", Channel.APP: member, Channel.EMAIL: "a@example.org"}
    able = {channel: carriers(made.organisation, channel)[0] for channel in to}

    def send(number: int) -> None:
        channel = list(to)[number % _WAYS]
        recipient = Recipient(uuid4(), made.organisation, channel, to[channel], "en", "", True)
        able[channel].provider.send(compose(said, recipient))

    began = time.monotonic()
    with ThreadPoolExecutor(THREADS, initializer=connection.ensure_connection) as pool:
        for _ in pool.map(send, range(count)):
            pass
    return count / (time.monotonic() - began)


def until(condition: Callable[[], bool], what: str, *, every_s: float = 0.1) -> None:
    """Wait for it."""
    deadline = time.monotonic() + CEILING_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {CEILING_S:.0f} s still not: {what}.")
        time.sleep(every_s)
