"""Cameras, zones and lines through the API: what an administrator does, and what is refused with which sentence."""

from __future__ import annotations

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from detection.credentials import open_credentials
from detection.models import Camera, Zone
from soc.broadcast.models import FeedEvent
from soc.journal.models import Entry, Personal
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests.factories import CameraFactory, LineFactory, MemberFactory, RuleFactory, SiteFactory, ZoneFactory

pytestmark = pytest.mark.django_db
SECRET = "p@ss wörd:42"


@pytest.fixture
def site() -> Site:
    return SiteFactory()


@pytest.fixture
def administrator(site: Site) -> Member:
    return MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR])


def client_of(member: Member, language: str = "en") -> APIClient:
    client = APIClient(HTTP_ACCEPT_LANGUAGE=language)
    client.force_authenticate(member)
    return client


@pytest.fixture
def client(administrator: Member) -> APIClient:
    return client_of(administrator)


def entered(site: Site, **more: object) -> dict[str, object]:
    return {
        "site": str(site.pk),
        "name": "Gate",
        "source": "rtsp",
        "address": "rtsp://127.0.0.1:554/live",
        "user_name": "viewer",
        "password": SECRET,
        "place": "private",
        "purpose": "Safety of goods",
        "legal_basis": "Legitimate interest",
        "notice_displayed": True,
        **more,
    }


def add(client: APIClient, site: Site, **more: object) -> dict[str, Any]:
    answer = client.post("/api/cameras/", entered(site, **more), format="json")
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def test_an_administrator_adds_a_camera(client: APIClient, site: Site) -> None:
    made = add(client, site)

    camera = Camera.objects.get(pk=made["id"])
    assert (camera.site, camera.organisation, camera.address) == (site, site.organisation, "rtsp://127.0.0.1:554/live")
    assert made["has_credentials"] is True
    assert made["zones"] == made["lines"] == []
    assert made["status"]["reason"] == "no_watcher"
    assert open_credentials(camera.credentials).password == SECRET


