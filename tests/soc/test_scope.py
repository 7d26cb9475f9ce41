"""Scoping: a member reaches what is the organisation's, at the sites of the grant, with a right of the role."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from soc.people.middleware import RightsReadOnce
from soc.people.models import Member, Organisation, RoleGrant, Site
from soc.people.rights import Right, Role
from soc.people.scope import holds, scoped
from tests import factories

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


def asked_for_grants(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return sum('FROM "soc_people_rolegrant"' in one["sql"] for one in asked)


def test_a_request_that_only_reads_asks_for_rights_once(client: Client) -> None:
    client.force_login(factories.MemberFactory(roles=[Role.ADMINISTRATOR]))
    assert asked_for_grants(client, "/api/cameras/") == 1
    assert asked_for_grants(client, "/api/cameras/") == 1  # and the next one once again


@pytest.mark.parametrize(("method", "holds_after"), [("GET", True), ("POST", False)])
def test_a_request_that_changes_something_sees_a_right_that_was_just_taken_away(method: str, holds_after: bool) -> None:
    member: Member = factories.MemberFactory(roles=[Role.ADMINISTRATOR])
    held: list[bool] = []

    def answer(_request: HttpRequest) -> HttpResponse:
        held.append(holds(member, Right.SEE_SITES))
        RoleGrant.objects.filter(member=member).delete()
        held.append(holds(member, Right.SEE_SITES))
        return HttpResponse()

    RightsReadOnce(answer)(RequestFactory().generic(method, "/api/sites/"))
    assert held == [True, holds_after]
    assert not holds(member, Right.SEE_SITES)
