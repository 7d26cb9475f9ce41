"""The system for browser tests: a database of its own, all processes but the watcher (`cameras/` has it), and the demo."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser

from soc.config import config
from soc.embedded import building as building_module
from tests.e2e.installation import Account, Backstage, Vigie
from tests.e2e.program import Api
from tests.e2e.visitor import Visitor, chromium, open_visitor
from tests.servers_plugin import SERVERS
from tests.system import System, until

DATABASE = "vigie_e2e"


@pytest.fixture(scope="package")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[building_module.Settings]:
    """The simulated building of `make run`: doors, lights and a siren on a real broker."""
    file = tmp_path_factory.mktemp("building") / "building.json"
    made = building_module.prepare(file)
    with System({}) as system:
        system.start("broker", ["-m", "soc.embedded.mqtt_broker", "--accounts", str(file), "--port", str(made.port)])
        system.start("building", ["-m", "soc.embedded.building", "--settings", str(file)])
        until(lambda: building_module.is_listening(made), "the building's broker listens")
        yield made


def database_url() -> str:
    """The address of the installation's database."""
    return SERVERS.database_url.replace("/vigie?", f"/{DATABASE}?")


@pytest.fixture(scope="package")
def system(building: building_module.Settings) -> Iterator[System]:
    """Web, responder and beat on the demo organisation, as `make run` starts them."""
    with psycopg.connect(SERVERS.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    with System({"DATABASE_URL": database_url(), "VIGIE_SIMULATED_BUILDING": building.place}) as started:
        started.prepare_demo()
        started.web()
        started.responder()
        started.beat()
        yield started
    with psycopg.connect(SERVERS.database_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")  # this process may test another folder of browsers


@pytest.fixture(scope="package")
def backstage(system: System) -> Iterator[Backstage]:
    """What happens off the screen."""
    with Backstage(database_url()) as made:
        yield made


@pytest.fixture(scope="package")
def vigie(system: System, backstage: Backstage) -> Vigie:
    """The installation as people reach it."""
    demo = json.loads((config().var / "demo.json").read_text())
    accounts = {account["role"]: Account(**account) for account in demo["accounts"]}
    made = Vigie(system.address, accounts)
    backstage.quiet()
    _slow_down(made)
    return made


@pytest.fixture(scope="package")
def alerts(vigie: Vigie, backstage: Backstage) -> None:
    """Alerts at both of the demo's sites that nobody has taken, where no watcher raises any."""
    backstage.raise_alerts("Drive", count=8, severity=2, rule="Vehicle on the drive")
    backstage.raise_alerts("Walkway", count=8, severity=2, rule="Somebody on the forecourt")


def _slow_down(vigie: Vigie) -> None:
    """Have the demo's cameras analysed twice a second, and smaller: else they take a core, which the browsers wait for."""
    api = Api(vigie.address, vigie.account("administrator"))
    api.set_cameras({"frames_per_second": 2, "analysis_size": 416})
    api.close()


@pytest.fixture(scope="package")
def program(vigie: Vigie) -> Iterator[Api]:
    """An administrator's program."""
    api = Api(vigie.address, vigie.account("administrator"))
    yield api
    api.close()


@pytest.fixture(autouse=True)
def _cameras_as_found(program: Api) -> Iterator[None]:
    """Cameras that a test adds go when it is over: the next one finds the demo's, whatever ran before it."""
    before = _cameras(program)
    yield
    for camera in _cameras(program) - before:
        answer = program.delete(f"/api/cameras/{camera}/")
        assert answer.status_code == 204, answer.text


def _cameras(program: Api) -> set[str]:
    return {camera["id"] for camera in program.get("/api/cameras/?page_size=200").json()["results"]}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Headless Chromium.

    Of the package, not the session: Playwright keeps an event loop running in this thread, where other tests start theirs.
    """
    with chromium() as running:
        yield running


@pytest.fixture
def colleagues(browser: Browser, vigie: Vigie) -> Iterator[tuple[Visitor, Visitor]]:
    """An agent and a supervisor, each signed in in a browser of their own."""
    both = open_visitor(browser, vigie), open_visitor(browser, vigie)
    for one, role in zip(both, ("agent", "supervisor"), strict=True):
        one.arrive(role)
    yield both
    for one in both:
        one.context.close()


@pytest.fixture
def visitor(browser: Browser, vigie: Vigie) -> Iterator[Visitor]:
    """Somebody at a desk."""
    one = open_visitor(browser, vigie)
    yield one
    one.context.close()
