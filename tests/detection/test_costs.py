"""What one more camera costs and whether there is room, worked out from what is measured."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from detection import leases
from detection.models import Camera, CameraStatus, WatchState
from soc.people.models import Site
from soc.people.rights import Role
from tests.factories import CameraFactory, MemberFactory, SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return SiteFactory()


@pytest.fixture
def client(site: Site) -> APIClient:
    client = APIClient()
    client.force_authenticate(MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR]))
    return client


def watched(site: Site, *, cores: float | None, rate: float = 5.0, **fields: object) -> Camera:
    """A camera that a watcher holds and has measured."""
    camera = CameraFactory(site=site, **fields)
    assert leases.take(camera, "here:1:a")
    CameraStatus.objects.create(
        camera=camera, organisation=site.organisation, state=WatchState.LIVE, analysed_per_second=rate, cores=cores
    )
    return camera


def ask(client: APIClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/watchers/cost/", {"frames_per_second": 5, "analysis_size": 640, **query})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_nothing_is_guessed_where_nothing_is_measured(client: APIClient, site: Site) -> None:
    leases.register("here:1:a", 4, "openvino", cores=2, load=0.5)
    watched(site, cores=None)
    told = ask(client)
    assert (told["cores"], told["basis"], told["measured"]) == (None, "nothing", 0)
    assert (told["places"], told["room"], told["fits"]) == (3, 3, True)


def test_a_new_camera_costs_what_the_others_cost(client: APIClient, site: Site) -> None:
    leases.register("here:1:a", 8, "openvino", cores=2, load=0.9)
    for cores in (0.2, 0.3, 0.4):
        watched(site, cores=cores)
    told = ask(client)
    assert (told["cores"], told["basis"], told["measured"]) == (pytest.approx(0.3), "others", 3)
    assert told["free_cores"] == pytest.approx(1.1)
    assert (told["places"], told["room"], told["fits"]) == (5, 3, True)
    assert ask(client, frames_per_second=10)["cores"] == pytest.approx(0.6)
    assert ask(client, analysis_size=320)["cores"] == pytest.approx(0.075)


def test_a_camera_that_is_watched_is_measured_itself(client: APIClient, site: Site) -> None:
    leases.register("here:1:a", 2, "openvino", cores=2, load=1.0)
    own = watched(site, cores=0.8, rate=5.0)
    watched(site, cores=0.2)
    told = ask(client, camera=own.pk)
    assert (told["cores"], told["basis"], told["free_cores"]) == (0.8, "itself", pytest.approx(1.8))
    assert (told["places"], told["room"], told["fits"]) == (0, 0, True), "it has its place already"
    faster = ask(client, camera=own.pk, frames_per_second=15)
    assert (faster["cores"], faster["fits"]) == (pytest.approx(2.4), False)


def test_a_camera_that_falls_behind_is_not_taken_for_a_cheap_one(client: APIClient, site: Site) -> None:
    leases.register("here:1:a", 4, "openvino", cores=2, load=1.9)
    own = watched(site, cores=0.1, rate=0.5)
    told = ask(client, camera=own.pk)
    assert (told["cores"], told["basis"], told["fits"]) == (pytest.approx(1.0), "itself", False)


def test_without_a_place_or_a_watcher_it_does_not_fit(client: APIClient, site: Site) -> None:
    assert (ask(client)["fits"], ask(client)["free_cores"]) == (False, None)
    leases.register("here:1:a", 1, "openvino", cores=2, load=0.2)
    watched(site, cores=0.2)
    assert (ask(client)["places"], ask(client)["fits"]) == (0, False)


def test_watchers_of_one_machine_share_its_cores(client: APIClient) -> None:
    leases.register("here:1:a", 4, "openvino", cores=2, load=0.5)
    leases.register("here:2:b", 4, "openvino", cores=2, load=0.5)
    leases.register("there:1:c", 4, "openvino", cores=8, load=2.0)
    assert ask(client)["free_cores"] == pytest.approx(7.0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE detection_watcher SET seen_at = seen_at - interval '1 hour' WHERE name = 'there:1:c'")
    assert ask(client)["free_cores"] == pytest.approx(1.0)


def test_figures_of_other_organisations_are_not_looked_at(client: APIClient) -> None:
    leases.register("here:1:a", 4, "openvino", cores=2, load=0.5)
    watched(SiteFactory(), cores=0.4)
    assert ask(client)["basis"] == "nothing"


def test_what_is_asked_is_checked(client: APIClient) -> None:
    answer = client.get("/api/watchers/cost/", {"frames_per_second": 0, "analysis_size": 641})
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"frames_per_second", "analysis_size"}
