"""Browser tests that need what cameras see: the installation has a watcher too.

It takes half a processor, which the other browser tests do without.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from soc.config import config
from tests.e2e.installation import Vigie
from tests.e2e.visitor import Visitor, open_visitor
from tests.peers.process import Peer
from tests.system import System

CAMERA_USER, CAMERA_PASSWORD = "operator", "a camera's password"


@pytest.fixture(scope="package", autouse=True)
def _watched(system: System, vigie: Vigie) -> None:
    """Have the demo's cameras watched; `vigie` has chosen how often they are analysed."""
    system.watcher(capacity=8)


@pytest.fixture
def agent(browser: Browser, vigie: Vigie) -> Iterator[Visitor]:
    """An agent in a browser of their own."""
    one = open_visitor(browser, vigie)
    one.sign_in("agent")
    yield one
    one.context.close()


@pytest.fixture
def supervisor(browser: Browser, vigie: Vigie) -> Iterator[Visitor]:
    """A supervisor in a browser of their own."""
    one = open_visitor(browser, vigie)
    one.sign_in("supervisor")
    yield one
    one.context.close()


@pytest.fixture
def rtsp_camera() -> Iterator[Peer]:
    """A real RTSP server with a password that plays the street camera's footage."""
    footage = str(config().footage_folder / "vtest.avi")
    with Peer.of_module(
        "tests.peers.rtsp_server", "--auth", "digest", "--user", CAMERA_USER, "--password", CAMERA_PASSWORD,
        "--footage", footage,
    ) as peer:  # fmt: skip
        yield peer
