"""The journal read through the API: by auditors, in their language, page by page, and journalled itself."""

from __future__ import annotations

import pytest
from django.test import Client

from soc.journal import heads, sealing
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.journal.services import erase_personal, record
from soc.people.models import Member
from soc.people.rights import Role
from tests.factories import MemberFactory, SiteFactory
from tests.soc.journal.tampering import intruder, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> Member:
    return MemberFactory(display_name="Anne Martin", roles=[Role.AUDITOR])


def reader(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_entries_are_written_in_the_readers_language(auditor: Member) -> None:
    record(auditor.organisation, Action.SITE_ADDED, actor=auditor, details={"name": "Gate"})
    record(auditor.organisation, Action.ALERT_RAISED)
    client = reader(auditor)
    newest, oldest = client.get("/api/journal/").json()["results"]
    assert oldest["text"] == "Anne Martin added a site"
    assert oldest["actor"] == {"id": str(auditor.pk), "name": "Anne Martin"}
    assert newest["text"] == "The system raised an alert"
    assert newest["actor"] is None
    Member.objects.filter(pk=auditor.pk).update(language="fr")
    *_rest, french = client.get("/api/journal/").json()["results"]
    assert french["text"] == "Anne Martin a ajouté un site"


def test_reading_is_journalled_with_what_was_asked_for(auditor: Member) -> None:
    reader(auditor).get("/api/journal/?action=site_added&action=site_changed&since=2026-01-01T00:00:00Z")
    entry = Entry.objects.get(action=Action.JOURNAL_READ)
    assert entry.actor_id == auditor.pk
    assert entry.details == {"action": "site_added, site_changed", "since": "2026-01-01T00:00:00Z"}


def test_filters_and_pages(auditor: Member) -> None:
    site = SiteFactory(organisation=auditor.organisation)
    write(auditor.organisation, 5)
    record(auditor.organisation, Action.SITE_CHANGED, subject=site, site_id=site.pk)
    client = reader(auditor)
    (only,) = client.get(f"/api/journal/?subject={site.pk}").json()["results"]
    assert only["action"] == "site_changed"
    page = client.get("/api/journal/?action=signed_in&page_size=2").json()
    seen = [row["id"] for row in page["results"]]
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += [row["id"] for row in page["results"]]
    assert seen == sorted(Entry.objects.filter(action="signed_in").values_list("pk", flat=True), reverse=True)
    assert client.get("/api/journal/?site=nonsense").status_code == 400


def test_personal_data_is_shown_until_it_is_erased(auditor: Member) -> None:
    _first, entry = write(auditor.organisation, 2)
    client = reader(auditor)
    newest = client.get("/api/journal/?action=signed_in").json()["results"][0]
    assert newest["personal"] == {"address": "192.0.2.1"}
    erase_personal(auditor.organisation, [entry.pk], reason="asked for", actor=auditor)
    newest = client.get("/api/journal/?action=signed_in").json()["results"][0]
    assert newest["personal"] is None
    assert newest["personal_erased"]
    assert not Personal.objects.filter(entry=entry).exists()


def test_an_auditor_of_one_site_reads_that_site_only(auditor: Member) -> None:
    site = SiteFactory(organisation=auditor.organisation)
    local = MemberFactory(site=site, roles=[Role.AUDITOR])
    record(auditor.organisation, Action.SITE_CHANGED, subject=site, site_id=site.pk)
    record(auditor.organisation, Action.ALERT_RAISED)
    (only,) = reader(local).get("/api/journal/").json()["results"]
    assert only["site"] == str(site.pk)
    assert reader(local).get("/api/journal/verification/").status_code == 403


def test_verification_says_what_holds_and_what_does_not(auditor: Member) -> None:
    entries = write(auditor.organisation, 3)
    sealing.seal(auditor.organisation)
    heads.export(auditor.organisation.pk)
    client = reader(auditor)
    whole = client.get("/api/journal/verification/").json()
    assert (whole["holds"], whole["entries"], whole["faults"]) == (True, 3, [])
    with intruder():
        Entry.objects.filter(pk=entries[1].pk).update(action="signed_out")
    broken = client.get("/api/journal/verification/").json()
    assert not broken["holds"]
    assert broken["faults"][0]["entry"] == entries[1].pk
    assert str(entries[1].pk) in broken["faults"][0]["message"]
    sealed = {row["id"]: row["sealed"] for row in client.get("/api/journal/").json()["results"]}
    assert sealed.pop(entries[0].pk)
    assert not sealed[max(sealed)]
