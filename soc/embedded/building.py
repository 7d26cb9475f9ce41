"""The simulated building of `make run`: doors, lights and a siren on a real MQTT broker, told what to do, done a moment later.

python -m soc.embedded.building --settings var/building.json

Each device listens on ``building/<key>/set`` and says how it is on ``building/<key>/state`` (retained, and again
every half minute); ``building/available`` says whether the building is there, and its broker says ``offline`` when it is gone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import aiomqtt

HOST = "127.0.0.1"
AVAILABLE = "building/available"
_AGAIN_S = 30.0
_RECONNECT_S = 1.0


@dataclass(frozen=True, slots=True)
class Thing:
    """A device of the building.

    Attributes:
        key: its part of the topics.
        name: what people call it.
        kind: as `crisis.devices.models.DeviceKind`.
        states: what it can be; the first is how it is at first.
        moment_s: how long it takes.
    """

    key: str
    name: str
    kind: str
    states: tuple[str, ...]
    moment_s: float

    @property
    def command_topic(self) -> str:
        """Where it is told what to do."""
        return f"building/{self.key}/set"

    @property
    def state_topic(self) -> str:
        """Where it says how it is."""
        return f"building/{self.key}/state"

    def payload(self, state: str) -> str:
        """How it says a state, and is told it."""
        return state.upper()


THINGS = (
    Thing("front-door", "Front door", "door", ("unlocked", "locked"), 1.5),
    Thing("rear-door", "Rear door", "door", ("unlocked", "locked"), 2.0),
    Thing("lights", "Forecourt lights", "light", ("off", "on"), 0.2),
    Thing("siren", "Siren", "siren", ("off", "on"), 0.3),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the broker listens, and its accounts: `vigie` is ours, `building` the building's."""

    port: int
    accounts: dict[str, str]

    @property
    def place(self) -> str:
        """``host:port``, as `VIGIE_SIMULATED_BUILDING` says it."""
        return f"{HOST}:{self.port}"


def prepare(file: Path) -> Settings:
    """The settings that were made once, for their owner only; another port where that one is taken meanwhile."""
    kept = read(file) if file.exists() else None
    accounts = kept.accounts if kept else {name: secrets.token_urlsafe(24) for name in ("vigie", "building")}
    settings = Settings(_free(kept.port if kept else 0), accounts)
    if settings != kept:
        draft = file.with_suffix(".draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            json.dump({"port": settings.port, "accounts": settings.accounts}, handle)
        draft.replace(file)
    return settings


def read(file: Path) -> Settings:
    """The settings as they were made."""
    kept = json.loads(file.read_text())
    return Settings(int(kept["port"]), dict(kept["accounts"]))


def _free(port: int) -> int:
    """This port, or one that nobody listens on."""
    for wanted in (port, 0):
        try:
            with socket.create_server((HOST, wanted)) as trial:
                return int(trial.getsockname()[1])
        except OSError:
            continue
    raise OSError("no port is free on the loopback")


def is_listening(settings: Settings) -> bool:
    """Whether the broker takes connections."""
    try:
        with socket.create_connection((HOST, settings.port), timeout=1):
            return True
    except OSError:
        return False


class Building:
    """Plays all devices over one connection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._states = {thing.key: thing.states[0] for thing in THINGS}
        self._moving: dict[str, asyncio.Task[None]] = {}

    async def live(self) -> None:
        """Play them until cancelled; a broker that is away is waited for."""
        while True:
            try:
                await self._connected()
            except aiomqtt.MqttError as error:
                sys.stdout.write(f"no broker: {error}\n")
            await asyncio.sleep(_RECONNECT_S)

    async def _connected(self) -> None:
        client = aiomqtt.Client(
            HOST,
            self._settings.port,
            username="building",
            password=self._settings.accounts["building"],
            will=aiomqtt.Will(AVAILABLE, "offline", qos=1, retain=True),
            keepalive=10,
        )
        async with client:
            for thing in THINGS:
                await client.subscribe(thing.command_topic, qos=2)
            await client.publish(AVAILABLE, "online", qos=1, retain=True)
            again = asyncio.create_task(self._say_again(client))
            try:
                async for message in client.messages:
                    self._told(client, str(message.topic), message.payload.decode(errors="replace"))
            finally:
                again.cancel()

    def _told(self, client: aiomqtt.Client, topic: str, payload: str) -> None:
        for thing in THINGS:
            if topic != thing.command_topic:
                continue
            for state in thing.states:
                if payload == thing.payload(state):
                    if (before := self._moving.get(thing.key)) is not None:
                        before.cancel()  # told otherwise while it moved
                    self._moving[thing.key] = asyncio.create_task(self._move(client, thing, state))

    async def _move(self, client: aiomqtt.Client, thing: Thing, state: str) -> None:
        await asyncio.sleep(thing.moment_s)
        self._states[thing.key] = state
        sys.stdout.write(f"{thing.name}: {state}\n")
        sys.stdout.flush()
        await self._say(client, thing)

    async def _say(self, client: aiomqtt.Client, thing: Thing) -> None:
        await client.publish(thing.state_topic, thing.payload(self._states[thing.key]), qos=1, retain=True)

    async def _say_again(self, client: aiomqtt.Client) -> None:
        """How everything is, again and again: who hears nothing knows that something is wrong."""
        while True:
            for thing in THINGS:
                await self._say(client, thing)
            await asyncio.sleep(_AGAIN_S)


async def play(settings: Settings) -> None:
    """Play the building until told to stop."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    living = asyncio.create_task(Building(settings).live())
    await told.wait()
    living.cancel()
    await asyncio.wait([living])


def main() -> None:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=Path, required=True)
    asyncio.run(play(read(parser.parse_args().settings)))


if __name__ == "__main__":
    main()
