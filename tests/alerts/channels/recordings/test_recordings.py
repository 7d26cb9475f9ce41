"""Recordings are kept with their words, refused in words, journalled, and deleted when nothing has used them for long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from alerts.channels.recordings import services, uses
from alerts.channels.recordings.models import SoundRecording
from soc import clock
from soc.journal.models import Entry
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests.alerts.channels.recordings.files import KINDS, wav
from tests.factories import MemberFactory, SiteFactory, SoundRecordingFactory

pytestmark = pytest.mark.django_db
SOUND = wav(0.2, hertz=16_000)


@pytest.fixture
def agent() -> Member:
    return MemberFactory(roles=[Role.AGENT])


@pytest.fixture
def site(agent: Member) -> Site:
    return SiteFactory(organisation=agent.organisation)


@pytest.fixture
def needed() -> Iterator[set[UUID]]:
    """Recordings that a room above names."""
    named: set[UUID] = set()

    def name(_organisation: UUID) -> set[UUID]:
        return named

    uses.register_use(name)
    yield named
    uses._NAMED.remove(name)


def client(member: Member) -> APIClient:
    made = APIClient(headers={"accept-language": "en"})
    made.force_authenticate(member)
    return made


def send(member: Member, site: Site, sound: bytes = SOUND, name: str = "a.wav", **more: str) -> Any:
    body = {"site": str(site.pk), "language": "en", "text": "Stay inside.", "origin": "made"} | more
    return client(member).post(
        "/api/sound-recordings/", body | {"sound": SimpleUploadedFile(name, sound)}, format="multipart"
    )


def entries(member: Member, action: str) -> list[Entry]:
    return list(Entry.objects.filter(organisation=member.organisation, action=action).order_by("id"))


def files() -> set[str]:
    folder = Path(settings.MEDIA_ROOT) / "spoken"
    return {one.name for one in folder.glob("*")} if folder.is_dir() else set()


def test_a_recording_is_kept_with_its_words_and_heard_again(agent: Member, site: Site) -> None:
    answer = send(agent, site, KINDS["webm"](), "../../etc/passwd.webm")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["text"], made["language"], made["origin"], made["made_by"]["name"]) == (
        "Stay inside.",
        "en",
        "made",
        agent.display_name,
    )
    heard = client(agent).get(f"/api/sound-recordings/{made['id']}/sound/", headers={"accept": "*/*"})
    assert (heard.status_code, heard["Content-Type"], heard.content[:4]) == (200, "audio/wav", b"RIFF")
    row = SoundRecording.objects.get(pk=made["id"])
    assert str(row.file.name).startswith("spoken/")
    assert "passwd" not in str(row.file.name)
    (entry,) = entries(agent, "sound_recorded")
    assert entry.details["seconds"] == row.seconds
    assert "Stay" not in str(entry.details)
    listed = client(agent).get(f"/api/sound-recordings/?site={site.pk}&language=en").json()["results"]
    assert [one["id"] for one in listed] == [made["id"]]


def test_three_minutes_are_refused_in_a_sentence_and_journalled(agent: Member, site: Site) -> None:
    before = files()
    answer = send(agent, site, wav(180, hertz=16_000))
    assert answer.status_code == 400
    assert answer.json()["message"] == "The recording is too long: at most 30 seconds. Shorten it, then try again."
    assert answer.json()["fields"]["sound"]
    assert not SoundRecording.objects.exists()
    assert files() == before
    (entry,) = entries(agent, "sound_recording_refused")
    assert (entry.details, entry.actor_id, entry.site_id) == ({"refused": "recording_too_long"}, agent.pk, site.pk)


@pytest.mark.parametrize("sound", [b"", b"no sound at all"], ids=["empty", "text"])
def test_what_is_no_sound_is_refused_and_journalled(agent: Member, site: Site, sound: bytes) -> None:
    assert send(agent, site, sound).json()["code"] == "not_a_recording"
    assert [one.details["refused"] for one in entries(agent, "sound_recording_refused")] == ["not_a_recording"]


def test_a_recording_without_words_is_refused(agent: Member, site: Site) -> None:
    answer = send(agent, site, text=" \n ")
    assert (answer.status_code, answer.json()["code"]) == (400, "recording_without_words")
    assert answer.json()["fields"]["text"]


def test_who_may_not_direct_there_keeps_none(agent: Member, site: Site) -> None:
    responder = MemberFactory(organisation=agent.organisation, roles=[Role.RESPONDER])
    assert send(responder, site).status_code == 403
    elsewhere = MemberFactory(site=SiteFactory(organisation=agent.organisation), roles=[Role.AGENT])
    assert send(elsewhere, site).json()["code"] == "no_such_site"
    assert send(MemberFactory(roles=[Role.AGENT]), site).json()["code"] == "no_such_site"
    assert not SoundRecording.objects.exists()


def test_what_a_recording_says_is_never_changed(site: Site) -> None:
    made = SoundRecordingFactory(site=site)
    for change in ({"text": "Go out."}, {"file": "spoken/other.wav"}, {"sha256": "0" * 64}, {"language": "fr"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SoundRecording.objects.filter(pk=made.pk).update(**change)


def test_who_prepares_plans_takes_one_off_the_list(agent: Member, site: Site) -> None:
    made = SoundRecordingFactory(site=site)
    address = f"/api/sound-recordings/{made.pk}/"
    assert client(agent).delete(address).status_code == 403
    administrator = MemberFactory(organisation=agent.organisation, roles=[Role.ADMINISTRATOR])
    assert client(administrator).delete(address).status_code == 204
    assert client(administrator).delete(address).status_code == 404
    assert client(agent).get(address).status_code == 404
    assert default_storage.exists(str(made.file.name))  # what names it goes on with it
    assert len(entries(agent, "sound_recording_removed")) == 1


def test_what_nothing_uses_is_deleted_when_its_time_is_over(site: Site, needed: set[UUID]) -> None:
    used, unused = SoundRecordingFactory(site=site), SoundRecordingFactory(site=site)
    needed.add(used.pk)
    clock.move(dt.timedelta(days=29))
    assert services.destroy_unused() == 0
    clock.move(dt.timedelta(days=2))
    assert services.destroy_unused() == 1
    unused.refresh_from_db()
    used.refresh_from_db()
    assert (unused.destroyed_at is not None, unused.text) == (True, "")
    assert not default_storage.exists(str(unused.file.name))
    assert (used.destroyed_at, default_storage.exists(str(used.file.name))) == (None, True)
    # The time counts from when nothing names it any more, not from when it was made.
    needed.clear()
    services.destroy_unused()
    clock.move(dt.timedelta(days=29))
    assert services.destroy_unused() == 0
    clock.move(dt.timedelta(days=2))
    assert services.destroy_unused() == 1


def test_the_organisation_says_for_how_long(agent: Member, site: Site, needed: set[UUID]) -> None:
    administrator = MemberFactory(organisation=agent.organisation, roles=[Role.ADMINISTRATOR])
    assert client(agent).patch("/api/sound-recordings/policy/", {"days": 2}, format="json").status_code == 403
    of_a_site = MemberFactory(site=site, roles=[Role.ADMINISTRATOR])
    assert client(of_a_site).patch("/api/sound-recordings/policy/", {"days": 2}, format="json").status_code == 403
    for days in (0, 366, -1):
        answer = client(administrator).patch("/api/sound-recordings/policy/", {"days": days}, format="json")
        assert (answer.status_code, "days" in answer.json()["fields"]) == (400, True)
    answer = client(administrator).patch("/api/sound-recordings/policy/", {"days": 2}, format="json")
    assert answer.json()["days"] == 2
    SoundRecordingFactory(site=site)
    theirs = SoundRecordingFactory()
    clock.move(dt.timedelta(days=3))
    assert services.destroy_unused() == 1
    theirs.refresh_from_db()
    assert theirs.destroyed_at is None
    assert entries(agent, "sound_recording_policy")[0].details == {"before": {"days": 30}, "after": {"days": 2}}


def test_a_storage_that_is_full_is_told_in_words(agent: Member, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    answer = send(agent, site)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage")
    assert not SoundRecording.objects.exists()


def test_unknown_recordings_are_not_found(agent: Member) -> None:
    assert client(agent).get(f"/api/sound-recordings/{uuid4()}/").status_code == 404
