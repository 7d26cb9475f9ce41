"""What tests of plans share: a site with who writes and who approves, a plan without holes, and the other rooms."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import pytest

from crisis.plans import parts, services
from crisis.plans.models import Plan, PlanVersion
from crisis.plans.parts import Part, PartKind
from soc.people.directory.models import ContactWay, Person, WayKind
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests import factories

Document = dict[str, Any]
RISK = uuid.UUID("0d1b6b0a-5b1e-4d0a-9c1e-000000000003")


class Known:
    """Stands for another room of the crisis module: knows these parts, of any organisation."""

    def __init__(self, known: Mapping[UUID, Part]) -> None:
        self.known = dict(known)

    def __call__(self, organisation: UUID, site: UUID, ids: Collection[UUID]) -> Mapping[UUID, Part]:
        """Those of these that are known."""
        assert isinstance(organisation, UUID)
        assert isinstance(site, UUID)
        return {pk: self.known[pk] for pk in ids if pk in self.known}


class House:
    """A site, whoever writes and approves plans for it, and people who can be reached."""

    def __init__(self) -> None:
        self.site: Site = factories.SiteFactory(organisation__language="en")
        self.organisation = self.site.organisation
        self.author = self.member(Role.ADMINISTRATOR)
        self.colleague = self.member(Role.ADMINISTRATOR)
        self.approver = self.member(Role.SUPERVISOR)

    def member(self, *roles: Role) -> Member:
        """A member with these roles, everywhere."""
        return factories.MemberFactory(organisation=self.organisation, roles=list(roles))

    def person(
        self, *, phone: bool = True, email: bool = False, sms: bool = True, voice: bool = True, **fields: Any
    ) -> Person:
        """Somebody of the directory, with a phone."""
        made = factories.PersonFactory(organisation=self.organisation, **{"site": self.site, **fields})
        if phone:
            number = f"+336399{ContactWay.objects.count():05d}"
            factories.ContactWayFactory(person=made, address=number, sms=sms, voice=voice)
        if email:
            factories.ContactWayFactory(person=made, kind=WayKind.EMAIL, address=f"{made.pk}@example.org")
        return made

    def everybody(self) -> Document:
        """The audience of all people of the site."""
        return {"groups": [{"kind": "site", "site": str(self.site.pk)}]}

    def message(self, key: str = "guards", **fields: Any) -> Document:
        """A step that tells the site's people something in English, by SMS, and asks for answers."""
        return {
            "kind": "message",
            "key": key,
            "name": f"Tell {key}",
            "to": self.everybody(),
            "ways": [{"channel": "sms"}],
            "words": {"en": {"text": "{alert} at {site}."}},
            "choices": [{"key": "1", "kind": "safe"}, {"key": "2", "kind": "help"}],
            **fields,
        }

    def document(self, *steps: Document, **fields: Any) -> Document:
        """A plan without holes, or with these steps."""
        return {
            "languages": ["en"],
            "steps": list(steps) or [self.message()],
            "stand_down": {"en": {"text": "It is over."}},
            **fields,
        }

    def plan(self, *steps: Document, **fields: Any) -> Plan:
        """A plan whose first draft says this; its author wrote it."""
        version = services.add_plan(self.author, self.site.pk, f"Plan {Plan.objects.count()}")
        services.save_draft(self.author, version.plan_id, self.document(*steps, **fields), RISK, edits=1)
        return version.plan

    def version(self, *steps: Document, **fields: Any) -> PlanVersion:
        """Its draft."""
        return PlanVersion.objects.select_related("organisation", "plan__site").get(plan=self.plan(*steps, **fields))


@pytest.fixture
def house(db: None) -> House:
    """A site with an author, a colleague who writes too, an approver, and one person with a phone."""
    made = House()
    made.person()
    return made


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> dict[PartKind, Known]:
    """What the other rooms know: one risk, no script, no contact."""
    known = {kind: Known({}) for kind in PartKind}
    known[PartKind.RISK].known[RISK] = Part("R3 Intrusion")
    monkeypatch.setattr(parts, "_CHECKERS", dict(known))
    monkeypatch.setattr(parts, "_ADDRESSES", {})
    monkeypatch.setattr(parts, "_GAPS", [])
    monkeypatch.setattr(parts, "_SEGMENTS", [])
    monkeypatch.setattr(parts, "_UNDER_WAY", [])
    return known
