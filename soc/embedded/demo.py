"""The demo organisation of `make run`: people of every role, cameras of the demo footage, rules that raise alerts.

One of the composition roots: it fills all apps, through their services, as an administrator would.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from alerts import rule_services as rules
from alerts.models import Rule, RuleState, Severity
from detection import services as cameras
from detection.drawing import LINES, ZONES, LineEntry, ZoneEntry, draw
from detection.models import PlaceKind, SourceKind
from soc.config import config
from soc.embedded.demo_crisis import make_crisis
from soc.embedded.demo_devices import make_devices
from soc.embedded.demo_floor_plans import make_plan
from soc.people import services as people
from soc.people.models import Member, Organisation, Site
from soc.people.rights import Role
from soc.people.sites import create_site

ORGANISATION = "Campus Demo"
_PEOPLE = {
    Role.AGENT: ("agent", "Camille Martin"),
    Role.SUPERVISOR: ("supervisor", "Sacha Bernard"),
    Role.ADMINISTRATOR: ("administrator", "Alix Dubois"),
    Role.AUDITOR: ("auditor", "Dominique Petit"),
    Role.RESPONDER: ("responder", "Charlie Moreau"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """A member of the demo and the password that was made for it."""

    role: str
    name: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoRule:
    """A rule that is switched on, in the named zone or over the named line."""

    name: str
    kind: str
    settings: dict[str, Any]
    severity: Severity
    area: str = ""
    quiet_s: int = 180


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """A camera that plays a file of the footage, with its zones, lines and rules. Points are 0..1 of the frame."""

    name: str
    file: str
    site: str
    place: PlaceKind
    zones: dict[str, list[list[float]]] = field(default_factory=dict)
    lines: dict[str, list[list[float]]] = field(default_factory=dict)
    rules: tuple[DemoRule, ...] = ()


FORBIDDEN = "Somebody on the planted strip"
"""The rule whose alerts ask about the demo's plan."""
_COURTYARD = "Courtyard"
_STREET = "Main gate"
# Somewhere in the middle of France, a kilometre from each other.
_PLACES = {
    _COURTYARD: ("Campus Demo, courtyard", 47.0860, 2.4010),
    _STREET: ("Campus Demo, main gate", 47.0781, 2.3905),
}
CAMERAS = (
    DemoCamera(
        "Forecourt",
        "vtest.avi",
        _COURTYARD,
        PlaceKind.PRIVATE,
        zones={
            "Walkway": [[0.0, 0.35], [1.0, 0.25], [1.0, 1.0], [0.0, 1.0]],
            # Where somebody walks for eight seconds of the footage: also a busy machine that looks twice a second sees it.
            "Planted strip": [[0.07, 0.09], [0.30, 0.02], [0.75, 0.02], [0.75, 0.22], [0.30, 0.30], [0.07, 0.30]],
        },
        lines={"Across the walkway": [[0.5, 0.2], [0.5, 1.0]]},
        rules=(
            DemoRule("Somebody on the forecourt", "seen", {"labels": ["person"]}, Severity.LOW, "Walkway"),
            DemoRule("Walkway crossed", "crosses", {"labels": ["person"]}, Severity.MEDIUM, "Across the walkway"),
            DemoRule(
                "Crowd on the forecourt", "more_than", {"labels": ["person"], "limit": 4}, Severity.HIGH, "Walkway"
            ),
            DemoRule(FORBIDDEN, "seen", {"labels": ["person"]}, Severity.HIGH, "Planted strip", 600),
            DemoRule("Somebody lingers", "stays", {"labels": ["person"], "seconds": 15}, Severity.MEDIUM, "Walkway"),
        ),
    ),
    DemoCamera(
        "Main gate",
        "bikes.mp4",
        _STREET,
        PlaceKind.PRIVATE,
        zones={"Drive": [[0.0, 0.3], [1.0, 0.3], [1.0, 1.0], [0.0, 1.0]]},
        rules=(
            DemoRule("Vehicle on the drive", "seen", {"labels": ["car", "truck", "bus"]}, Severity.LOW, "Drive", 120),
            DemoRule("Bicycle on the drive", "seen", {"labels": ["bicycle"]}, Severity.LOW, "Drive", 120),
        ),
    ),
    DemoCamera("Reception", "carphone_pristine.mp4", _STREET, PlaceKind.WORKPLACE),
    DemoCamera("Plain picture", "bigbuckbunny.mp4", _COURTYARD, PlaceKind.PRIVATE),
)


