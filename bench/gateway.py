"""An SMS gateway that accepts at once, as Kannel answers: a process of its own, which writes down when each message came.

python -m bench.gateway PORT FILE
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

_ANSWER = (
    b"HTTP/1.1 202 Accepted\r\nContent-Type: text/plain\r\nContent-Length: 25\r\nConnection: keep-alive\r\n\r\n"
    b"0: Accepted for delivery\n"
)


class Gateway(asyncio.Protocol):
    """One connection: each request is answered at once, whatever it asks."""

    arrived: list[float]

    def __init__(self, arrived: list[float]) -> None:
        self.arrived = arrived
        self._buffer = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer and self._transport is not None:
            _request, _end, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self.arrived.append(time.time())
            self._transport.write(_ANSWER)


async def serve(port: int, file: Path) -> None:
    """Serve, and write the times down a few times a second."""
    arrived: list[float] = []
    server = await asyncio.get_running_loop().create_server(lambda: Gateway(arrived), "127.0.0.1", port)
    async with server:
        written = 0
        with file.open("a") as output:
            while True:
                await asyncio.sleep(0.2)
                output.writelines(f"{at}\n" for at in arrived[written:])
                output.flush()
                written = len(arrived)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
