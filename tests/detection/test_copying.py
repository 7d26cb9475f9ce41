"""Settings of one camera copied to others: what is shown, what is written, who refuses."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from detection.models import Camera
from soc.journal.models import Entry
from soc.people.models import Site
from soc.people.rights import Role
from tests.factories import CameraFactory, MemberFactory, SiteFactory

pytestmark = pytest.mark.django_db
ALL = ["frames", "analysis", "clips", "retention", "lawful"]


@pytest.fixture
def site() -> Site:
    return SiteFactory()


@pytest.fixture
def client(site: Site) -> APIClient:
    client = APIClient()
    client.force_authenticate(MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR]))
    return client


@pytest.fixture
def source(site: Site) -> Camera:
    return CameraFactory(
        site=site,
        frames_per_second=8.0,
        analysis_size=416,
        clip_before_s=3,
        clip_after_s=9,
        retention_days=7,
        place="open_to_public",
        purpose="Safety of visitors",
        authorisation="2026-0042",
        authorised_until=dt.date(2030, 1, 1),
    )


def send(client: APIClient, source: Camera, *targets: Camera, **more: Any) -> Any:
    seen = [{"camera": str(one.pk), "version": one.version} for one in targets]
    body = {"parts": ALL, "targets": seen, "preview": False, **more}
    return client.post(f"/api/cameras/{source.pk}/copy/", body, format="json")


def test_a_preview_says_what_would_change_and_writes_nothing(client: APIClient, source: Camera, site: Site) -> None:
    other = CameraFactory(site=site, retention_days=7)
    told = send(client, source, other, preview=True, parts=["retention", "frames", "lawful"]).json()["outcomes"][0]
    assert {one["name"]: (one["before"], one["after"]) for one in told["changes"]} == {
        "frames_per_second": (5.0, 8.0),
        "place": ("private", "open_to_public"),
        "purpose": ("Safety of people and goods", "Safety of visitors"),
    }
    assert {one["field"] for one in told["missing"]} == {"authorisation", "authorised_until"}
    assert Camera.objects.get(pk=other.pk).frames_per_second == 5.0
    assert not Entry.objects.filter(action="camera_changed").exists()


def test_what_is_chosen_is_copied_and_each_camera_journalled(client: APIClient, source: Camera, site: Site) -> None:
    others = [CameraFactory(site=site) for _ in range(2)]
    answer = send(client, source, *others, parts=["clips", "retention"])
    assert [one["refusal"] for one in answer.json()["outcomes"]] == ["", ""]
    for other in Camera.objects.filter(pk__in=[one.pk for one in others]):
        assert (other.clip_before_s, other.clip_after_s, other.retention_days) == (3, 9, 7)
        assert (other.frames_per_second, other.version) == (5.0, 2)
    entries = Entry.objects.filter(action="camera_changed")
    assert {entry.subject_id for entry in entries} == {str(one.pk) for one in others}
    assert all(set(entry.details["after"]) == {"clip_before_s", "clip_after_s", "retention_days"} for entry in entries)


def test_an_authorisation_is_never_copied(client: APIClient, source: Camera, site: Site) -> None:
    other = CameraFactory(site=site)
    assert send(client, source, other).status_code == 200
    written = Camera.objects.get(pk=other.pk)
    assert (written.place, written.authorisation, written.authorised_until) == ("open_to_public", "", None)
    assert client.get(f"/api/cameras/{other.pk}/").json()["status"]["reason"] == "not_lawful"


def test_a_camera_that_a_colleague_changed_refuses_and_stops_no_other(
    client: APIClient, source: Camera, site: Site
) -> None:
    first, second = CameraFactory(site=site), CameraFactory(site=site)
    Camera.objects.filter(pk=first.pk).update(version=5)
    outcomes = send(client, source, first, second, parts=["retention"]).json()["outcomes"]
    assert "colleague" in outcomes[0]["refusal"]
    assert outcomes[1]["refusal"] == ""
    assert [Camera.objects.get(pk=one.pk).retention_days for one in (first, second)] == [30, 7]


def test_a_camera_that_has_these_settings_is_left_alone(client: APIClient, source: Camera, site: Site) -> None:
    other = CameraFactory(site=site, retention_days=7)
    told = send(client, source, other, parts=["retention"]).json()["outcomes"][0]
    assert (told["changes"], told["version"]) == ([], 1)
    assert not Entry.objects.filter(action="camera_changed").exists()


def test_what_cannot_be_meant_is_refused(client: APIClient, source: Camera, site: Site) -> None:
    other = CameraFactory(site=site)
    assert send(client, source, source).json()["code"] == "copied_to_itself"
    assert send(client, source, other, parts=[]).json()["code"] == "nothing_chosen"
    assert send(client, source, other, parts=["authorisation"]).status_code == 400
    assert send(client, source).status_code == 400
    unknown = [{"camera": str(uuid.uuid4())}]
    assert send(client, source, targets=unknown).status_code == 404


def test_who_manages_one_site_copies_to_no_other(source: Camera, site: Site) -> None:
    elsewhere = CameraFactory(site=SiteFactory(organisation=site.organisation))
    client = APIClient()
    client.force_authenticate(MemberFactory(site=site, roles=[Role.ADMINISTRATOR]))
    assert send(client, source, elsewhere).status_code == 404
    assert send(client, source, CameraFactory(site=site)).status_code == 200
    client.force_authenticate(MemberFactory(organisation=site.organisation, roles=[Role.SUPERVISOR]))
    assert send(client, source, elsewhere).status_code == 403