def test_a_password_is_nowhere_in_clear(client: APIClient, site: Site) -> None:
    made = add(client, site)
    changed = client.patch(f"/api/cameras/{made['id']}/", {"password": SECRET + "2"}, format="json")

    told = json.dumps([made, changed.json(), client.get("/api/cameras/").json()], ensure_ascii=False)
    told += repr(list(Entry.objects.values())) + repr(list(Personal.objects.values()))
    told += repr(list(FeedEvent.objects.values()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT detection_camera::text, encode(credentials, 'escape') FROM detection_camera")
        told += repr(cursor.fetchall())
    assert "viewer" not in told
    assert SECRET not in told
    assert open_credentials(Camera.objects.get().credentials).user_name == "viewer"


def test_a_change_is_journalled_with_what_was_before(client: APIClient, site: Site, administrator: Member) -> None:
    made = add(client, site)
    client.patch(f"/api/cameras/{made['id']}/", {"name": "Door", "password": "other", "version": 1}, format="json")

    entry = Entry.objects.filter(action="camera_changed").get()
    assert entry.actor_id == administrator.pk
    assert entry.site_id == site.pk
    assert entry.details == {"before": {"name": "Gate"}, "after": {"name": "Door"}, "credentials": True}
    event = FeedEvent.objects.last()
    assert event is not None
    assert (event.kind, event.payload["version"]) == ("camera.changed", 2)


def test_a_change_that_changes_nothing_leaves_no_trace(client: APIClient, site: Site) -> None:
    made = add(client, site)
    answer = client.patch(f"/api/cameras/{made['id']}/", {"name": "Gate"}, format="json")
    assert answer.json()["version"] == 1
    assert not Entry.objects.filter(action="camera_changed").exists()


def test_who_was_second_is_told(client: APIClient, site: Site) -> None:
    made = add(client, site)
    assert client.patch(f"/api/cameras/{made['id']}/", {"name": "A", "version": 1}, format="json").status_code == 200
    second = client.patch(f"/api/cameras/{made['id']}/", {"name": "B", "version": 1}, format="json")
    assert second.status_code == 409
    assert "colleague" in second.json()["message"]
    assert Camera.objects.get().name == "A"


def test_the_kept_password_is_not_sent_to_another_device(client: APIClient, site: Site) -> None:
    made = add(client, site)
    path = f"/api/cameras/{made['id']}/"
    elsewhere = client.patch(path, {"address": "rtsp://127.0.0.9:554/live"}, format="json")
    assert elsewhere.status_code == 400
    assert "password" in elsewhere.json()["fields"]
    assert client.patch(path, {"address": "rtsp://127.0.0.1:554/other"}, format="json").status_code == 200
    answer = client.patch(path, {"address": "rtsp://127.0.0.9/live", "user_name": "", "password": ""}, format="json")
    assert answer.json()["has_credentials"] is False


@pytest.mark.parametrize(
    ("source", "address", "code"),
    [
        ("rtsp", "rtsp://viewer:secret@127.0.0.1/live", "credentials_in_address"),
        ("http", "http://127.0.0.1/video?usr=a&pwd=b", "credentials_in_address"),
        ("rtsp", "http://127.0.0.1/live", "not_allowed_address"),
        ("rtsp", "file:///etc/passwd", "not_allowed_address"),
        ("http", "http://127.0.0.1:99999/", "not_allowed_address"),
        ("http", "http://127.0.0.1/\r\nHost: x", "not_allowed_address"),
        ("http", "http://169.254.169.254/latest/meta-data", "not_allowed_network"),
        ("http", "http://[::ffff:10.0.0.1]/", "not_allowed_network"),
        ("rtsp", "rtsp://0.0.0.0/live", "not_allowed_network"),
        ("file", "../secret.mp4", "no_such_file"),
        ("file", "/etc/passwd", "no_such_file"),
    ],
)
def test_an_address_out_of_bounds_is_refused(
    client: APIClient, site: Site, source: str, address: str, code: str
) -> None:
    answer = client.post("/api/cameras/", entered(site, source=source, address=address), format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["fields"]["address"].endswith(".")
    assert not Camera.objects.exists()


def test_two_cameras_of_one_name_at_one_site(client: APIClient, site: Site) -> None:
    made = add(client, site)
    assert client.post("/api/cameras/", entered(site), format="json").status_code == 409
    assert client.delete(f"/api/cameras/{made['id']}/").status_code == 204
    add(client, site)


@pytest.mark.django_db(transaction=True)
def test_two_people_add_a_camera_of_one_name_at_once(site: Site, administrator: Member) -> None:
    both = threading.Barrier(2)

    def add_one(_: int) -> int:
        try:
            both.wait()
            return int(client_of(administrator).post("/api/cameras/", entered(site), format="json").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(add_one, range(2))) == [201, 409]


def test_a_removed_camera_is_gone_but_keeps_its_past(client: APIClient, site: Site) -> None:
    rule = RuleFactory(camera__site=site)
    path = f"/api/cameras/{rule.camera_id}/"
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert client.get("/api/cameras/").json()["results"] == []
    kept = Camera.objects.get()
    assert (kept.enabled, kept.credentials) == (False, None)
    assert Entry.objects.filter(action="camera_removed", subject_id=str(kept.pk)).exists()


def test_a_camera_of_another_organisation_does_not_exist(client: APIClient, site: Site) -> None:
    theirs = ZoneFactory()
    line = LineFactory(camera=theirs.camera)
    path = f"/api/cameras/{theirs.camera_id}/"
    zone = {"name": "Z", "polygon": [[0, 0], [1, 0], [1, 1]]}
    for method, where, body in (
        ("get", path, None),
        ("patch", path, {"name": "Mine"}),
        ("delete", path, None),
        ("get", path + "picture/", None),
        ("get", path + "zones/", None),
        ("post", path + "zones/", zone),
        ("get", path + f"zones/{theirs.pk}/", None),
        ("patch", path + f"zones/{theirs.pk}/", {"name": "Mine"}),
        ("delete", path + f"zones/{theirs.pk}/", None),
        ("get", path + "lines/", None),
        ("delete", path + f"lines/{line.pk}/", None),
        ("post", "/api/cameras/test/", {"source": "file", "address": "a.mp4", "camera": str(theirs.camera_id)}),
    ):
        assert getattr(client, method)(where, body, format="json").status_code == 404, (method, where)
    own = CameraFactory(site=site)
    assert client.delete(f"/api/cameras/{own.pk}/zones/{theirs.pk}/").status_code == 404
    answer = client.post("/api/cameras/", entered(theirs.camera.site), format="json")
    assert answer.json()["code"] == "no_such_site"
    # The same answer for a site that is not there and one of another organisation.
    for stranger in (theirs.camera.site_id, uuid.uuid4()):
        filtered = client.get("/api/cameras/", {"site": str(stranger)})
        assert (filtered.status_code, filtered.json()["results"]) == (200, [])


def test_the_database_itself_refuses_another_organisations_site(site: Site) -> None:
    def mixed() -> None:
        CameraFactory(site=SiteFactory(), organisation=site.organisation)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError), transaction.atomic():
        mixed()


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR, Role.SUPERVISOR])
def test_only_an_administrator_changes_cameras(site: Site, role: Role) -> None:
    camera = CameraFactory(site=site)
    client = client_of(MemberFactory(organisation=site.organisation, roles=[role]))
    path = f"/api/cameras/{camera.pk}/"
    assert client.get(path).status_code == 200
    assert client.patch(path, {"name": "X"}, format="json").status_code == 403
    assert client.delete(path).status_code == 403
    assert client.post("/api/cameras/", entered(site), format="json").status_code == 403
    assert client.get(path + "picture/").status_code == 403


