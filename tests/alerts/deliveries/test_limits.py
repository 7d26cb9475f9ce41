"""A broken rule cannot text a town: what is over a minute's limit is held back, written down, and told once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connections, transaction

from alerts.deliveries import limits
from alerts.deliveries.models import Limits, Spent
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Organisation
from soc.people.rights import Role
from tests.alerts.deliveries.people import client
from tests.factories import MemberFactory, OrganisationFactory, SiteFactory


def limited(alarms: int = 2, deliveries: int = 10) -> Organisation:
    organisation: Organisation = OrganisationFactory()
    Limits.objects.create(organisation=organisation, alarms=alarms, deliveries=deliveries)
    return organisation


def spend(organisation: Organisation, deliveries: int, *, alarm: bool = True) -> tuple[bool, int]:
    granted = limits.spend(organisation.pk, deliveries, alarm=alarm)
    return granted.alarm, granted.deliveries


@pytest.mark.django_db
def test_so_many_alarms_and_messages_in_any_minute_and_no_more() -> None:
    organisation = limited()
    assert spend(organisation, 4) == (True, 4)
    clock.move(dt.timedelta(seconds=30))
    assert spend(organisation, 4, alarm=False) == (True, 4)
    assert spend(organisation, 4) == (True, 2), "those that fit leave"
    assert spend(organisation, 4) == (False, 0)
    assert spend(organisation, 1, alarm=False) == (True, 0)
    clock.move(dt.timedelta(seconds=31))
    # What left in the first half of the minute is out of the window, the rest is not.
    assert spend(organisation, 9) == (True, 4)
    assert spend(OrganisationFactory(), 500) == (True, 500), "another organisation has its own"
    clock.move(dt.timedelta(seconds=61))
    assert spend(organisation, 1) == (True, 1)
    assert Spent.objects.filter(organisation=organisation).count() == 1, "what is over is forgotten"


@pytest.mark.django_db
def test_that_something_is_held_back_is_told_once_until_it_is_quiet_again() -> None:
    organisation = limited(alarms=1)
    told = []
    for seconds in (0, 1, 1, 30, 1, 400, 1):
        clock.move(dt.timedelta(seconds=seconds))
        told.append(limits.spend(organisation.pk, 1, alarm=True).tell)
    assert told == [False, True, False, False, False, False, True]
    assert Entry.objects.filter(action=Action.LIMIT_REACHED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_alerts_that_come_at_once_are_not_all_the_last_one() -> None:
    organisation = limited(alarms=5, deliveries=12)
    gate = threading.Barrier(8)
    granted: list[limits.Granted] = []

    def one() -> None:
        gate.wait()
        with transaction.atomic():
            granted.append(limits.spend(organisation.pk, 3, alarm=True))
        connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.alarm for one in granted) == 5
    assert sum(one.deliveries for one in granted) == 12
    assert sum(one.tell for one in granted) == 1


@pytest.mark.django_db(transaction=True)
def test_the_first_two_alerts_of_an_organisation_share_one_row() -> None:
    organisation = OrganisationFactory()
    gate = threading.Barrier(4)
    passed: list[bool] = []

    def one() -> None:
        gate.wait()
        passed.append(limits.spend(organisation.pk, 1, alarm=True).alarm)
        connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed == [True] * 4
    assert Spent.objects.count() == 4


@pytest.mark.django_db
def test_administrators_set_the_limits_and_two_who_do_are_told() -> None:
    organisation = OrganisationFactory()
    api = client(MemberFactory(organisation=organisation, roles=[Role.ADMINISTRATOR]))
    assert api.get("/api/message-limits/").json() == {"alarms": 20, "deliveries": 1000, "version": 1}
    changed = api.patch("/api/message-limits/", {"alarms": 5, "version": 1}, format="json")
    assert changed.json() == {"alarms": 5, "deliveries": 1000, "version": 2}
    assert api.patch("/api/message-limits/", {"alarms": 6, "version": 1}, format="json").status_code == 409
    for wrong in ({"alarms": 0}, {"deliveries": -1}, {"alarms": "many"}, {"unknown": 1}):
        assert api.patch("/api/message-limits/", {**wrong, "version": 2}, format="json").status_code == 400
    assert Entry.objects.get(action=Action.LIMITS_CHANGED).details == {"before": {"alarms": 20}, "after": {"alarms": 5}}
    here = client(MemberFactory(site=SiteFactory(organisation=organisation), roles=[Role.ADMINISTRATOR]))
    assert here.patch("/api/message-limits/", {"alarms": 6, "version": 2}, format="json").status_code == 403
    assert client(MemberFactory(organisation=organisation, roles=[Role.AGENT])).get(
        "/api/message-limits/"
    ).status_code == 403  # fmt: skip
