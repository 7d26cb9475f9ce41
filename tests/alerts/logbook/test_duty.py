"""Duty: who is on it, taking it up, ending it, and what colleagues and strangers see of that."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from alerts.logbook import duty
from alerts.logbook.models import Shift
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def take_up(member: Member, site: str | None = None) -> Any:
    return client_of(member).post("/api/duty/", {"site": site}, content_type="application/json")


@pytest.mark.django_db
def test_duty_is_taken_up_seen_by_colleagues_told_and_journalled() -> None:
    site = factories.SiteFactory()
    agent = factories.MemberFactory(organisation=site.organisation, roles=[Role.AGENT], display_name="Camille")
    auditor = factories.MemberFactory(organisation=site.organisation, roles=[Role.AUDITOR])
    answer = take_up(agent, str(site.pk))
    assert answer.status_code == 201
    seen = client_of(auditor).get("/api/duty/").json()
    assert seen == [answer.json()]
    assert seen[0]["member"] == {"id": str(agent.pk), "name": "Camille"}
    assert seen[0]["site"] == {"id": str(site.pk), "name": site.name}
    assert dt.datetime.fromisoformat(seen[0]["since"]) <= clock.now()

    assert client_of(agent).delete("/api/duty/").status_code == 204
    assert client_of(auditor).get("/api/duty/").json() == []
    events = FeedEvent.objects.filter(organisation=site.organisation, kind="duty.changed").order_by("number")
    assert [(one.payload["on"], one.site_id) for one in events] == [(True, site.pk), (False, site.pk)]
    entries = Entry.objects.filter(organisation=site.organisation, actor_id=agent.pk).order_by("id")
    assert list(entries.values_list("action", "site_id")) == [("duty_taken", site.pk), ("duty_ended", site.pk)]


@pytest.mark.django_db
def test_who_is_on_duty_cannot_take_it_up_again_nor_end_it_twice() -> None:
    agent = factories.MemberFactory(roles=[Role.AGENT])
    assert take_up(agent).status_code == 201
    again = take_up(agent)
    assert (again.status_code, again.json()["code"]) == (409, "on_duty_already")
    assert client_of(agent).delete("/api/duty/").status_code == 204
    twice = client_of(agent).delete("/api/duty/")
    assert (twice.status_code, twice.json()["code"]) == (409, "not_on_duty")


@pytest.mark.django_db
def test_duty_is_taken_up_only_where_alerts_are_handled() -> None:
    here = factories.SiteFactory()
    there = factories.SiteFactory(organisation=here.organisation)
    agent = factories.MemberFactory(site=here, roles=[Role.AGENT])
    assert take_up(agent).json()["fields"]["site"].startswith("Choose the site")
    for other in (there, factories.SiteFactory()):
        refused = take_up(agent, str(other.pk))
        assert (refused.status_code, refused.json()["code"]) == (400, "no_such_site")
    assert take_up(agent, str(here.pk)).status_code == 201
    assert take_up(factories.MemberFactory(organisation=here.organisation, roles=[Role.AUDITOR])).status_code == 403


@pytest.mark.django_db
def test_colleagues_see_duty_at_their_sites_and_at_all_sites() -> None:
    here = factories.SiteFactory()
    there = factories.SiteFactory(organisation=here.organisation)
    looking = factories.MemberFactory(site=here, roles=[Role.AGENT])
    shifts = [
        factories.ShiftFactory(member=factories.MemberFactory(organisation=here.organisation), site=site)
        for site in (here, there, None)
    ]
    factories.ShiftFactory(member=factories.MemberFactory())  # another organisation's, at all its sites
    gone = factories.MemberFactory(organisation=here.organisation, is_active=False)
    factories.ShiftFactory(member=gone, site=here)
    seen = {one["member"]["id"] for one in client_of(looking).get("/api/duty/").json()}
    assert seen == {str(shifts[0].member_id), str(shifts[2].member_id)}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_shift() -> None:
    agent = factories.MemberFactory(roles=[Role.AGENT])

    def one(_: int) -> bool:
        try:
            duty.take_up(agent, None)
        except Refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(one, range(4)))
    assert sorted(taken) == [False, False, False, True]
    assert Shift.objects.filter(member=agent).count() == 1


@pytest.mark.django_db
def test_the_database_holds_one_shift_a_member_and_one_organisation() -> None:
    shift = factories.ShiftFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(organisation=shift.organisation, member=shift.member)
    shift.handed_over_to = shift.member
    with pytest.raises(IntegrityError), transaction.atomic():
        shift.save()
    stray = Shift.objects.create(organisation=factories.OrganisationFactory(), member=factories.MemberFactory())
    with pytest.raises(IntegrityError, match="same_org"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    stray.delete()
