"""Walls: one's own, those that are shared, and never a camera that one may not watch."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from detection.models import Camera
from detection.walls.models import Place, Wall
from soc.broadcast.models import FeedEvent
from soc.journal.models import Entry
from soc.people.models import Member, RoleGrant, Site
from soc.people.rights import Role
from tests.factories import CameraFactory, MemberFactory, SiteFactory, WallFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return SiteFactory()


@pytest.fixture
def cameras(site: Site) -> list[Camera]:
    return [CameraFactory(site=site, name=f"Camera {letter}") for letter in "ABC"]


def member(site: Site, role: Role, *, here: bool = False) -> Member:
    return MemberFactory(organisation=site.organisation, roles=[role], **({"site": site} if here else {}))


def signed_in(who: Member) -> APIClient:
    client = APIClient()
    client.force_login(who)
    return client


def keep(client: APIClient, cameras: list[Camera], status: int = 201, **entered: Any) -> dict[str, Any]:
    body = {"name": "Entrances", "layout": "4", "cameras": [str(camera.pk) for camera in cameras], **entered}
    answer = client.post("/api/walls/", body, format="json")
    assert answer.status_code == status, answer.content
    return dict(answer.json())


def listed(client: APIClient) -> list[str]:
    return [wall["name"] for wall in client.get("/api/walls/").json()]


def test_a_wall_keeps_its_cameras_in_their_order(site: Site, cameras: list[Camera]) -> None:
    client = signed_in(member(site, Role.AGENT))
    order = [cameras[2], cameras[0]]
    made = keep(client, order, layout="1+5")
    assert (made["name"], made["layout"], made["shared"], made["mine"], made["may_change"]) == (
        "Entrances", "1+5", False, True, True,
    )  # fmt: skip
    again = client.get(f"/api/walls/{made['id']}/").json()
    assert again["cameras"] == [str(camera.pk) for camera in order]

    turned = [str(camera.pk) for camera in cameras]
    answer = client.patch(f"/api/walls/{made['id']}/", {"version": 1, "cameras": turned}, format="json")
    assert (answer.status_code, answer.json()["cameras"], answer.json()["version"]) == (200, turned, 2)


def test_a_wall_is_its_owners_until_it_is_shared(site: Site, cameras: list[Camera]) -> None:
    supervisor, agent = signed_in(member(site, Role.SUPERVISOR)), signed_in(member(site, Role.AGENT))
    made = keep(supervisor, cameras)
    assert listed(agent) == []
    assert agent.get(f"/api/walls/{made['id']}/").status_code == 404

    answer = supervisor.patch(f"/api/walls/{made['id']}/", {"version": 1, "shared": True}, format="json")
    assert answer.status_code == 200
    assert listed(agent) == ["Entrances"]
    seen = agent.get(f"/api/walls/{made['id']}/").json()
    assert (seen["mine"], seen["may_change"]) == (False, False)
    event = FeedEvent.objects.get(kind="wall.changed")
    assert event.payload == {"wall": made["id"], "version": 2, "removed": False}


def test_an_agent_may_not_share_nor_change_what_a_colleague_shares(site: Site, cameras: list[Camera]) -> None:
    agent = signed_in(member(site, Role.AGENT))
    refused = keep(agent, cameras, 403, shared=True)
    assert refused["fields"]["shared"] == "Only supervisors and administrators may share a wall."
    assert not Wall.objects.exists()

    shared = keep(signed_in(member(site, Role.SUPERVISOR)), cameras, shared=True)
    for answer in (
        agent.patch(f"/api/walls/{shared['id']}/", {"version": 1, "name": "Mine now"}, format="json"),
        agent.delete(f"/api/walls/{shared['id']}/"),
    ):
        assert answer.status_code == 400
        assert answer.json()["code"] == "not_yours"
    assert Wall.objects.get().name == "Entrances"


def test_a_shared_wall_outlives_its_author(site: Site, cameras: list[Camera]) -> None:
    shared = keep(signed_in(member(site, Role.SUPERVISOR)), cameras, shared=True)
    at_the_site_only = signed_in(member(site, Role.SUPERVISOR, here=True))
    assert at_the_site_only.delete(f"/api/walls/{shared['id']}/").status_code == 400
    assert signed_in(member(site, Role.ADMINISTRATOR)).delete(f"/api/walls/{shared['id']}/").status_code == 204
    assert not Wall.objects.exists()
    assert [event.payload["removed"] for event in FeedEvent.objects.filter(kind="wall.changed")] == [False, True]


def test_cameras_that_one_may_not_watch_are_left_out_and_kept(site: Site, cameras: list[Camera]) -> None:
    elsewhere = CameraFactory(site=SiteFactory(organisation=site.organisation))
    supervisor = member(site, Role.SUPERVISOR)
    shared = keep(signed_in(supervisor), [elsewhere, *cameras], shared=True)

    local = signed_in(member(site, Role.AGENT, here=True))
    assert local.get(f"/api/walls/{shared['id']}/").json()["cameras"] == [str(camera.pk) for camera in cameras]
    keep(local, [elsewhere], 400, name="Prying")

    # The owner is moved to this site only, and changes the order: the camera of the other site stays on the wall.
    RoleGrant.objects.filter(member=supervisor).update(site=site)
    turned = [str(camera.pk) for camera in reversed(cameras)]
    answer = signed_in(supervisor).patch(
        f"/api/walls/{shared['id']}/", {"version": 1, "cameras": turned}, format="json"
    )
    assert answer.json()["cameras"] == turned
    assert [place.camera_id for place in Place.objects.all()] == [
        *(camera.pk for camera in reversed(cameras)), elsewhere.pk,
    ]  # fmt: skip


def test_a_shared_wall_without_a_camera_that_one_may_watch_is_not_there(site: Site) -> None:
    elsewhere = CameraFactory(site=SiteFactory(organisation=site.organisation))
    shared = keep(signed_in(member(site, Role.SUPERVISOR)), [elsewhere], shared=True)
    local = signed_in(member(site, Role.AGENT, here=True))
    assert listed(local) == []
    assert local.get(f"/api/walls/{shared['id']}/").status_code == 404


def test_a_camera_that_was_removed_is_on_no_wall(site: Site, cameras: list[Camera]) -> None:
    administrator = signed_in(member(site, Role.ADMINISTRATOR))
    made = keep(administrator, cameras)
    administrator.delete(f"/api/cameras/{cameras[0].pk}/")
    assert administrator.get(f"/api/walls/{made['id']}/").json()["cameras"] == [str(one.pk) for one in cameras[1:]]


def test_who_was_second_is_told(site: Site, cameras: list[Camera]) -> None:
    first, second = (signed_in(member(site, Role.SUPERVISOR)) for _ in range(2))
    made = keep(first, cameras, shared=True)
    path = f"/api/walls/{made['id']}/"
    assert second.patch(path, {"version": 1, "layout": "9"}, format="json").status_code == 200
    late = first.patch(path, {"version": 1, "layout": "16"}, format="json")
    assert late.status_code == 409
    assert "colleague" in late.json()["message"]
    assert Wall.objects.get().layout == "9"


def test_what_is_entered_is_checked(site: Site, cameras: list[Camera]) -> None:
    agent = signed_in(member(site, Role.AGENT))
    made = keep(agent, cameras)
    assert keep(agent, cameras, 409)["fields"]["name"] == "There is a wall of this name already."
    assert "layout" in keep(agent, cameras, 400, name="Other", layout="5")["fields"]
    assert "name" in keep(agent, cameras, 400, name=" ")["fields"]
    assert "colour" in keep(agent, cameras, 400, name="Other", colour="red")["fields"]
    assert "version" in agent.patch(f"/api/walls/{made['id']}/", {"name": "B"}, format="json").json()["fields"]
    keep(signed_in(member(site, Role.AGENT)), cameras)  # another member's names are their own


def test_what_is_done_is_journalled_and_what_changes_nothing_is_not(site: Site, cameras: list[Camera]) -> None:
    owner = member(site, Role.AGENT)
    client = signed_in(owner)
    made = keep(client, cameras[:1])
    path = f"/api/walls/{made['id']}/"
    client.patch(path, {"version": 1, "name": "Entrances"}, format="json")
    client.patch(path, {"version": 1, "name": "Grounds"}, format="json")
    client.delete(path)
    entries = list(Entry.objects.filter(subject_kind="detection_walls.wall").order_by("pk"))
    assert [(entry.action, entry.actor_id, entry.subject_id) for entry in entries] == [
        (action, owner.pk, made["id"]) for action in ("wall_kept", "wall_changed", "wall_deleted")
    ]
    assert entries[1].details == {"before": {"name": "Entrances"}, "after": {"name": "Grounds"}}
    assert not FeedEvent.objects.filter(kind="wall.changed").exists(), "nobody else sees a wall that is not shared"


def test_who_may_not_watch_live_has_no_walls(site: Site) -> None:
    assert signed_in(member(site, Role.AUDITOR)).get("/api/walls/").status_code == 403


def test_the_database_refuses_another_organisations_camera(site: Site, cameras: list[Camera]) -> None:
    wall = WallFactory(owner=member(site, Role.AGENT), cameras=cameras)
    foreign = CameraFactory()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO detection_walls_place (organisation_id, wall_id, camera_id, position) "
            "VALUES (%s, %s, %s, 9)",
            [wall.organisation_id, wall.pk, foreign.pk],
        )
