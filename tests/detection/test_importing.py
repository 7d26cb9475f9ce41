"""Cameras imported from a table through the API: shown first, added when confirmed, and never a password told."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from detection.credentials import open_credentials
from detection.models import Camera
from soc.broadcast.models import FeedEvent
from soc.journal.models import Entry, Personal
from soc.people.models import Site
from soc.people.rights import Role
from tests.factories import CameraFactory, MemberFactory, SiteFactory

pytestmark = pytest.mark.django_db
SECRET = "hunter2-secret"
TABLE = f"""Nom;Site;Adresse;Mot de passe;Type de lieu;Finalité;Base légale;Affiche en place
Parvis;Campus;rtsp://viewer:{SECRET}@127.0.0.1:554/live;;privé;Sécurité;Intérêt légitime;oui
Quai;Campus;quai.avi;;travail;;;non
Rue;Ailleurs;rue.avi;;privé;Sécurité;Intérêt légitime;oui
=1+1;Campus;x.avi;;lune;;;
Nulle part;Campus;rtsp://viewer:{SECRET}/live;;;;;
"""


@pytest.fixture
def site() -> Site:
    return SiteFactory(name="Campus")


@pytest.fixture
def client(site: Site) -> APIClient:
    client = APIClient()
    client.force_authenticate(MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR]))
    return client


def preview(client: APIClient, text: str = TABLE, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/cameras/import/preview/", {"text": text, **more}, format="json")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def bring(client: APIClient, *lines: int, text: str = TABLE, **more: Any) -> list[dict[str, Any]]:
    answer = client.post("/api/cameras/import/", {"text": text, "lines": lines, **more}, format="json")
    assert answer.status_code == 200, answer.content
    return list(answer.json()["rows"])


def test_a_preview_tells_each_rows_faults_and_saves_nothing(client: APIClient, site: Site) -> None:
    told = preview(client)
    rows = {row["line"]: row for row in told["rows"]}
    assert list(rows) == [2, 3, 4, 5, 6]
    assert (rows[2]["problems"], rows[2]["has_credentials"], rows[2]["missing"]) == ([], True, [])
    assert rows[2]["address"] == "rtsp://127.0.0.1:554/live"
    assert {one["field"] for one in rows[3]["missing"]} == {"purpose", "legal_basis", "notice_displayed"}
    assert [one["name"] for one in rows[4]["problems"]] == ["site"]
    assert {one["name"] for one in rows[5]["problems"]} == {"name", "place"}
    assert [one["name"] for one in rows[6]["problems"]] == ["address"]
    assert not Camera.objects.exists()
    assert not Entry.objects.exists()


def test_a_password_is_told_nowhere(client: APIClient, site: Site) -> None:
    told = [preview(client), bring(client, 2, 3, 6), client.get("/api/cameras/").json()]
    told += [list(Entry.objects.values("details")), list(Personal.objects.values()), list(FeedEvent.objects.values())]
    assert SECRET not in json.dumps(told, default=str)
    camera = Camera.objects.get(name="Parvis")
    kept = open_credentials(camera.credentials)
    assert (kept.user_name, kept.password, camera.address) == ("viewer", SECRET, "rtsp://127.0.0.1:554/live")


def test_what_is_confirmed_is_added_and_journalled(client: APIClient, site: Site) -> None:
    answers = bring(client, 2, 3, 5)
    assert [(one["line"], one["camera"] is not None) for one in answers] == [(2, True), (3, True), (5, False)]
    assert "formula" in answers[2]["sentence"]
    assert {camera.name: camera.site for camera in Camera.objects.all()} == {"Parvis": site, "Quai": site}
    assert Entry.objects.filter(action="camera_added").count() == 2
    again = bring(client, 2)
    assert again[0]["camera"] is None
    assert "name" in again[0]["sentence"]


def test_missing_sites_are_added_only_when_asked_for_and_allowed(client: APIClient, site: Site) -> None:
    assert bring(client, 4)[0]["camera"] is None
    row = preview(client, create_sites=True)["rows"][2]
    assert (row["problems"], row["site_is_new"]) == ([], True)
    twice = "name;site;address\nA;Ailleurs;a.avi\nB;ailleurs;b.avi"
    assert all(one["camera"] for one in bring(client, 2, 3, text=twice, create_sites=True))
    assert Site.objects.filter(name="Ailleurs").count() == 1

    here = APIClient()
    here.force_authenticate(MemberFactory(site=site, roles=[Role.ADMINISTRATOR]))
    refused = bring(here, 2, text="name;site;address\nA;Nouveau;a2.avi", create_sites=True)
    assert refused[0]["camera"] is None
    assert not Site.objects.filter(name="Nouveau").exists()


def test_what_is_there_already_is_recognised(client: APIClient, site: Site) -> None:
    CameraFactory(site=site, name="Parvis", address="parvis.avi")
    table = "name;site;address\nPARVIS;campus;new.avi\nOther;Campus;Parvis.avi\nC;Campus;c.avi\nc;Campus;d.avi\nD;Campus;c.avi"
    rows = preview(client, table)["rows"]
    assert [row["twin"] and (row["twin"]["like"], row["twin"]["camera"]) for row in rows] == [
        ("name", "Parvis"),
        ("address", "Parvis"),
        None,
        ("name", "C"),
        ("address", "C"),
    ]
    assert [bool(row["problems"]) for row in rows] == [True, False, False, True, False]
    assert bring(client, 3, text=table)[0]["camera"], "one address for two cameras may be meant"


def test_cameras_out_of_reach_are_no_twins(site: Site) -> None:
    elsewhere = SiteFactory(organisation=site.organisation)
    CameraFactory(site=elsewhere, address="hidden.avi")
    here = APIClient()
    here.force_authenticate(MemberFactory(site=site, roles=[Role.ADMINISTRATOR]))
    row = preview(here, "name;address\nA;hidden.avi")["rows"][0]
    assert (row["twin"], row["problems"], row["site"]) == (None, [], "Campus")
    assert preview(here, f"name;site;address\nA;{elsewhere.name};a.avi")["rows"][0]["problems"]


def test_a_file_of_latin_letters_arrives_whole(client: APIClient, site: Site) -> None:
    file = base64.b64encode("Nom;Adresse\r\nÉvêché;a.avi\r\n".encode("cp1252")).decode()
    answer = client.post("/api/cameras/import/preview/", {"file": file}, format="json").json()
    assert (answer["encoding"], answer["rows"][0]["name"]) == ("windows-1252", "Évêché")
    for wrong in ({}, {"file": file, "text": "x"}, {"file": "§§"}):
        assert client.post("/api/cameras/import/preview/", wrong, format="json").status_code == 400


def test_a_thousand_rows_are_fine(client: APIClient, site: Site) -> None:
    text = "name;address\n" + "\n".join(f"Camera {n};{n}.avi" for n in range(1000))
    assert len(preview(client, text)["rows"]) == 1000
    assert all(one["camera"] for one in bring(client, *range(2, 102), text=text))


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("fr", ";")])
def test_the_template_can_be_imported_as_it_is(client: APIClient, site: Site, language: str, separator: str) -> None:
    answer = client.get("/api/cameras/import/template/", HTTP_ACCEPT_LANGUAGE=language)
    assert answer["Content-Type"].startswith("text/csv")
    file = base64.b64encode(answer.content).decode()
    body = {"file": file, "create_sites": True}
    told = client.post("/api/cameras/import/preview/", body, format="json", HTTP_ACCEPT_LANGUAGE=language).json()
    assert (told["separator"], told["unknown"]) == (separator, [])
    (row,) = told["rows"]
    fields = {one["name"] for one in row["problems"]}
    assert fields <= {"address"}, "the example's network may be out of bounds here; nothing else may be wrong"


def test_who_may_not_manage_cameras_imports_none(site: Site) -> None:
    agent = APIClient()
    agent.force_authenticate(MemberFactory(organisation=site.organisation, roles=[Role.AGENT]))
    assert agent.post("/api/cameras/import/preview/", {"text": TABLE}, format="json").status_code == 403
    assert agent.post("/api/cameras/import/", {"text": TABLE, "lines": [2]}, format="json").status_code == 403
    assert agent.get("/api/cameras/import/template/").status_code == 403
