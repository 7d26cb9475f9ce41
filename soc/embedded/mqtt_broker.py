"""A small MQTT broker on the loopback, for the simulated building and for tests: accounts, nobody else, nothing on disk.

python -m soc.embedded.mqtt_broker --accounts FILE [--port N]

It prints ``{"port": n}`` once it listens. FILE is ``{"accounts": {name: password}}``, readable by its owner only.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import json
import logging
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

from amqtt.broker import Broker
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session


class Accounts(BaseAuthPlugin):
    """Lets in who knows an account's password."""

    async def authenticate(self, *, session: Session) -> bool | None:
        """Whether the name and password are an account's."""
        accounts: dict[str, str] = self.config.accounts
        kept = accounts.get(session.username or "")
        return kept is not None and hmac.compare_digest(kept.encode(), (session.password or "").encode())

    @dataclass
    class Config:
        """What the plugin is given."""

        accounts: dict[str, str] = field(default_factory=dict)


async def serve(accounts: dict[str, str], port: int) -> None:
    """Listen until told to stop."""
    if not port:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {"soc.embedded.mqtt_broker.Accounts": {"accounts": accounts}},
    }
    broker = Broker(config)
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await broker.start()
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    await told.wait()
    await broker.shutdown()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    accounts: dict[str, str] = json.loads(options.accounts.read_text())["accounts"]
    asyncio.run(serve(accounts, options.port))


if __name__ == "__main__":
    main()