def test_an_administrator_of_one_site_reaches_no_other(site: Site) -> None:
    elsewhere = SiteFactory(organisation=site.organisation)
    client = client_of(MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR], site=site))
    other = CameraFactory(site=elsewhere)
    assert client.get(f"/api/cameras/{other.pk}/").status_code == 404
    assert client.post("/api/cameras/", entered(elsewhere), format="json").json()["code"] == "no_such_site"
    made = add(client, site)
    moved = client.patch(f"/api/cameras/{made['id']}/", {"site": str(elsewhere.pk)}, format="json")
    assert moved.json()["code"] == "no_such_site"


@pytest.mark.parametrize(
    ("polygon", "code", "words"),
    [
        ([[0, 0], [1, 1], [1, 0], [0, 1]], "shape_crossing", "crosses or touches itself"),
        ([[0, 0], [1, 0]], "shape_points", "from 3 to 64 points"),
        ([[0, 0], [1, 0], [1, 1.2]], "shape_outside", "in the picture"),
        ([[0, 0], [0, 0], [1, 0], [1, 1]], "shape_repeated", "same place"),
        ([[0, 0]] * 65, "shape_points", "from 3 to 64 points"),
    ],
)
def test_a_zone_that_cannot_be_is_refused_with_the_reason(
    client: APIClient, site: Site, polygon: list[list[float]], code: str, words: str
) -> None:
    camera = CameraFactory(site=site)
    path = f"/api/cameras/{camera.pk}/zones/"
    answer = client.post(path, {"name": "Yard", "polygon": polygon}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert words in answer.json()["fields"]["polygon"]
    assert not Zone.objects.exists()


def test_zones_and_lines_are_drawn_changed_and_removed(client: APIClient, site: Site) -> None:
    camera = CameraFactory(site=site)
    path = f"/api/cameras/{camera.pk}/"
    zone = client.post(
        path + "zones/", {"name": "Yard", "private": True, "polygon": [[0, 0], [1, 0], [1, 1]]}, format="json"
    ).json()
    line = client.post(path + "lines/", {"name": "Door", "start": [0, 0.5], "end": [1, 0.5]}, format="json").json()
    seen = client.get(path).json()
    assert (seen["zones"], seen["lines"], seen["version"]) == ([zone], [line], 3)
    assert (
        client.post(path + "lines/", {"name": "Door", "start": [0, 0], "end": [1, 1]}, format="json").status_code == 409
    )
    flat = client.patch(path + f"lines/{line['id']}/", {"end": [0, 0.5]}, format="json")
    assert "different places" in flat.json()["fields"]["end"]
    assert client.patch(path + f"zones/{zone['id']}/", {"name": "Court"}, format="json").json()["name"] == "Court"
    assert client.delete(path + f"zones/{zone['id']}/").status_code == 204
    assert client.delete(path + f"lines/{line['id']}/").status_code == 204
    assert Entry.objects.filter(action="zone_changed").count() == 5
    assert client.get(path).json()["version"] == 6


def test_a_zone_that_a_rule_uses_stays(client: APIClient, site: Site) -> None:
    zone = ZoneFactory(camera__site=site)
    RuleFactory(camera=zone.camera, zone=zone)
    answer = client.delete(f"/api/cameras/{zone.camera_id}/zones/{zone.pk}/")
    assert answer.status_code == 409
    assert "rule" in answer.json()["message"]
    assert Zone.objects.filter(pk=zone.pk).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("frames_per_second", 0),
        ("frames_per_second", 1000),
        ("analysis_size", 33),
        ("retention_days", 31),
        ("retention_days", 0),
        ("clip_before_s", -1),
        ("source", "webcam"),
        ("place", "moon"),
        ("unknown", 1),
        ("name", ""),
        ("name", "x" * 121),
        ("credentials", "x"),
    ],
)
def test_values_out_of_bounds_are_marked(client: APIClient, site: Site, field: str, value: object) -> None:
    answer = client.post("/api/cameras/", entered(site, **{field: value}), format="json")
    assert answer.status_code == 400
    assert field in answer.json()["fields"]


def test_a_camera_that_is_not_there(client: APIClient) -> None:
    assert client.get(f"/api/cameras/{uuid.uuid4()}/").status_code == 404


def test_the_schema_describes_the_doors(client: APIClient) -> None:
    schema = client.get("/api/schema/", {"format": "json"}).json()
    assert "/api/cameras/{id}/" in schema["paths"] or "/api/cameras/{camera}/" in str(schema["paths"])
    written = schema["components"]["schemas"]["Camera"]["properties"]
    assert "password" not in written
    assert "credentials" not in written
