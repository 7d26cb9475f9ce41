"""A camera tested before it is saved, through a real watcher: a blurred picture, or a sentence that says what is wrong."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
import pytest
from django.test import override_settings
from numpy.typing import NDArray
from rest_framework.test import APIClient

from detection import leases
from detection.models import CameraStatus, Probe, Watcher, WatchState
from soc.config import config
from soc.journal.models import Entry
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests.factories import CameraFactory, MemberFactory, SiteFactory, ZoneFactory
from tests.peers.process import Peer
from tests.system import System, until

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNT = ("--auth", "digest", "--user", "viewer", "--password", "hunter2-secret")


@pytest.fixture
def site() -> Site:
    return SiteFactory()


@pytest.fixture
def administrator(site: Site) -> Member:
    return MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR])


@pytest.fixture
def client(administrator: Member) -> APIClient:
    client = APIClient()
    client.force_authenticate(administrator)
    return client


@pytest.fixture
def system() -> Iterator[System]:
    with System() as running:
        yield running


@pytest.fixture
def watcher(system: System) -> System:
    """A watcher that is ready."""
    system.watcher()
    until(lambda: Watcher.objects.exists(), "a watcher lives")
    return system


def picture(jpeg: bytes) -> NDArray[np.uint8]:
    """(height, width, 3) uint8, RGB."""
    with av.open(io.BytesIO(jpeg), mode="r", format="mjpeg") as container:
        frame = next(iter(container.decode(video=0)))
        return np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def probe(client: APIClient, address: str, **more: Any) -> Any:
    body = {"source": address.partition(":")[0] if "://" in address else "file", "address": address, **more}
    return client.post("/api/cameras/test/", body, format="json")


def test_a_camera_is_tested_before_it_is_saved(watcher: System, client: APIClient, administrator: Member) -> None:
    footage = str(config().footage_folder / "vtest.avi")
    with Peer.of_module("tests.peers.rtsp_server", *ACCOUNT, "--footage", footage) as peer:
        address = f"rtsp://127.0.0.1:{peer.port}/"
        good = probe(client, address + "live", user_name="viewer", password="hunter2-secret").json()
        wrong = probe(client, address + "live", user_name="viewer", password="guess-4711")
        nowhere = probe(client, address + "nowhere", user_name="viewer", password="hunter2-secret")

    assert (good["ok"], good["width"], good["height"]) == (True, 768, 576)
    kind, _, data = good["picture"].partition(",")
    assert kind == "data:image/jpeg;base64"
    assert picture(base64.b64decode(data)).shape == (576, 768, 3)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "wrong_password")
    assert "user name or password" in wrong.json()["message"]
    assert nowhere.json()["code"] == "not_found"
    assert not Probe.objects.exists()
    entries = list(Entry.objects.filter(action="camera_tested"))
    assert [entry.actor_id for entry in entries] == [administrator.pk] * 3
    told = repr([entry.details for entry in entries]) + "".join(program.output for program in watcher._programs)
    assert "hunter2" not in told
    assert "guess-4711" not in told


def test_a_camera_that_does_not_work_is_told_in_a_sentence(watcher: System, client: APIClient) -> None:
    for address, code in (
        ("http://127.0.0.1:1/live", "refused"),
        ("rtsp://no-such-camera.invalid/live", "unreachable"),
        ("no-such-file.mp4", "no_such_file"),
    ):
        answer = probe(client, address)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert answer.json()["message"].endswith(".")
    body = {"source": "file", "address": "no-such-file.mp4"}
    french = client.post("/api/cameras/test/", body, format="json", HTTP_ACCEPT_LANGUAGE="fr").json()
    assert french["code"] == "no_such_file"
    assert french["message"] == "Ce fichier n’existe pas dans le dossier de vidéos de l’exploitant."


def test_a_changed_camera_is_tested_with_its_kept_password_and_private_areas(
    watcher: System, client: APIClient, site: Site
) -> None:
    with Peer.of_module("tests.peers.rtsp_server", *ACCOUNT) as peer:
        address = f"rtsp://127.0.0.1:{peer.port}/live"
        entered = {"site": str(site.pk), "name": "Gate", "source": "rtsp", "address": address}
        entered |= {"user_name": "viewer", "password": "hunter2-secret"}
        camera = client.post("/api/cameras/", entered, format="json").json()
        path = f"/api/cameras/{camera['id']}/"
        half = {"name": "Neighbour", "private": True, "polygon": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}
        assert client.post(path + "zones/", half, format="json").status_code == 201

        kept = probe(client, address, camera=camera["id"])
        assert kept.status_code == 200, kept.content
        shown = picture(base64.b64decode(kept.json()["picture"].partition(",")[2]))
        set_up = client.get(path + "picture/")
    assert set_up["Content-Type"] == "image/jpeg"
    for seen in (shown, picture(set_up.content)):
        assert seen[:, :140].max() < 40
        assert seen[:, 180:].mean() > 60
    # The kept password does not travel to another device.
    with Peer.of_module("tests.peers.rtsp_server", *ACCOUNT) as other:
        elsewhere = probe(client, f"rtsp://127.0.0.1:{other.port}/live", camera=camera["id"])
    assert elsewhere.json()["code"] == "wrong_password"


def test_the_picture_of_a_watched_camera_is_its_live_one(watcher: System, client: APIClient, site: Site) -> None:
    camera = CameraFactory(site=site)
    until(lambda: CameraStatus.objects.filter(camera=camera, state=WatchState.LIVE).exists(), "the camera is live")

    answer = client.get(f"/api/cameras/{camera.pk}/picture/")

    assert picture(answer.content).ndim == 3
    assert answer["Cache-Control"] == "no-store"
    assert Entry.objects.filter(action="live_viewed", subject_id=str(camera.pk)).exists()
    assert not Entry.objects.filter(action="camera_tested").exists()
    seen = client.get(f"/api/cameras/{camera.pk}/").json()["status"]
    assert (seen["state"], seen["reason"], seen["width"]) == ("live", None, 768)


def test_without_a_watcher_that_is_said(client: APIClient) -> None:
    answer = probe(client, "vtest.avi")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_watcher")
    assert not Probe.objects.exists()


def test_without_a_broker_that_is_said(client: APIClient) -> None:
    leases.register("somebody", 4, "test")
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        answer = probe(client, "vtest.avi")
    assert (answer.status_code, answer.json()["code"]) == (503, "broker_away")
    assert not Probe.objects.exists()


def test_nobody_can_scan_a_network_by_testing(client: APIClient) -> None:
    answers = [probe(client, f"10.0.0.{number}.mp4").status_code for number in range(21)]
    assert answers[:20] == [503] * 20
    assert answers[20] == 429


def test_which_cameras_are_not_watched_and_why(client: APIClient, site: Site) -> None:
    watched, crowded, off, unlawful = (
        CameraFactory(site=site, name=name, **facts)
        for name, facts in (
            ("A", {}),
            ("B", {}),
            ("C", {"enabled": False}),
            ("D", {"place": "public_road"}),
        )
    )
    theirs = CameraFactory()
    leases.register("somebody", 1, "test")
    assert leases.take(watched, "somebody")
    CameraStatus.objects.create(camera=watched, organisation=watched.organisation, state=WatchState.LIVE)

    told = client.get("/api/watchers/").json()

    assert [row["name"] for row in told["watchers"]] == ["somebody"]
    assert (told["room"], told["expected"], told["watched"]) == (0, 2, 1)
    assert {row["camera"]: row["reason"] for row in told["unwatched"]} == {
        str(crowded.pk): "no_room",
        str(off.pk): "disabled",
        str(unlawful.pk): "not_lawful",
    }
    assert all(row["sentence"].endswith(".") for row in told["unwatched"])
    assert str(theirs.pk) not in repr(told)
    missing = client.get(f"/api/cameras/{unlawful.pk}/").json()["status"]["missing"]
    assert {fact["field"] for fact in missing} == {"authorisation", "authorised_until"}


def test_room_that_is_there_is_not_called_missing(client: APIClient, site: Site) -> None:
    first, second = CameraFactory(site=site), CameraFactory(site=site)
    leases.register("somebody", 1, "test")
    states = {row["id"]: row["status"] for row in client.get("/api/cameras/").json()["results"]}
    assert states[str(first.pk)]["state"] == "connecting"
    assert states[str(second.pk)]["reason"] == "no_room"


def test_readyz_says_what_is_watched(client: APIClient, site: Site) -> None:
    CameraFactory(site=site)
    body = client.get("/readyz").json()
    assert body["cameras"] == {"ok": False, "watched": 0, "expected": 1}
    assert body["watchers"]["ok"] is False
    assert {"cameras", "watchers"} <= set(body["degraded"])


def test_thirty_cameras_are_listed_with_few_queries(
    client: APIClient, site: Site, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        ZoneFactory(camera=CameraFactory(site=site))
    with django_assert_max_num_queries(16):
        assert len(client.get("/api/cameras/").json()["results"]) == 30
