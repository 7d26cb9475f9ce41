"""Members with a way in, for tests of sockets."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from soc.people.models import Member, Organisation, RoleGrant, Site
from soc.people.rights import Role
from tests.factories import ApiTokenFactory, MemberFactory


@dataclass(frozen=True)
class Person:
    """A member and the text of a token."""

    member: Member
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def person(organisation: Organisation, role: Role | None = Role.AGENT, site: Site | None = None) -> Person:
    member = MemberFactory(organisation=organisation)
    if role is not None:
        RoleGrant.objects.create(organisation=organisation, member=member, role=role, site=site)
    token = secrets.token_urlsafe(24)
    ApiTokenFactory(member=member, text=token)
    return Person(member, token)
