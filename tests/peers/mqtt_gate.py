"""Stands between a client and its broker, and loses the one packet that a test wants lost: so that a sender waits for ever."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from enum import Enum
from types import TracebackType

PUBLISH, PUBCOMP = 3, 7


class Loses(Enum):
    """What does not get through."""

    NOTHING = "nothing"
    PUBLISHES = "publishes"  # on their way to the broker: the command never arrives
    LAST_WORDS = "last words"  # the broker's word that it has all of it: the command arrived, and nobody knows


class MqttGate:
    """Listens on a port of this machine while it is used as a context.

    Attributes:
        loses: what is lost from now on.
        lost: is set when something was.
        publishes: how many commands came by.
    """

    def __init__(self, broker: int) -> None:
        self.loses = Loses.NOTHING
        self.lost = threading.Event()
        self.publishes = 0
        self.port = 0
        self._broker = broker
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def __enter__(self) -> MqttGate:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        passing: set[asyncio.Task[None]] = set()

        async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            passing.add(task)
            broker_reader, broker_writer = await asyncio.open_connection("127.0.0.1", self._broker)
            try:
                await asyncio.gather(self._pass(reader, broker_writer), self._pass(broker_reader, writer, back=True))
            finally:
                writer.close()
                broker_writer.close()

        server = await asyncio.start_server(meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool = False) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                packet = await self._packet(reader)
                kind = packet[0] >> 4
                if not back and kind == PUBLISH:
                    self.publishes += 1
                if (self.loses is Loses.PUBLISHES and kind == PUBLISH and not back) or (
                    self.loses is Loses.LAST_WORDS and kind == PUBCOMP and back
                ):
                    self.lost.set()
                    continue
                writer.write(packet)
                await writer.drain()
        writer.close()

    async def _packet(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readexactly(1)
        length, shift = 0, 0
        while True:
            one = await reader.readexactly(1)
            head += one
            length |= (one[0] & 0x7F) << shift
            shift += 7
            if not one[0] & 0x80:
                return head + await reader.readexactly(length)
