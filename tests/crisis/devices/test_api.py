"""Devices and scripts through the API: what is entered is checked, secrets never come out, decisions are taken once."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from crisis.devices.models import Connection, Device, Script, ScriptRun
from crisis.devices.secrets import Secrets, seal, unseal
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests import factories
from tests.crisis.devices.scripting import document, if_, over, set_, start, wait
from tests.peers.http_device import HttpDevice

pytestmark = pytest.mark.django_db


class Caller:
    """A member's browser."""

    def __init__(self, member: Member) -> None:
        self._client = Client()
        self._client.force_login(member)

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = self._client.generic(method, f"/api/{path}", "" if body is None else _json(body), "application/json")
        return answer.status_code, answer.json() if answer.content else None


def _json(body: Any) -> str:
    return json.dumps(body)


@pytest.fixture
def prepares(administrator: Member) -> Caller:
    return Caller(administrator)


@pytest.fixture
def directs(agent: Member) -> Caller:
    return Caller(agent)


def lamp(site: Site, address: str, **more: Any) -> dict[str, Any]:
    built = factories.DeviceFactory.build(site=None, organisation=None)
    return {
        "site": str(site.pk),
        "name": "Lamp",
        "kind": "light",
        "driver": "http",
        "address": address,
        "settings": built.settings,
        "states": [{"key": "on"}, {"key": "off"}],
        **more,
    }


def test_a_device_is_added_tested_changed_and_removed(prepares: Caller, site: Site, relay: HttpDevice) -> None:
    assert prepares("POST", "devices/test/", lamp(site, relay.address)) == (
        200,
        {"state": "off", "word": "off", "live": True},
    )
    assert not Device.objects.exists()
    status, made = prepares("POST", "devices/", lamp(site, relay.address, token="s3cret"))
    assert (status, made["has_secrets"], made["readable"], made["version"]) == (201, True, True, 1)
    assert "s3cret" not in str(made)
    device = Device.objects.get()
    assert unseal(device.credentials).token == "s3cret"
    assert b"s3cret" not in bytes(device.credentials or b"")
    assert not [entry for entry in Entry.objects.all() if "s3cret" in str(entry.details)]

    assert prepares("PATCH", f"devices/{device.pk}/", {"version": 1, "name": "Lamp 2"})[1]["version"] == 2
    status, refused = prepares("PATCH", f"devices/{device.pk}/", {"version": 1, "name": "Lamp 3"})
    assert (status, refused["code"]) == (409, "changed_meanwhile")
    assert prepares("DELETE", f"devices/{device.pk}/") == (204, None)
    assert prepares("GET", "devices/")[1]["results"] == []
    device.refresh_from_db()
    assert (device.removed_at is not None, device.credentials) == (True, None)


def test_a_kept_secret_is_not_sent_to_another_machine(prepares: Caller, site: Site, relay: HttpDevice) -> None:
    device = factories.DeviceFactory(site=site, address="http://127.0.0.1:9")
    with_secret = prepares("PATCH", f"devices/{device.pk}/", {"version": 1, "password": "s3cret"})[1]
    assert with_secret["version"] == 2
    status, refused = prepares("PATCH", f"devices/{device.pk}/", {"version": 2, "address": relay.address})
    assert (status, refused["code"]) == (400, "credentials_needed")
    assert prepares("POST", "devices/test/", lamp(site, relay.address, device=str(device.pk)))[0] == 200
    assert "Authorization" not in relay.headers[0]

    same = factories.DeviceFactory(site=site, address=relay.address, credentials=seal(Secrets(token="s3cret")))
    assert prepares("POST", "devices/test/", lamp(site, relay.address, device=str(same.pk)))[0] == 200
    assert relay.headers[1]["Authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"states": [{"key": "toggle", "words": {"en": "toggle"}}]}, "states"),
        ({"states": [{"key": "on"}, {"key": "on"}]}, "states"),
        ({"states": []}, "states"),
        ({"states": [{"key": "half"}]}, "states"),
        ({"states": [{"key": "On"}]}, "states.key"),
        ({"states": [{"key": "on"}, {"key": "off"}, {"key": "open"}]}, "settings.requests"),
        ({"settings": {}}, "settings.requests"),
        ({"settings": {"requests": {}, "code": "1"}}, "settings.code"),
        ({"address": "http://192.0.2.1/"}, "address"),
        ({"address": "http://me:secret@127.0.0.1/"}, "address"),
        ({"address": ""}, "address"),
        ({"driver": "mqtt"}, "connection"),
        ({"driver": "telepathy"}, "driver"),
        ({"site": str(uuid.uuid4())}, "site"),
        ({"silent_after_min": 0}, "silent_after_min"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    prepares: Caller, site: Site, change: dict[str, Any], field: str
) -> None:
    status, refused = prepares("POST", "devices/", {**lamp(site, "http://127.0.0.1:9"), **change})
    assert status == 400
    assert field in refused["fields"], refused
    assert refused["message"]
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state_topic": "a/set"}, "settings.state_topic"),
        ({"command_topic": "a/#"}, "settings.command_topic"),
        ({"command_topic": "$SYS/x"}, "settings.command_topic"),
        ({"payloads": {"on": "X", "off": "X"}}, "settings.state_payloads"),
        ({"payloads": {"on": "ON"}}, "settings.payloads"),
        ({"state_pointer": "state"}, "settings.state_pointer"),
    ],
)
def test_mqtt_settings_that_cannot_work_are_refused(
    prepares: Caller, site: Site, change: dict[str, Any], field: str
) -> None:
    broker = factories.ConnectionFactory(site=site)
    settings = {"command_topic": "a/set", "state_topic": "a/state", "payloads": {"on": "ON", "off": "OFF"}, **change}
    entered = lamp(site, "", driver="mqtt", connection=str(broker.pk), settings=settings)
    status, refused = prepares("POST", "devices/", entered)
    assert (status, list(refused["fields"])) == (400, [field])


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "169.254.169.254", "", "a b", "mqtt://host", "me@host", "host/path", "[::1", "host:1883:x y"]
)
def test_a_broker_that_cannot_be_one_is_refused(prepares: Caller, site: Site, host: str) -> None:
    status, refused = prepares("POST", "device-connections/", {"site": str(site.pk), "name": "B", "host": host})
    assert (status, list(refused["fields"])) == (400, ["host"])


