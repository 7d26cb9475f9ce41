"""Scoping: a member reaches what is the organisation's, at the sites of the grant, with a right of the role."""

from __future__ import annotations

import pytest

from soc.people.models import Member, Organisation, RoleGrant, Site
from soc.people.rights import Right, Role
from soc.people.scope import scoped

pytestmark = pytest.mark.django_db


def member_of(organisation: Organisation, name: str) -> Member:
    return Member.objects.create(organisation=organisation, name=name, display_name=name)


def test_a_grant_at_one_site_reaches_that_site_only() -> None:
    ours = Organisation.objects.create(name="Ours")
    north, south = (Site.objects.create(organisation=ours, name=name) for name in ("North", "South"))
    agent = member_of(ours, "agent")
    RoleGrant.objects.create(organisation=ours, member=agent, role=Role.AGENT, site=north)

    assert list(scoped(Site.objects.all(), agent, Right.SEE_SITES)) == [north]
    assert south not in scoped(Site.objects.all(), agent, Right.SEE_SITES)


def test_nobody_reaches_another_organisation() -> None:
    ours, theirs = (Organisation.objects.create(name=name) for name in ("Ours", "Theirs"))
    Site.objects.create(organisation=theirs, name="Theirs")
    administrator = member_of(ours, "administrator")
    RoleGrant.objects.create(organisation=ours, member=administrator, role=Role.ADMINISTRATOR)

    assert not scoped(Site.objects.all(), administrator, Right.SEE_SITES).exists()
