"""People who answer by the link in their message, each once, evenly over some seconds: a process of its own, plain HTTP.

python -m bench.phones PORT SECONDS FILE     a line of FILE a person: the link's token and the answer's kind

Prints {"taken", "refused", "seconds", "p50_ms", "p99_ms", "last_at"}: an answer is taken when the server has said so.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path

_CSRF = "b" * 32
_CEILING_S = 400.0


async def _answer(port: int, token: str, kind: str) -> bool:
    """One request on a connection of its own, as a phone has it; whether it was taken."""
    body = json.dumps({"token": token, "kind": kind, "place": "Room 12" if kind == "help" else ""}).encode()
    head = (
        f"POST /api/answer-link/answer/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Cookie: csrftoken={_CSRF}\r\nX-CSRFToken: {_CSRF}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    try:
        async with asyncio.timeout(_CEILING_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head.encode() + body)
            said = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return said.startswith(b"HTTP/1.1 200 ")


async def answer_all(port: int, seconds: float, people: list[tuple[str, str]]) -> dict[str, float]:
    """Everybody, each at their moment whether or not those before have been heard."""
    began = time.monotonic()
    took: list[float] = []

    async def one(number: int, token: str, kind: str) -> bool:
        wanted = began + seconds * number / len(people)
        await asyncio.sleep(wanted - time.monotonic())
        taken = await _answer(port, token, kind)
        took.append(time.monotonic() - wanted)
        return taken

    taken = sum(await asyncio.gather(*(one(number, *person) for number, person in enumerate(people))))
    cuts = statistics.quantiles(took, n=100)
    return {
        "taken": taken,
        "refused": len(people) - taken,
        "seconds": time.monotonic() - began,
        "p50_ms": cuts[49] * 1e3,
        "p99_ms": cuts[98] * 1e3,
        "last_at": time.time(),
    }


if __name__ == "__main__":
    lines = [line.split() for line in Path(sys.argv[3]).read_text().splitlines()]
    found = asyncio.run(answer_all(int(sys.argv[1]), float(sys.argv[2]), [(line[0], line[1]) for line in lines]))
    print(json.dumps(found))
