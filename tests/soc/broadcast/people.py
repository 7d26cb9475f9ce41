"""Members with a way in, for tests of sockets."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from soc import clock
from soc.people.authentication import digest
from soc.people.models import ApiToken, Member, Organisation, RoleGrant, Site
from soc.people.rights import Role


@dataclass(frozen=True)
class Person:
    """A member and the text of a token."""

    member: Member
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def person(organisation: Organisation, role: Role | None = Role.AGENT, site: Site | None = None) -> Person:
    name = secrets.token_hex(6)
    member = Member.objects.create(organisation=organisation, name=name, display_name=name)
    if role is not None:
        RoleGrant.objects.create(organisation=organisation, member=member, role=role, site=site)
    token = secrets.token_urlsafe(24)
    ApiToken.objects.create(
        organisation=organisation,
        member=member,
        label="test",
        digest=digest(token),
        expires_at=clock.now() + dt.timedelta(hours=1),
    )
    return Person(member, token)