def test_a_brokers_password_stays_with_its_machine(prepares: Caller, site: Site) -> None:
    entered = {"site": str(site.pk), "name": "B", "host": "127.0.0.1", "user_name": "me", "password": "s3cret"}
    status, made = prepares("POST", "device-connections/", entered)
    assert (status, made["has_credentials"], "s3cret" in str(made)) == (201, True, False)
    path = f"device-connections/{made['id']}/"
    assert prepares("PATCH", path, {"version": 1, "port": 1884})[1]["code"] == "credentials_needed"
    assert prepares("PATCH", path, {"version": 1, "port": 1884, "password": "other"})[0] == 200
    assert unseal(Connection.objects.get().credentials).user_name == "me"
    factories.DeviceFactory(site=site, connection=Connection.objects.get(), driver="mqtt")
    assert prepares("DELETE", path)[1]["code"] == "in_use"


def test_a_certificate_that_is_none_is_refused(prepares: Caller, site: Site) -> None:
    entered = {"site": str(site.pk), "name": "B", "host": "127.0.0.1", "tls": True, "authority": "trust me"}
    assert list(prepares("POST", "device-connections/", entered)[1]["fields"]) == ["authority"]


def test_a_script_with_faults_is_not_kept(prepares: Caller, site: Site, light: Device) -> None:
    theirs = factories.DeviceFactory()
    for steps, field in (
        ([{"do": "wait", "seconds": 10**6}], "steps.0.seconds"),
        ([set_(theirs, "on")], "steps.0.device"),
        ([if_(light, "on", [set_(light, "toggle")], [])], "steps.0.then.0.state"),
        ([{"do": "eval", "code": "import os"}], "steps.0"),
    ):
        body = {"site": str(site.pk), "name": "S", "document": {"steps": steps}}
        status, refused = prepares("POST", "scripts/", body)
        assert (status, list(refused["fields"])) == (400, [field]), refused
        draft = {"site": str(site.pk), "document": {"steps": steps}}
        assert prepares("POST", "scripts/check/", draft)[1]["fields"] == refused["fields"]
    assert not Script.objects.exists()


def test_a_script_is_kept_changed_started_and_followed(
    prepares: Caller, directs: Caller, site: Site, light: Device, relay: HttpDevice
) -> None:
    body = {"site": str(site.pk), "name": "Light up", "document": document(set_(light, "on"))}
    status, made = prepares("POST", "scripts/", body)
    assert (status, made["locks"], made["longest_s"], made["problems"]) == (201, False, 10, [])
    assert prepares("DELETE", f"devices/{light.pk}/")[1]["code"] == "in_use"
    changed = prepares("PATCH", f"scripts/{made['id']}/", {"version": 1, "mode": "restart"})[1]
    assert (changed["version"], changed["mode"]) == (2, "restart")
    assert prepares("PATCH", f"scripts/{made['id']}/", {"version": 1, "mode": "queued"})[0] == 409

    press = {"reason": "It is dark.", "request": str(uuid.uuid4())}
    status, run = directs("POST", f"scripts/{made['id']}/start/", press)
    assert (status, run["state"], run["steps"]) == (202, "running", [])
    assert directs("POST", f"scripts/{made['id']}/start/", press)[1]["id"] == run["id"]
    over(ScriptRun.objects.get(pk=run["id"]))
    shown = directs("GET", f"script-runs/{run['id']}/")[1]
    assert (shown["state"], shown["steps"][0]["sentence"]) == ("done", "the device says so")
    assert [one["state"] for one in shown["steps"][0]["actions"]] == ["confirmed"]
    assert directs("GET", f"script-runs/?device={light.pk}")[1]["results"][0]["id"] == run["id"]
    assert directs("GET", "script-runs/?under_way=true")[1]["results"] == []
    assert relay.told == [True]
    assert Entry.objects.filter(action=Action.SCRIPT_BY_HAND).count() == 1


