"""The simulated building: its things do what they are told on a real broker, and it ends when it is told to."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import aiomqtt
import pytest

from soc.config import ROOT
from soc.embedded import building
from soc.embedded.building import Settings
from tests.system import until


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Settings, list[subprocess.Popen[bytes]]]]:
    file = tmp_path / "building.json"
    settings = building.prepare(file)
    broker = ["soc.embedded.mqtt_broker", "--accounts", str(file), "--port", str(settings.port)]
    programs = [
        subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, stdout=subprocess.DEVNULL)
        for words in (broker, ["soc.embedded.building", "--settings", str(file)])
    ]
    yield settings, programs
    for program in programs:
        program.kill()
        program.wait()


def said(settings: Settings, tell: dict[str, str], wanted: dict[str, str]) -> dict[str, str]:
    """What the building says until it says what is wanted, having been told something."""

    async def listen() -> dict[str, str]:
        found: dict[str, str] = {}
        password = settings.accounts["vigie"]
        async with aiomqtt.Client(building.HOST, settings.port, username="vigie", password=password) as client:
            await client.subscribe("building/#", qos=1)
            for topic, payload in tell.items():
                await client.publish(topic, payload, qos=2)
            with suppress(TimeoutError):
                async with asyncio.timeout(20):
                    async for message in client.messages:
                        found[str(message.topic)] = message.payload.decode()
                        if wanted.items() <= found.items():
                            break
        return found

    return asyncio.run(listen())


def test_its_things_do_what_they_are_told_and_say_so(
    place: tuple[Settings, list[subprocess.Popen[bytes]]],
) -> None:
    settings, programs = place
    until(lambda: building.is_listening(settings), "the broker listens")
    at_first = {thing.state_topic: thing.payload(thing.states[0]) for thing in building.THINGS}
    wanted = {**at_first, building.AVAILABLE: "online"}
    assert wanted.items() <= said(settings, {}, wanted).items()

    told = {thing.command_topic: thing.payload(thing.states[1]) for thing in building.THINGS}
    after = {thing.state_topic: thing.payload(thing.states[1]) for thing in building.THINGS}
    assert after.items() <= said(settings, told, after).items()

    programs[1].kill()  # its broker says so for it
    assert said(settings, {}, {building.AVAILABLE: "offline"})[building.AVAILABLE] == "offline"


def test_it_ends_when_it_is_told_to(place: tuple[Settings, list[subprocess.Popen[bytes]]]) -> None:
    settings, programs = place
    until(lambda: building.is_listening(settings), "the broker listens")
    said(settings, {}, {building.AVAILABLE: "online"})
    for program in reversed(programs):
        program.send_signal(signal.SIGTERM)
        program.wait(20)
        assert program.returncode == 0


def test_strangers_are_not_let_in(place: tuple[Settings, list[subprocess.Popen[bytes]]]) -> None:
    settings, _programs = place
    until(lambda: building.is_listening(settings), "the broker listens")

    async def enter(name: str | None, password: str | None) -> None:
        async with aiomqtt.Client(building.HOST, settings.port, username=name, password=password, timeout=5):
            pass

    for name, password in ((None, None), ("vigie", "wrong"), ("vigie", ""), ("nobody", "x")):
        with pytest.raises(aiomqtt.MqttError):
            asyncio.run(enter(name, password))


def test_its_settings_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "building.json"
    first = building.prepare(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert building.prepare(file) == first
    with socket.create_server((building.HOST, first.port)):
        moved = building.prepare(file)
    assert moved.port != first.port
    assert moved.accounts == first.accounts == json.loads(file.read_text())["accounts"]
