"""What tests of connected objects share: a site, its people, a real relay on HTTP, a real broker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from crisis.devices.models import Device
from soc import clock
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests import factories
from tests.peers import mqtt
from tests.peers.http_device import HttpDevice
from tests.peers.process import Peer


@pytest.fixture
def site(db: None) -> Site:
    return factories.SiteFactory(name="Town hall")


@pytest.fixture
def agent(site: Site) -> Member:
    return factories.MemberFactory(organisation=site.organisation, roles=[Role.AGENT])


@pytest.fixture
def administrator(site: Site) -> Member:
    return factories.MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR])


@pytest.fixture
def relay() -> Iterator[HttpDevice]:
    with HttpDevice() as device:
        yield device


@pytest.fixture
def light(site: Site, relay: HttpDevice) -> Device:
    # Not asked each minute: a test counts what scripts ask.
    later = clock.now() + dt.timedelta(days=1)
    return factories.DeviceFactory(site=site, name="Light", address=relay.address, poll_at=later)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with mqtt.broker(tmp_path_factory.mktemp("broker")) as peer:
        yield peer