def test_a_reason_is_needed(directs: Caller, light: Device, relay: HttpDevice) -> None:
    for body in ({"state": "on"}, {"state": "on", "reason": " "}):
        assert directs("POST", f"devices/{light.pk}/set/", body)[0] == 400
    assert directs("POST", f"devices/{light.pk}/set/", {"state": "purple", "reason": "x"})[1]["code"] == "unknown_state"
    assert not ScriptRun.objects.exists()


def test_a_question_is_answered_once(directs: Caller, site: Site) -> None:
    dead = factories.DeviceFactory(site=site, address="http://127.0.0.1:9")
    run = over(start(site, set_(dead, "on"), wait(60)))
    shown = directs("GET", f"script-runs/{run.pk}/")[1]["steps"][0]
    assert (shown["state"], shown["asked"]) == ("asking", 1)
    assert "It refused the connection" in shown["sentence"]
    answer = {"step": shown["path"], "asked": shown["asked"], "decision": "skip"}
    assert directs("POST", f"script-runs/{run.pk}/decide/", answer)[1]["state"] == "running"
    assert directs("POST", f"script-runs/{run.pk}/decide/", answer)[0] == 409
    assert directs("POST", f"script-runs/{run.pk}/stop/")[1]["state"] == "stopped"
    assert directs("POST", f"script-runs/{run.pk}/stop/")[0] == 200


def test_who_directs_one_site_starts_nothing_at_another(site: Site, light: Device) -> None:
    here = factories.SiteFactory(organisation=site.organisation)
    near = Caller(factories.MemberFactory(site=here, roles=[Role.AGENT, Role.ADMINISTRATOR]))
    script = factories.ScriptFactory(site=site, document=document(set_(light, "on")))
    everywhere = factories.ScriptFactory(
        site=None, organisation=site.organisation, document=document(set_(light, "on"))
    )
    for pk in (script.pk, everywhere.pk):
        assert near("POST", f"scripts/{pk}/start/", {"reason": "x"})[0] == 404
    assert near("POST", f"devices/{light.pk}/set/", {"state": "on", "reason": "x"})[0] == 404
    body = {"site": str(here.pk), "name": "S", "document": document(set_(light, "on"))}
    status, refused = near("POST", "scripts/", body)
    assert (status, light.name in str(refused)) == (400, False)
    assert near("POST", "scripts/", {**body, "site": None})[1]["code"] == "site_needed"
    assert not ScriptRun.objects.exists()


def test_a_dry_run_moves_nothing_and_says_what_would_happen(
    prepares: Caller, directs: Caller, site: Site, light: Device, relay: HttpDevice
) -> None:
    dead = factories.DeviceFactory(site=site, name="Dead lamp", address="http://127.0.0.1:9")
    steps = [
        if_(light, "off", [set_(light, "on"), wait(5)], [set_(dead, "off")]),
        {"do": "wait_for", "device": str(light.pk), "state": "on", "limit_s": 30},
        {"do": "parallel", "branches": [[set_(dead, "on")], [{"do": "stop"}]]},
    ]
    script = factories.ScriptFactory(site=site, document=document(*steps))
    status, walked = directs("POST", f"scripts/{script.pk}/dry-run/")
    assert status == 200
    assert [(line["path"], line["sentence"], line["changes"]) for line in walked["lines"]] == [
        ("0", "Light is off, so:", False),
        ("0.then.0", "Light would go from off to on.", True),
        ("0.then.1", "Wait 5 seconds.", False),
        ("1", "Wait until Light says that it is on, at most 30 s.", False),
        ("2", "At the same time:", False),
        ("2.0.0", "Dead lamp would be told: on. How it is now it does not say.", True),
        ("2.1.0", "Stop here.", False),
    ]
    assert "It refused the connection" in walked["lines"][5]["fault_sentence"]
    draft = {"site": str(site.pk), "document": document(*steps)}
    assert prepares("POST", "scripts/dry-run/", draft) == (200, walked)
    assert (relay.told, ScriptRun.objects.count()) == ([], 0)


def test_drivers_describe_themselves_in_the_readers_language(agent: Member) -> None:
    agent.language = "fr"
    agent.save()
    found = {driver["key"]: driver for driver in Caller(agent)("GET", "device-drivers/")[1]}
    assert set(found) == {"mqtt", "http"}
    assert found["mqtt"]["needs_connection"] is True
    assert found["mqtt"]["settings"]["properties"]["state_topic"]["title"] == "Sujet de l’état"
