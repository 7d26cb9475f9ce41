"""Connected objects, the brokers that lead to them, and their scripts."""

from __future__ import annotations

from factory.declarations import LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from crisis.devices.models import Connection, Device, DeviceKind, Script
from tests.factories.base import typed
from tests.factories.people import SiteFactory


class _Connection(DjangoModelFactory[Connection]):
    """A broker: ``ConnectionFactory(port=…)``."""

    class Meta:
        model = Connection

    site = SubFactory(SiteFactory)
    organisation = SelfAttribute("site.organisation")
    name = Sequence(lambda n: f"Broker {n}")
    host = "127.0.0.1"


class _Device(DjangoModelFactory[Device]):
    """A relay that speaks HTTP: ``DeviceFactory(address=…)``. It is on or off."""

    class Meta:
        model = Device

    site = SubFactory(SiteFactory)
    organisation = SelfAttribute("site.organisation")
    name = Sequence(lambda n: f"Device {n}")
    kind = DeviceKind.LIGHT
    driver = "http"
    address = "http://127.0.0.1:9"
    states = LazyFunction(lambda: [{"key": key, "words": {}, "secures": False} for key in ("on", "off")])
    settings = LazyFunction(
        lambda: {
            "requests": {
                "on": {"method": "PUT", "path": "/set", "body": '{"on": true}'},
                "off": {"method": "PUT", "path": "/set", "body": '{"on": false}'},
            },
            "state_path": "/state",
            "state_pointer": "/relay/on",
            "state_values": {"on": "true", "off": "false"},
        }
    )


class _Script(DjangoModelFactory[Script]):
    """A script; its document is the caller's: ``ScriptFactory(document={"steps": […]})``."""

    class Meta:
        model = Script

    site = SubFactory(SiteFactory)
    organisation = SelfAttribute("site.organisation")
    name = Sequence(lambda n: f"Script {n}")
    document = LazyFunction(lambda: {"steps": [{"do": "wait", "seconds": 1}]})


ConnectionFactory = typed(_Connection)
DeviceFactory = typed(_Device)
ScriptFactory = typed(_Script)
