"""A device that a risk names as a protection: when it fails, the matrix says so and a review is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from crisis.audits import attention, services
from crisis.audits.models import RiskAudit
from crisis.devices import hearing, reading
from crisis.devices.drivers.base import Fault, Presence, Reading
from crisis.devices.models import Device
from soc import clock
from tests import factories
from tests.crisis.audits.conftest import House, get, only_risk, send
from tests.crisis.devices.scripting import mqtt_device, over, set_, start, step
from tests.peers.http_device import HttpDevice

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db: None) -> House:
    return House()


@pytest.fixture
def relay() -> Iterator[HttpDevice]:
    with HttpDevice() as device:
        yield device


@pytest.fixture
def siren(house: House, relay: HttpDevice) -> Device:
    later = clock.now() + dt.timedelta(days=1)
    return factories.DeviceFactory(site=house.site, name="Siren", address=relay.address, poll_at=later)


@pytest.fixture
def audit(house: House, siren: Device) -> RiskAudit:
    """One whose only risk is protected by the siren, chosen as people choose it."""
    audit = house.draft()
    path = f"risk-audits/{audit.pk}/risks/{only_risk(audit).pk}/"
    answer = send(house.author, "patch", path, version=1, protections=[{"kind": "device", "of": str(siren.pk)}])
    assert answer.status_code == 200, answer.content
    return audit


def protection(house: House, audit: RiskAudit) -> dict[str, Any]:
    shown: dict[str, Any] = get(house.author, f"risk-audits/{audit.pk}/")["risks"][0]
    return {**shown["protections"][0], "contradictions": [one["sentence"] for one in shown["contradictions"]]}


def test_a_device_of_the_site_is_offered_and_another_site_s_is_refused(house: House, siren: Device) -> None:
    other = factories.DeviceFactory(site=factories.SiteFactory(organisation=house.site.organisation), name="Elsewhere")
    audit = house.draft()
    path = f"risk-audits/{audit.pk}/"
    offered = {one["kind"]: one["choices"] for one in get(house.author, f"{path}choices/")["protections"]}
    assert [one["name"] for one in offered["device"]] == [siren.name]
    path, named = f"{path}risks/{only_risk(audit).pk}/", [{"kind": "device", "of": str(other.pk)}]
    assert send(house.author, "patch", path, version=1, protections=named).status_code == 400


def test_a_device_that_falls_silent_contradicts_and_asks_for_a_review(
    house: House, siren: Device, audit: RiskAudit
) -> None:
    assert protection(house, audit)["state"] == "unknown", "it has not said yet how it is"
    reading.read(siren.pk)
    assert (protection(house, audit)["state"], protection(house, audit)["contradictions"]) == ("works", [])
    audit.refresh_from_db()
    submitted = services.submit(house.author, audit.pk, version=audit.version)
    services.approve(house.approver, audit.pk, version=submitted.version)

    spoke = Device.objects.get(pk=siren.pk).last_seen_at
    clock.move(dt.timedelta(minutes=16))
    hearing.note_silence()
    shown = protection(house, audit)
    assert (shown["state"], dt.datetime.fromisoformat(shown["since"])) == ("fails", spoke)
    assert shown["contradictions"] == ["Siren does not protect now: It does not answer."]
    assert [one.kind for one in attention.needs_attention(house.author)] == ["audit_contradicted"]
    with translation.override("fr"):
        assert "ne répond pas" in attention.needs_attention(house.author)[0].sentence

    reading.read(siren.pk)
    assert protection(house, audit)["state"] == "works"
    assert attention.needs_attention(house.author) == []


def test_a_device_that_was_never_there_is_missed_as_soon_as_it_is_asked(house: House, audit: RiskAudit) -> None:
    away = factories.DeviceFactory(site=house.site, address="http://127.0.0.1:9")
    assert reading.read(away.pk) in (Fault.REFUSED, Fault.UNREACHABLE)
    assert Device.objects.get(pk=away.pk).silent_since is not None
    hearing.heard(away.pk, Reading("on", live=True))
    reading.read(away.pk)
    assert Device.objects.get(pk=away.pk).silent_since is None, "one try that fails is no silence of what spoke before"


def test_a_device_that_did_not_do_what_its_script_said_fails_until_it_does(
    house: House, siren: Device, relay: HttpDevice, audit: RiskAudit
) -> None:
    relay.status = 500
    relay.obeys = False
    over(start(house.site, set_(siren, "on", limit_s=1, otherwise="go_on")))
    shown = protection(house, audit)
    assert shown["state"] == "fails"
    assert "did not do what it was told last" in shown["contradictions"][0]

    relay.status, relay.obeys = 200, True
    over(start(house.site, set_(siren, "off"), exercise=True))
    assert protection(house, audit)["state"] == "fails", "a drill that moves nothing proves nothing"
    over(start(house.site, set_(siren, "on")))
    assert protection(house, audit)["state"] == "works"


def test_a_run_that_was_not_allowed_to_move_it_says_nothing_against_a_device(
    house: House, siren: Device, audit: RiskAudit
) -> None:
    reading.read(siren.pk)
    run = start(house.site, set_(siren, "on", otherwise="go_on"), verified=False)
    Device.objects.filter(pk=siren.pk).update(states=[{**one, "secures": True} for one in siren.states])
    assert step(over(run), "0").detail == Fault.NOT_VERIFIED
    assert protection(house, audit)["state"] == "works"


def test_a_device_that_says_none_of_its_states_fails_and_so_does_one_that_is_removed(
    house: House, siren: Device, audit: RiskAudit
) -> None:
    hearing.heard(siren.pk, Reading("on", live=True))
    hearing.heard(siren.pk, Fault.UNKNOWN_STATE)
    assert "none of its states" in protection(house, audit)["contradictions"][0]
    hearing.heard(siren.pk, Presence(there=False))
    assert "does not answer" in protection(house, audit)["contradictions"][0]
    Device.objects.filter(pk=siren.pk).update(removed_at=clock.now())
    assert "was removed" in protection(house, audit)["contradictions"][0]


def test_a_device_whose_broker_is_down_does_not_protect(house: House) -> None:
    broker = factories.ConnectionFactory(site=house.site, port=1, fault=Fault.REFUSED)
    gate = mqtt_device(broker, "gate")
    hearing.heard(gate.pk, Reading("on", live=True))
    audit = house.draft()
    path = f"risk-audits/{audit.pk}/risks/{only_risk(audit).pk}/"
    send(house.author, "patch", path, version=1, protections=[{"kind": "device", "of": str(gate.pk)}])
    assert "Its broker is not connected" in protection(house, audit)["contradictions"][0]
    type(broker).objects.filter(pk=broker.pk).update(fault="", up_since=clock.now())
    assert protection(house, audit)["state"] == "works"
