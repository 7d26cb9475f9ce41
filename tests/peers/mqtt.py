"""A real MQTT broker in a process of its own, and a thing on it that counts what it is told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import aiomqtt

from tests.peers.process import Peer

NAME, PASSWORD = "vigie", "a password of the broker"


@contextmanager
def broker(folder: Path) -> Iterator[Peer]:
    """A broker that knows one account, `NAME` and `PASSWORD`; it can be killed, frozen and started again on its port."""
    accounts = folder / "accounts.json"
    accounts.write_text(json.dumps({"accounts": {NAME: PASSWORD}}))
    with Peer.of_module("soc.embedded.mqtt_broker", "--accounts", str(accounts)) as peer:
        yield peer


class MqttThing:
    """A thing named `key`: told on ``<key>/set``, it says how it is on ``<key>/state``, retained, after `moment_s`.

    Attributes:
        told: each command it was sent, in order.
        obeys: whether it does what it is told.
    """

    def __init__(self, port: int, key: str, state: str = "OFF", *, moment_s: float = 0.0, retain: bool = True) -> None:
        self.key = key
        self.state = state
        self.told: list[str] = []
        self.obeys = True
        self.retain = retain
        self._port = port
        self._moment_s = moment_s
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self._client: aiomqtt.Client | None = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> MqttThing:
        self._thread.start()
        assert self._ready.wait(20), "the thing is on the broker"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()

    def say(self, payload: str, topic: str = "state", *, retain: bool | None = None) -> None:
        """Say something of its own accord."""
        assert self._client is not None
        kept = self.retain if retain is None else retain
        said = self._client.publish(f"{self.key}/{topic}", payload, qos=1, retain=kept)
        asyncio.run_coroutine_threadsafe(said, self._loop).result(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._live())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _live(self) -> None:
        while True:
            with suppress(aiomqtt.MqttError):
                await self._connected()
            await asyncio.sleep(0.1)

    async def _connected(self) -> None:
        async with aiomqtt.Client("127.0.0.1", self._port, username=NAME, password=PASSWORD, timeout=5) as client:
            self._client = client
            await client.subscribe(f"{self.key}/set", qos=2)
            await client.publish(f"{self.key}/state", self.state, qos=1, retain=self.retain)
            self._ready.set()
            async for message in client.messages:
                if str(message.topic) != f"{self.key}/set":
                    continue  # amqtt sends whoever connects what it retains for the subscriptions of others
                wanted = message.payload.decode()
                self.told.append(wanted)
                if self.obeys:
                    await asyncio.sleep(self._moment_s)
                    self.state = wanted
                    await client.publish(f"{self.key}/state", wanted, qos=1, retain=self.retain)
