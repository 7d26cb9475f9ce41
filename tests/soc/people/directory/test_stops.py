"""STOP and START: of the number, whoever has it, now and later."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction

from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.directory import services
from soc.people.directory.models import ContactWay, StoppedNumber, WayKind
from soc.people.directory.stops import is_stopped, start, stop
from soc.people.directory.ways import WayEntry
from soc.people.models import Site
from soc.people.rights import Role
from tests.factories import MemberFactory, OrganisationFactory, PersonFactory
from tests.soc.people.directory.conftest import Api

NUMBER = "+33639980001"


@pytest.mark.django_db
def test_stop_holds_for_all_who_have_the_number_in_this_organisation(site: Site) -> None:
    at = clock.now()
    one = PersonFactory(site=site, phone=NUMBER).ways.get()
    other = PersonFactory(organisation=site.organisation, phone=NUMBER).ways.get()
    unlike = PersonFactory(site=site, phone="+33639980002").ways.get()
    foreign = PersonFactory(phone=NUMBER).ways.get()
    assert stop(site.organisation_id, NUMBER, at) == 2
    assert stop(site.organisation_id, NUMBER, clock.now()) == 2  # a second STOP says nothing new
    stopped = {way.pk: way.stopped_at for way in ContactWay.objects.all()}
    assert stopped == {one.pk: at, other.pk: at, unlike.pk: None, foreign.pk: None}
    assert Entry.objects.filter(action=Action.SMS_STOPPED).count() == 2

    assert start(site.organisation_id, NUMBER) == 2
    assert start(site.organisation_id, NUMBER) == 2
    assert not ContactWay.objects.exclude(stopped_at=None).exists()
    assert Entry.objects.filter(action=Action.SMS_RESUMED).count() == 2
    assert all(NUMBER not in str(entry.details) for entry in Entry.objects.all())


@pytest.mark.django_db
def test_a_stopped_number_stays_stopped_when_it_is_entered_anew(admin: Api, site: Site) -> None:
    made = admin.post("people/", {"display_name": "Léa", "ways": [{"kind": "phone", "address": NUMBER}]}, 201)
    stop(site.organisation_id, NUMBER, clock.now())
    version = admin.get(f"people/{made['id']}/")["version"]
    admin.patch(f"people/{made['id']}/", {"version": version, "ways": []})
    again = admin.patch(
        f"people/{made['id']}/", {"version": version + 1, "ways": [{"kind": "phone", "address": "06 39 98 00 01"}]}
    )
    assert again["ways"][0]["stopped_at"] is not None
    admin.post(f"people/{made['id']}/erase/", {"version": version + 2})
    text = "name,phone\nZoé,0639980001"
    admin.post("people/import/", {"text": text})
    assert ContactWay.objects.get().stopped_at is not None
    start(site.organisation_id, NUMBER)
    assert ContactWay.objects.get().stopped_at is None


@pytest.mark.django_db
def test_a_number_that_nobody_has_is_stopped_too_and_kept_as_a_digest_only() -> None:
    organisation, other = OrganisationFactory(), OrganisationFactory()
    assert stop(organisation.pk, NUMBER, clock.now()) == 0
    assert (is_stopped(organisation.pk, NUMBER), is_stopped(other.pk, NUMBER)) == (True, False)
    assert NUMBER.removeprefix("+") not in str(StoppedNumber.objects.values())
    assert Entry.objects.filter(organisation=organisation, action=Action.SMS_STOPPED).count() == 1
    start(organisation.pk, NUMBER)
    assert not is_stopped(organisation.pk, NUMBER)


@pytest.mark.django_db(transaction=True)
def test_a_stop_that_comes_while_the_number_is_entered_is_not_lost() -> None:
    admin = MemberFactory(roles=[Role.ADMINISTRATOR])
    organisation = admin.organisation_id
    done = threading.Event()

    def stopping() -> None:
        try:
            stop(organisation, NUMBER, clock.now())
            done.set()
        finally:
            connections.close_all()

    thread = threading.Thread(target=stopping)
    with transaction.atomic():
        entered: services.PersonEntry = {"display_name": "Léa", "ways": [WayEntry(WayKind.PHONE, NUMBER)]}
        services.add_person(admin, entered)
        thread.start()
        with connection.cursor() as cursor:  # until the other one waits for us
            for _ in range(1000):
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                if cursor.fetchone()[0] or done.wait(0.01):
                    break
        assert not done.is_set()
    thread.join(30)
    assert done.is_set()
    assert ContactWay.objects.get().stopped_at is not None
