"""What a world is, and the documents that both its rows and the bodies carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from soc.people.models import Member, Organisation, Site
from soc.people.rights import Role
from tests import factories

Ids = dict[str, str]
Body = dict[str, Any]

Bodies = dict[str, Callable[[Ids], Body]]
"""By operation, a body that is accepted when the ids in it are the member's own."""


@dataclass(frozen=True)
class World:
    """One organisation: what it has, by the name of its kind, and its members by role."""

    organisation: Organisation
    site: Site
    ids: Ids
    members: dict[Role, Member]
    everything: Member
    marker: str

    def elsewhere(self) -> Member:
        """A member with all roles, but at another site of the organisation."""
        site = factories.SiteFactory(organisation=self.organisation)
        return factories.MemberFactory(site=site, roles=list(Role))


def said_by(marker: str, site: str = "") -> Body:
    """A plan's document, which carries `marker`."""
    group = {"kind": "site", "site": site} if site else {"kind": "role", "role": "agent"}
    step = {
        "kind": "message",
        "key": "agents",
        "name": f"{marker} step",
        "to": {"groups": [group]},
        "ways": [{"channel": "app"}],
        "words": {"en": {"text": f"{marker} is said"}},
    }
    return {"languages": ["en"], "steps": [step], "stand_down": {"en": {"text": f"{marker} is over"}}}


def script_of(device: object) -> Body:
    return {"steps": [{"do": "set", "device": str(device), "state": "on"}]}