def make(address: str, *, file: Path | None = None) -> list[Account]:
    """Make the demo organisation unless it is there, write `demo.json`, and return the accounts.

    Where the organisation is there but its passwords are lost, new ones are made.

    Args:
        address: where the console is reached, for `demo.json`.
        file: where the accounts are kept, readable by their owner only; `demo.json` in VIGIE_VAR by default.
    """
    file = file or config().var / "demo.json"
    known = {account.name: account for account in _read(file)}
    with transaction.atomic():
        organisation = Organisation.objects.filter(name=ORGANISATION).first()
        if organisation is None:
            organisation = people.create_organisation(ORGANISATION)
            sites = {name: _site(organisation, name) for name in _PLACES}
            accounts = [_member(organisation, role, *who) for role, who in _PEOPLE.items()]
            administrator = Member.objects.get_by_natural_key(_PEOPLE[Role.ADMINISTRATOR][0])
            for camera in CAMERAS:
                _camera(administrator, sites[camera.site], camera)
            for site in sites.values():
                make_plan(administrator, site)
        else:
            accounts = [_known(known, role, name) for role, (name, _) in _PEOPLE.items()]
        first = Site.objects.filter(organisation=organisation, name=_COURTYARD).first()
        if first is not None:  # somebody may have renamed it
            administrator, supervisor = (
                Member.objects.get_by_natural_key(_PEOPLE[role][0]) for role in (Role.ADMINISTRATOR, Role.SUPERVISOR)
            )
            make_devices(administrator, first)
            rule = Rule.objects.filter(organisation=organisation, name=FORBIDDEN, removed_at=None).first()
            make_crisis(administrator, supervisor, first, rule)
    _write(file, address, accounts)
    return accounts


def _site(organisation: Organisation, name: str) -> Site:
    address, latitude, longitude = _PLACES[name]
    return create_site(organisation, name, address=address, latitude=latitude, longitude=longitude)


def _member(organisation: Organisation, role: Role, name: str, display_name: str) -> Account:
    account = Account(role.value, name, secrets.token_urlsafe(12))
    grants = [people.Grant(role)]
    people.create_member(
        organisation, name=account.name, display_name=display_name, password=account.password, grants=grants
    )
    return account


def _known(known: dict[str, Account], role: Role, name: str) -> Account:
    """Return the account as `demo.json` has it, or with a new password."""
    member = Member.objects.get_by_natural_key(name)
    account = known.get(name)
    if account is None or not member.check_password(account.password):
        account = Account(role.value, name, secrets.token_urlsafe(12))
        member.set_password(account.password)
        member.save(update_fields=["password"])
    return account


def _camera(actor: Member, site: Site, demo: DemoCamera) -> None:
    """Add a camera as an administrator does, with its zones, lines and rules."""
    camera = cameras.add_camera(
        actor,
        {
            "site": site.pk,
            "name": demo.name,
            "source": SourceKind.FILE.value,
            "address": demo.file,
            "place": demo.place.value,
            "purpose": "Demonstration with published footage",
            "legal_basis": "Legitimate interest: the footage is published",
            "notice_displayed": True,
        },
    )
    zones = {
        name: draw(ZONES, actor, camera.pk, ZoneEntry(name=name, polygon=polygon)).pk
        for name, polygon in demo.zones.items()
    }
    lines = {
        name: draw(LINES, actor, camera.pk, LineEntry(name=name, start=start, end=end)).pk
        for name, (start, end) in demo.lines.items()
    }
    for rule in demo.rules:
        draft = rules.RuleDraft(
            name=rule.name,
            kind=rule.kind,
            purpose="Demonstration",
            settings=rule.settings,
            zone=zones.get(rule.area),
            line=lines.get(rule.area),
            severity=rule.severity,
            quiet_s=rule.quiet_s,
        )
        # As for everybody: silent first, then switched on.
        made = rules.create_rule(camera, draft, actor=actor)
        rules.change_rule(made, {"state": RuleState.ON}, version=made.version, actor=actor)


def _read(file: Path) -> list[Account]:
    if not file.exists():
        return []
    return [Account(**account) for account in json.loads(file.read_text())["accounts"]]


def _write(file: Path, address: str, accounts: list[Account]) -> None:
    """Write the accounts where only their owner reads them, in one step."""
    draft = file.with_suffix(".draft")
    text = json.dumps({"address": address, "accounts": [asdict(account) for account in accounts]}, indent=2)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text + "\n")
    draft.replace(file)
