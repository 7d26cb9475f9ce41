"""The journal read through the API: by auditors, in their language, page by page, and journalled itself."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from soc import clock
from soc.journal import digests, heads, sealing, verifying, words
from soc.journal.actions import Action
from soc.journal.digests import Json, Sealer
from soc.journal.models import Entry, Personal, Seal, VerificationRun
from soc.journal.services import erase_personal, record
from soc.journal.verification import Verification, verify
from soc.people.models import Member
from soc.people.rights import Role
from tests.factories import AlertFactory, CameraFactory, MemberFactory, RecordingFactory, RuleFactory, SiteFactory
from tests.soc.journal.tampering import intruder, write
from tests.system import until

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


def test_what_is_named_by_when_it_was_is_on_the_organisations_clock(
    auditor: Member, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    camera = CameraFactory(organisation=auditor.organisation, site=SiteFactory(organisation=auditor.organisation))
    summer = dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)
    recordings = [
        RecordingFactory(alert=AlertFactory(rule=RuleFactory(camera=camera, name="Gate"), captured_at=summer))
        for _ in range(5)
    ]
    entries = [record(auditor.organisation, Action.RECORDING_KEPT, subject=one) for one in recordings]
    with override("en"), django_assert_max_num_queries(3):
        names = words.names_in(auditor.organisation, entries)
    assert set(names.subjects.values()) == {"snapshot Gate 2026-07-02 00:30:00"}


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
    assert reader(local).post("/api/journal/verifications/").json()["code"] == "whole_organisation"
    verifying.ask(auditor)
    assert reader(local).get("/api/journal/verifications/").json()["results"] == []


def verified(client: Client) -> Any:
    asked = client.post("/api/journal/verifications/")
    assert (asked.status_code, asked.json()["found"]) == (202, None)
    assert verifying.run_due() == 1
    return client.get(f"/api/journal/verifications/{asked.json()['id']}/").json()


def test_verification_says_what_holds_and_what_does_not(auditor: Member) -> None:
    entries = write(auditor.organisation, 3)
    sealing.seal(auditor.organisation)
    heads.export(auditor.organisation.pk)
    client = reader(auditor)
    whole = verified(client)
    assert whole["asked_by"]["name"] == "Anne Martin"
    assert whole["finished_at"] >= whole["started_at"] >= whole["asked_at"]
    assert (whole["entries"], whole["total"]) == (3, 3)
    head = Seal.objects.get()
    assert (whole["found"]["holds"], whole["found"]["faults"]) == (True, [])
    assert (whole["found"]["head"], whole["found"]["head_number"]) == (head.digest, 1)
    with intruder():
        Entry.objects.filter(pk=entries[1].pk).update(action="signed_out")
    broken = verified(client)["found"]
    assert not broken["holds"]
    assert broken["faults"][0]["entry"] == entries[1].pk
    assert str(entries[1].pk) in broken["faults"][0]["message"]
    sealed = {row["id"]: row["sealed"] for row in client.get("/api/journal/").json()["results"]}
    assert sealed.pop(entries[0].pk)
    assert not sealed[max(sealed)]
    noted = Entry.objects.filter(action=Action.JOURNAL_VERIFIED).order_by("id")
    assert [(one.actor_id, one.details["holds"]) for one in noted] == [(auditor.pk, True), (auditor.pk, False)]
    first_read = client.get("/api/journal/verifications/").json()["results"]
    assert [one["found"]["holds"] for one in first_read] == [False, True]


def test_one_verification_is_under_way_at_a_time(auditor: Member) -> None:
    first, again = verifying.ask(auditor), verifying.ask(auditor)
    assert first.pk == again.pk
    assert verifying.run_due() == 1
    assert verifying.run_due() == 0
    assert verifying.ask(auditor).pk != first.pk


def test_a_verification_whose_process_died_is_run_by_another(auditor: Member) -> None:
    run = verifying.ask(auditor)
    VerificationRun.objects.filter(pk=run.pk).update(started_at=clock.now(), beat_at=clock.now())
    assert verifying.run_due() == 0, "it may still live"
    VerificationRun.objects.filter(pk=run.pk).update(beat_at=clock.now() - verifying.LOST_AFTER * 2)
    assert verifying.run_due() == 1
    run.refresh_from_db()
    assert run.finished_at


@pytest.mark.django_db(transaction=True)
def test_how_far_it_is_can_be_read_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    auditor = MemberFactory(roles=[Role.AUDITOR])
    write(auditor.organisation, 4)
    sealing.seal(auditor.organisation)
    run = verifying.ask(auditor)
    monkeypatch.setattr(verifying, "BEATS_EVERY_S", 0.02)
    seen: list[int] = []

    def slowly(organisation: UUID, *, progress: Callable[[int], None]) -> Verification:
        progress(2)
        until(lambda: VerificationRun.objects.get(pk=run.pk).entries == 2, "the row says how far it is")
        seen.append(VerificationRun.objects.get(pk=run.pk).total)
        return verify(organisation, progress=progress)

    monkeypatch.setattr(verifying, "verify", slowly)
    assert verifying.run_due() == 1
    assert seen == [4]


def test_an_entry_is_opened_with_its_changes_in_words_and_its_seal(auditor: Member) -> None:
    camera = CameraFactory(site__organisation=auditor.organisation, name="Gate")
    details: dict[str, Json] = {
        "before": {"retention_days": 30, "place": "private", "notice_displayed": True, "site": str(camera.site_id)},
        "after": {"retention_days": 7, "place": "public_road", "notice_displayed": False, "site": None},
        "note": "asked for",
    }
    entry = record(
        auditor.organisation,
        Action.CAMERA_CHANGED,
        actor=auditor,
        subject=camera,
        site_id=camera.site_id,
        details=details,
    )
    client = reader(auditor)
    opened = client.get(f"/api/journal/{entry.pk}/").json()
    assert opened["subject"] == {"kind": "detection.camera", "id": str(camera.pk), "word": "camera", "name": "Gate"}
    assert opened["site_name"] == camera.site.name
    assert sorted(opened["changes"], key=lambda one: str(one["label"])) == [
        {"label": "Days kept", "before": "30", "after": "7"},
        {"label": "Kind of place", "before": "Private", "after": "Public road"},
        {"label": "Notice displayed", "before": "yes", "after": "no"},
        {"label": "Site", "before": camera.site.name, "after": "–"},
    ]
    assert opened["further"] == [{"label": "Note", "before": None, "after": "asked for"}]
    assert opened["seal"] is None
    made = sealing.seal(auditor.organisation)
    assert made is not None
    Member.objects.filter(pk=auditor.pk).update(language="fr")
    opened = client.get(f"/api/journal/{entry.pk}/").json()
    assert (opened["seal"]["number"], opened["seal"]["digest"]) == (1, made.digest)
    assert {"label": "Type de lieu", "before": "Privé", "after": "Voie publique"} in opened["changes"]
    assert Entry.objects.filter(action=Action.JOURNAL_READ, details={"entry": entry.pk}).count() == 2


def test_a_state_that_changed_and_what_was_added_or_removed_are_told_apart(auditor: Member) -> None:
    alert = AlertFactory(rule__camera__site__organisation=auditor.organisation)
    both = record(
        auditor.organisation,
        Action.ALERT_ACKNOWLEDGED,
        subject=alert,
        details={"before": "open", "after": "acknowledged"},
    )
    added = record(auditor.organisation, Action.SITE_ADDED, details={"after": {"name": "Gate"}})
    removed = record(auditor.organisation, Action.CAMERA_REMOVED, details={"before": {"name": "Gate"}})
    client = reader(auditor)
    changes = [client.get(f"/api/journal/{one.pk}/").json()["changes"] for one in (both, added, removed)]
    assert changes == [
        [{"label": "State", "before": "open", "after": "acknowledged"}],
        [{"label": "Name", "before": None, "after": "Gate"}],
        [{"label": "Name", "before": "Gate", "after": None}],
    ]


def exported(client: Client, query: str) -> str:
    return bytes(client.get(f"/api/journal/export/?{query}").getvalue()).decode()


def test_an_export_can_be_checked_outside_with_the_key_alone(auditor: Member) -> None:
    for size in (3, 2):
        write(auditor.organisation, size)
        sealing.seal(auditor.organisation)
    client = reader(auditor)
    first, *rest = [json.loads(line) for line in exported(client, "as=jsonl&action=signed_in").splitlines()]
    entries, seals = ([one for one in rest if one["type"] == kind] for kind in ("entry", "seal"))
    assert (first["asked"], first["head"]["number"]) == ({"as": "jsonl", "action": "signed_in"}, 2)
    assert (len(entries), len(seals)) == (5, 2)
    sealer = Sealer(auditor.organisation_id)
    before = "0" * 64
    for seal in seals:
        assert seal["previous"] == before
        made = Seal(
            organisation_id=auditor.organisation_id,
            **{name: seal[name] for name in ("number", "entry_ids", "entry_digests", "previous")},
            sealed_at=dt.datetime.fromisoformat(seal["sealed_at"]),
        )
        assert sealer.seal(made) == seal["digest"]
        before = seal["digest"]
    assert before == first["head"]["digest"]
    for entry in entries:
        seal = seals[entry["seal"] - 1]
        assert seal["entry_digests"][seal["entry_ids"].index(entry["id"])] == entry["digest"]
        if entry["personal"]:
            kept = entry["personal"]
            assert digests.personal(bytes.fromhex(kept["salt"]), kept["text"]) == entry["personal_digest"]
        again = Entry(
            pk=entry["id"],
            organisation_id=auditor.organisation_id,
            at=dt.datetime.fromisoformat(entry["at"]),
            actor_id=entry["actor"],
            site_id=entry["site"],
            **{name: entry[name] for name in ("action", "subject_kind", "subject_id", "details", "personal_digest")},
        )
        assert sealer.entry(again) == entry["digest"]
    noted = Entry.objects.get(action=Action.JOURNAL_EXPORTED)
    assert noted.details == {"as": "jsonl", "action": "signed_in", "count": 5}


def test_an_export_for_spreadsheets_is_in_words_and_runs_nothing(auditor: Member) -> None:
    site = SiteFactory(organisation=auditor.organisation, name="=1+1")
    record(auditor.organisation, Action.SITE_CHANGED, actor=auditor, subject=site, site_id=site.pk)
    rows = list(csv.reader(io.StringIO(exported(reader(auditor), "as=csv&action=site_changed")[1:])))
    assert rows[0][3:6] == ["Who", "What", "Of what"]
    assert rows[1][3:7] == ["Anne Martin", "changed a site", "'=1+1", "'=1+1"]
    assert rows[1][8] == "not sealed yet"


def test_actions_are_listed_in_the_readers_language(auditor: Member) -> None:
    listed = {one["key"]: one["text"] for one in reader(auditor).get("/api/journal/actions/").json()}
    assert listed["site_added"] == "added a site"
    assert set(listed) == set(Action.values)


def test_what_was_asked_is_journalled_without_what_is_no_filter(auditor: Member) -> None:
    client = reader(auditor)
    for query in ("x=%00", "x=" + "a" * 5000, "action=signed_in%00"):
        assert client.get(f"/api/journal/?{query}").status_code in (200, 400), query
    kept = [entry.details for entry in Entry.objects.filter(action=Action.JOURNAL_READ, actor_id=auditor.pk)]
    assert all("x" not in details for details in kept)


def test_an_auditor_reads_roles_and_ways_in_words(auditor: Member) -> None:
    member = MemberFactory(organisation=auditor.organisation, roles=[])
    role: dict[str, Json] = {"role": "administrator", "site": None}
    granted = record(auditor.organisation, Action.ROLE_GRANTED, subject=member, details=role)
    entered = record(auditor.organisation, Action.SIGNED_IN, subject=member, details={"way": "recovery_code"})
    with override("fr"):
        names = words.names_in(auditor.organisation, [granted, entered])
        assert [one.after for one in words.further(granted, names)] == ["Administrateur"]
        assert [one.after for one in words.further(entered, names)] == ["code de secours"]
