"""An RTSP server without dependencies beyond this project's: TCP, passwords, and streams that misbehave on request.

Run as a module. Paths: ``/live`` a moving picture (or ``--footage``), ``/resize`` whose size changes in mid-stream, ``/odd``,
``/tiny``, ``/damaged`` whose every picture is broken, ``/bursts`` half of them, ``/silent`` which never sends one, ``/sound``
without video, ``/moved`` which sends on to ``--elsewhere``, ``/closes`` which hangs up after a second. Others are not found.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
from functools import lru_cache
from pathlib import Path

from tests.peers.footage import access_units, moving, of_file
from tests.peers.passwords import Doorkeeper
from tests.peers.rtp import Packetiser, nal_units

FPS = 10
PATHS = ("live", "resize", "odd", "tiny", "damaged", "bursts", "silent", "sound", "closes")


@lru_cache
def stream(path: str, footage: str) -> tuple[bytes, ...]:
    """The access units that a path sends in a loop."""
    if path == "resize":
        small = access_units(moving((320, 240), 2 * FPS), FPS)
        return (*small, *access_units(moving((640, 360), 2 * FPS), FPS))
    if path == "live" and footage:
        return tuple(access_units(of_file(Path(footage), 20 * FPS), FPS))
    size = {"odd": (321, 241), "tiny": (16, 16)}.get(path, (320, 240))
    units = access_units(moving(size, 4 * FPS), FPS)
    if path in ("damaged", "bursts"):
        every = 1 if path == "damaged" else 2
        units = [_broken(unit) if number // FPS % every == 0 else unit for number, unit in enumerate(units)]
    return tuple(units)


def _broken(unit: bytes) -> bytes:
    chance = random.Random(1)
    return b"".join(b"\x00\x00\x00\x01" + nal[:1] + chance.randbytes(40) for nal in nal_units(unit))


class Conversation:
    """One client."""

    def __init__(self, options: argparse.Namespace, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._options = options
        self._reader, self._writer = reader, writer
        self._door = Doorkeeper(options.auth, options.user, options.password)
        self._playing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        try:
            while True:
                head = await self._reader.readuntil(b"\r\n\r\n")
                while head.startswith(b"$"):  # a receiver's report
                    head = head[4 + int.from_bytes(head[2:4], "big") :]
                if head.strip():
                    await self._answer(head.decode("latin-1").split("\r\n"))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if self._playing is not None:
                self._playing.cancel()
            self._writer.close()

    async def _answer(self, lines: list[str]) -> None:
        method, address, _ = lines[0].split(" ", 2)
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        path = address.split("://", 1)[-1].partition("/")[2].split("/")[0]
        number = headers.get("cseq", "0")
        if method != "OPTIONS" and not self._door.lets_in(method, headers.get("authorization", "")):
            await self._say("401 Unauthorized", number, f"WWW-Authenticate: {self._door.challenge()}")
        elif method == "OPTIONS":
            await self._say("200 OK", number, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER")
        elif path == "moved":
            await self._say("302 Moved", number, f"Location: {self._options.elsewhere}")
        elif path not in PATHS:
            await self._say("404 Not Found", number)
        elif method == "DESCRIBE":
            body = self._description(path)
            base = f"Content-Base: {address}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}"
            await self._say("200 OK", number, base, body)
        elif method == "SETUP":
            await self._say("200 OK", number, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1")
        else:
            await self._say("200 OK", number, "Session: 1")
            if method == "PLAY":
                self._playing = asyncio.create_task(self._play(path))

    def _description(self, path: str) -> str:
        head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
        if path == "sound":
            return head + "m=audio 0 RTP/AVP 0\r\na=control:track1\r\n"
        sets = [nal for nal in nal_units(stream(path, self._options.footage)[0]) if nal[0] & 0x1F in (7, 8)]
        described = "" if path == "damaged" else ",".join(base64.b64encode(nal).decode() for nal in sets)
        form = "packetization-mode=1" + (f";sprop-parameter-sets={described}" if described else "")
        return head + f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 {form}\r\na=control:track1\r\n"

    async def _say(self, status: str, number: str, more: str = "", body: str = "") -> None:
        head = f"RTSP/1.0 {status}\r\nCSeq: {number}\r\n" + (more + "\r\n" if more else "")
        self._writer.write((head + "\r\n" + body).encode())
        await self._writer.drain()

    async def _play(self, path: str) -> None:
        if path == "silent":
            return
        packetiser, units = Packetiser(), stream(path, self._options.footage)
        loop = asyncio.get_running_loop()
        began, number = loop.time(), 0
        while path != "closes" or number < FPS:
            due = began + number / FPS
            await asyncio.sleep(max(0.0, due - loop.time()))
            self._writer.write(packetiser.packets(units[number % len(units)], number * 90_000 // FPS, 0))
            await self._writer.drain()
            number += 1
        self._writer.close()


async def serve(options: argparse.Namespace) -> None:
    """Serve until killed."""
    stream("live", options.footage)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Conversation(options, reader, writer).run()

    server = await asyncio.start_server(talk, "127.0.0.1", options.port)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--auth", choices=("none", "basic", "digest"), default="none")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--footage", default="")
    parser.add_argument("--elsewhere", default="rtsp://192.0.2.1/live")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
