"""The demo's connected objects: the simulated building's broker, its doors, lights and siren, and the script that secures it."""

from __future__ import annotations

from crisis.devices import connection_services, script_services, services
from crisis.devices.models import Connection, Device, Script
from soc.config import config
from soc.embedded import building
from soc.people.models import Member, Site

BROKER = "Simulated building"
SCRIPT = "Secure the building"


def make_devices(administrator: Member, site: Site) -> None:
    """Make them at a site unless they are there; where the broker moved to another port meanwhile, follow it."""
    file = config().var / "building.json"
    if not config().simulated_building or not file.exists():
        return
    settings = building.read(file)
    where: connection_services.ConnectionEntry = {
        "host": building.HOST,
        "port": settings.port,
        "user_name": "vigie",
        "password": settings.accounts["vigie"],
    }
    found = Connection.objects.filter(organisation=site.organisation_id, name=BROKER, removed_at=None).first()
    if found is not None:
        if found.port != settings.port:
            connection_services.change_connection(administrator, found.pk, where, version=found.version)
        return
    connection = connection_services.add_connection(administrator, {"site": site.pk, "name": BROKER, **where})
    devices = {thing.key: _device(administrator, site, connection, thing) for thing in building.THINGS}
    _script(administrator, site, devices)


def _device(administrator: Member, site: Site, connection: Connection, thing: building.Thing) -> Device:
    return services.add_device(
        administrator,
        {
            "site": site.pk,
            "connection": connection.pk,
            "name": thing.name,
            "kind": thing.kind,
            "driver": "mqtt",
            "states": [{"key": state} for state in thing.states],
            "silent_after_min": 2,
            "settings": {
                "command_topic": thing.command_topic,
                "state_topic": thing.state_topic,
                "payloads": {state: thing.payload(state) for state in thing.states},
                "available_topic": building.AVAILABLE,
            },
        },
    )


def _script(administrator: Member, site: Site, devices: dict[str, Device]) -> Script:
    """Light, sound, all doors at once; then it is made sure that they are locked."""
    doors = [devices["front-door"], devices["rear-door"]]
    told = [("lights", "on"), ("siren", "on"), ("front-door", "locked"), ("rear-door", "locked")]
    at_once = [[{"do": "set", "device": str(devices[key].pk), "state": state}] for key, state in told]
    made_sure = [{"do": "wait_for", "device": str(door.pk), "state": "locked", "limit_s": 30} for door in doors]
    return script_services.add_script(
        administrator,
        {
            "site": site.pk,
            "name": SCRIPT,
            "mode": "single",
            "document": {"steps": [{"do": "parallel", "branches": at_once}, *made_sure]},
        },
    )
