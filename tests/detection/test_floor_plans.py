"""Floor plans: what an administrator places, and everything an upload may try."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from PIL import Image, PngImagePlugin
from rest_framework.test import APIClient

from detection.floor_plans import pictures
from detection.floor_plans.models import FloorPlan, PlacedCamera
from detection.models import Camera
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests.factories import (
    CameraFactory,
    FloorPlanFactory,
    MemberFactory,
    PlacedCameraFactory,
    PlanAreaFactory,
    SiteFactory,
    ZoneFactory,
)

pytestmark = pytest.mark.django_db
SECRET = b"a-secret-in-the-file"


def client_of(member: Member, language: str = "en") -> APIClient:
    client = APIClient(HTTP_ACCEPT_LANGUAGE=language)
    client.force_authenticate(member)
    return client


@pytest.fixture
def site() -> Site:
    return SiteFactory()


@pytest.fixture
def client(site: Site) -> APIClient:
    return client_of(MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR]))


def drawn(size: tuple[int, int] = (300, 200), kind: str = "PNG", **more: Any) -> bytes:
    """A picture, white with a red corner at its top left."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 4, size[1] // 4))
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def colour(image: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    pixel = image.convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    return pixel


def upload(client: APIClient, site: Site, data: bytes, name: str = "plan.png", **more: Any) -> Any:
    form = {"site": str(site.pk), "name": "Ground floor", "picture": SimpleUploadedFile(name, data), **more}
    return client.post("/api/floor-plans/", form, format="multipart")


def picture_of(client: APIClient, plan: str, **headers: str) -> HttpResponse:
    answer: HttpResponse = client.get(f"/api/floor-plans/{plan}/picture/", headers=headers)
    return answer


def placed(camera: Camera, **more: float) -> dict[str, Any]:
    return {"camera": str(camera.pk), "x": 0.5, "y": 0.25, "direction": 90, "field_of_view": 70, "reach": 0.2, **more}


def change(client: APIClient, plan: FloorPlan, **entered: Any) -> Any:
    return client.patch(f"/api/floor-plans/{plan.pk}/", {"version": plan.version, **entered}, format="json")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_plan(client: APIClient, site: Site, kind: str) -> None:
    answer = upload(client, site, drawn(kind=kind), level=-1)
    assert answer.status_code == 201, answer.json()
    plan = answer.json()
    assert (plan["name"], plan["level"], plan["width"], plan["height"]) == ("Ground floor", -1, 300, 200)
    shown = picture_of(client, plan["id"])
    assert shown["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(shown.content)) as kept:
        assert (kept.format, kept.size) == ("WEBP", (300, 200))
        red, green, _blue = colour(kept, (10, 10))
        assert (red > 200, green < 60) == (True, True)
    assert Entry.objects.get(action=Action.FLOOR_PLAN_ADDED).subject_id == plan["id"]
    told = FeedEvent.objects.get(kind="plan.changed")
    assert told.payload == {"plan": plan["id"], "site": str(site.pk), "version": 1, "removed": False}
    assert (told.right, told.site_id) == ("see_cameras", site.pk)


def test_the_picture_is_asked_for_anew_and_sent_once(client: APIClient, site: Site) -> None:
    plan = upload(client, site, drawn()).json()["id"]
    first = picture_of(client, plan)
    assert "private" in first["Cache-Control"]
    assert "no-cache" in first["Cache-Control"]
    again = picture_of(client, plan, If_None_Match=f'"other", {first["ETag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert picture_of(client, plan, If_None_Match='"other"').status_code == 200


def test_what_a_file_carries_beside_its_pixels_is_gone(client: APIClient, site: Site) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", SECRET.decode())
    exif = Image.Exif()
    exif[0x9286] = SECRET  # the user's comment
    exif[0x8825] = {1: "N", 2: (45.0, 11.0, 0.0)}  # where it was taken
    for data in (
        drawn(pnginfo=text) + b"PK\x03\x04<script>" + SECRET,
        drawn(kind="JPEG", exif=exif, comment=SECRET) + SECRET,
        drawn(kind="WEBP", xmp=SECRET, icc_profile=SECRET),
    ):
        assert SECRET in data
        plan = upload(client, site, data).json()["id"]
        kept = picture_of(client, plan).content
        assert SECRET not in kept
        with Image.open(io.BytesIO(kept)) as opened:
            assert not opened.getexif()
            assert not {"exif", "icc_profile", "xmp"} & set(opened.info)
        FloorPlan.objects.get(pk=plan).delete()


def test_a_photograph_that_lies_on_its_side_is_turned_upright(client: APIClient, site: Site) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the top is at the right
    plan = upload(client, site, drawn(kind="JPEG", exif=exif, quality=95)).json()
    assert (plan["width"], plan["height"]) == (200, 300)
    with Image.open(io.BytesIO(picture_of(client, plan["id"]).content)) as kept:
        red, green, _blue = colour(kept, (190, 10))
    assert (red > 200, green < 60) == (True, True)


def test_what_is_see_through_lies_on_white(client: APIClient, site: Site) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(file, "PNG")
    plan = upload(client, site, file.getvalue()).json()["id"]
    with Image.open(io.BytesIO(picture_of(client, plan).content)) as kept:
        assert colour(kept, (50, 50)) == (255, 255, 255)


def test_a_large_picture_is_kept_smaller(client: APIClient, site: Site) -> None:
    plan = upload(client, site, drawn((6000, 3000))).json()
    assert (plan["width"], plan["height"]) == (pictures.KEPT_SIDE, pictures.KEPT_SIDE // 2)


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is enormous."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (SVG, "not_a_picture", "PNG, JPEG or WebP"),
        (b"%PDF-1.7\n" + SECRET, "not_a_picture", "PNG, JPEG or WebP"),
        (b"<!doctype html><script>alert(1)</script>", "not_a_picture", "PNG, JPEG or WebP"),
        (b"GIF89a" + bytes(200), "not_a_picture", "PNG, JPEG or WebP"),
        (drawn(kind="BMP"), "not_a_picture", "PNG, JPEG or WebP"),
        (drawn(kind="TIFF"), "not_a_picture", "PNG, JPEG or WebP"),
        (drawn()[:300], "broken_picture", "damaged"),
        (drawn(kind="JPEG")[:400], "broken_picture", "damaged"),
        (bomb(60_000, 60_000), "too_many_pixels", "36 million"),
        (bomb(12_000, 12_000), "too_many_pixels", "36 million"),
        (bomb(7_000, 7_000), "too_many_pixels", "36 million"),
        (drawn((63, 400)), "too_small", "64 pixels"),
        (b"\x89PNG" + bytes(pictures.MAX_BYTES), "too_large", "10 MB"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(
    client: APIClient, site: Site, data: bytes, code: str, words: str
) -> None:
    answer = upload(client, site, data, name="plan.png")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert words in answer.json()["fields"]["picture"]
    assert not FloorPlan.objects.exists()


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow says what is wrong with the metadata that we drop
@pytest.mark.parametrize("place", range(0, 300, 7))
def test_a_picture_with_a_wrong_byte_is_a_picture_or_refused(client: APIClient, site: Site, place: int) -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        exif = Image.Exif()
        exif[0x0112] = 6
        data = bytearray(drawn(kind=kind, exif=exif))
        if place < len(data):
            data[place] ^= 0xFF
        assert upload(client, site, bytes(data), name=f"{kind}.png").status_code in (201, 400)
        FloorPlan.objects.all().delete()


def test_an_empty_file_and_none_are_refused(client: APIClient, site: Site) -> None:
    assert upload(client, site, b"").json()["fields"]["picture"]
    answer = client.post("/api/floor-plans/", {"site": str(site.pk), "name": "x"}, format="multipart")
    assert list(answer.json()["fields"]) == ["picture"]


def test_cameras_and_areas_are_placed_all_at_once(client: APIClient, site: Site) -> None:
    plan, camera = FloorPlanFactory(site=site), CameraFactory(site=site)
    zone = ZoneFactory(camera=camera)
    PlacedCameraFactory(plan=plan)
    PlanAreaFactory(plan=plan)
    area = {"name": "Yard", "polygon": [[0, 0], [0.5, 0], [0.5, 0.5]], "zone": str(zone.pk)}
    answer = change(client, plan, name="Roof", cameras=[placed(camera, direction=-90)], areas=[area])
    assert answer.status_code == 200, answer.json()
    assert answer.json()["cameras"] == [placed(camera, direction=270)]
    assert answer.json()["areas"] == [area]
    assert answer.json()["version"] == 2
    details = Entry.objects.get(action=Action.FLOOR_PLAN_CHANGED).details
    assert sorted(details["after"]) == ["areas", "cameras", "name"]
    assert details["before"]["name"] == plan.name
    assert FeedEvent.objects.get(kind="plan.changed").payload["version"] == 2


def test_a_save_that_changes_nothing_is_no_news(client: APIClient, site: Site) -> None:
    plan, camera = FloorPlanFactory(site=site), CameraFactory(site=site)
    change(client, plan, cameras=[placed(camera)])
    plan.refresh_from_db()
    assert change(client, plan, cameras=[placed(camera)]).json()["version"] == plan.version
    assert FeedEvent.objects.filter(kind="plan.changed").count() == 1


def test_who_changes_a_plan_second_is_told_and_nothing_is_lost(client: APIClient, site: Site) -> None:
    plan, camera = FloorPlanFactory(site=site), CameraFactory(site=site)
    assert change(client, plan, cameras=[placed(camera)]).status_code == 200
    second = change(client, plan, cameras=[], name="Mine")
    assert second.status_code == 409
    assert "colleague" in second.json()["message"]
    assert PlacedCamera.objects.filter(plan=plan).count() == 1
    form = {"version": plan.version, "picture": SimpleUploadedFile("a.png", drawn())}
    assert client.post(f"/api/floor-plans/{plan.pk}/picture/", form, format="multipart").status_code == 409
    assert client.patch(f"/api/floor-plans/{plan.pk}/", {"name": "x"}, format="json").json()["fields"]["version"]


@pytest.mark.parametrize("whose", ["another site's", "another organisation's", "a removed"])
def test_a_camera_that_is_not_here_is_refused(client: APIClient, site: Site, whose: str) -> None:
    cameras: dict[str, Callable[[], Camera]] = {
        "another site's": lambda: CameraFactory(site=SiteFactory(organisation=site.organisation)),
        "another organisation's": CameraFactory,
        "a removed": lambda: CameraFactory(site=site, enabled=False, removed_at="2026-01-01T00:00Z"),
    }
    answer = change(client, FloorPlanFactory(site=site), cameras=[placed(cameras[whose]())])
    assert (answer.status_code, answer.json()["code"]) == (400, "not_of_this_site")
    assert "plan's site" in answer.json()["fields"]["cameras"]
    assert not PlacedCamera.objects.exists()


def test_an_area_goes_with_a_watched_zone_of_its_site_only(client: APIClient, site: Site) -> None:
    plan = FloorPlanFactory(site=site)
    for zone in (ZoneFactory(), ZoneFactory(camera__site=site, private=True)):
        area = {"name": "Yard", "polygon": [[0, 0], [0.5, 0], [0.5, 0.5]], "zone": str(zone.pk)}
        assert change(client, plan, areas=[area]).json()["code"] == "not_of_this_site"


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"x": 1.01}, "cameras.0.x"),
        ({"y": -0.1}, "cameras.0.y"),
        ({"field_of_view": 2}, "cameras.0.field_of_view"),
        ({"reach": 0}, "cameras.0.reach"),
        ({"direction": 400}, "cameras.0.direction"),
    ],
)
def test_a_camera_off_the_picture_is_refused(
    client: APIClient, site: Site, entered: dict[str, float], field: str
) -> None:
    answer = change(client, FloorPlanFactory(site=site), cameras=[placed(CameraFactory(site=site), **entered)])
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


def test_what_is_placed_twice_or_named_twice_or_crosses_itself_is_refused(client: APIClient, site: Site) -> None:
    plan, camera = FloorPlanFactory(site=site), CameraFactory(site=site)
    area = {"name": "Yard", "polygon": [[0, 0], [1, 0], [1, 1]]}
    bow = {"name": "Bow", "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}
    assert change(client, plan, cameras=[placed(camera), placed(camera)]).json()["code"] == "placed_twice"
    assert change(client, plan, areas=[area, area]).status_code == 409
    assert change(client, plan, areas=[bow]).json()["code"] == "shape_crossing"
    other = FloorPlanFactory(site=site)
    assert change(client, plan, name=other.name).json()["fields"]["name"]
    plan.refresh_from_db()
    assert plan.version == 1


def test_a_camera_that_moves_to_another_site_leaves_the_plan(client: APIClient, site: Site) -> None:
    plan = FloorPlanFactory(site=site)
    here = PlacedCameraFactory(plan=plan)
    gone = PlacedCameraFactory(plan=plan)
    Camera.objects.filter(pk=gone.camera_id).update(site=SiteFactory(organisation=site.organisation))
    shown = client.get(f"/api/floor-plans/?site={site.pk}").json()["results"][0]
    assert [one["camera"] for one in shown["cameras"]] == [str(here.camera_id)]


def test_a_zone_that_is_removed_leaves_its_area(client: APIClient, site: Site) -> None:
    zone = ZoneFactory(camera__site=site)
    area = PlanAreaFactory(plan=FloorPlanFactory(site=site), zone=zone)
    assert client.delete(f"/api/cameras/{zone.camera_id}/zones/{zone.pk}/").status_code == 204
    area.refresh_from_db()
    assert area.zone_id is None


def test_the_old_picture_is_deleted_with_its_plan_and_when_replaced(
    client: APIClient, site: Site, django_capture_on_commit_callbacks: Any
) -> None:
    plan = FloorPlan.objects.get(pk=upload(client, site, drawn()).json()["id"])
    first = str(plan.picture.name)
    form = {"version": 1, "picture": SimpleUploadedFile("a.png", drawn((500, 400)))}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/api/floor-plans/{plan.pk}/picture/", form, format="multipart")
    assert (answer.status_code, answer.json()["width"], answer.json()["version"]) == (200, 500, 2)
    plan.refresh_from_db()
    second = str(plan.picture.name)
    assert (default_storage.exists(first), default_storage.exists(second)) == (False, True)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(f"/api/floor-plans/{plan.pk}/").status_code == 204
    assert not default_storage.exists(second)
    assert Entry.objects.get(action=Action.FLOOR_PLAN_REMOVED).subject_id == str(plan.pk)


def test_a_refused_upload_leaves_no_file(client: APIClient, site: Site) -> None:
    FloorPlanFactory(site=site, name="Ground floor")
    before = set(default_storage.listdir("plans")[1]) if default_storage.exists("plans") else set()
    assert upload(client, site, drawn()).json()["code"] == "name_taken"
    after = set(default_storage.listdir("plans")[1]) if default_storage.exists("plans") else set()
    assert after == before


def test_a_picture_that_the_storage_lost_is_told(client: APIClient, site: Site) -> None:
    plan = FloorPlanFactory(site=site, picture="plans/gone.webp")
    answer = client.get(f"/api/floor-plans/{plan.pk}/picture/")
    assert answer.status_code == 503
    assert "Upload it again" in json.loads(answer.content)["message"]


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.AUDITOR])
def test_who_may_not_change_plans_sees_them(site: Site, role: Role) -> None:
    plan = FloorPlanFactory(site=site)
    client = client_of(MemberFactory(organisation=site.organisation, roles=[role]))
    assert client.get("/api/floor-plans/").json()["count"] == 1
    assert change(client, plan, name="x").status_code == 403
    assert upload(client, site, drawn()).status_code == 403
    assert (
        client_of(MemberFactory(organisation=site.organisation, roles=[Role.RESPONDER]))
        .get("/api/floor-plans/")
        .status_code
        == 403
    )


def test_an_administrator_of_one_site_reaches_no_other_sites_plans(site: Site) -> None:
    plan = FloorPlanFactory(site=site)
    elsewhere = SiteFactory(organisation=site.organisation)
    client = client_of(MemberFactory(site=elsewhere, roles=[Role.ADMINISTRATOR]))
    assert client.get("/api/floor-plans/").json()["count"] == 0
    assert picture_of(client, str(plan.pk)).status_code == 404
    assert change(client, plan, name="x").status_code == 404
    assert upload(client, site, drawn()).json()["fields"] == {"site": "There is no such site."}


def test_the_database_refuses_a_camera_of_another_organisation(site: Site) -> None:
    plan = FloorPlanFactory(site=site)
    PlacedCameraFactory(plan=plan, camera=CameraFactory())
    with pytest.raises(IntegrityError, match="same_org"), transaction.atomic():
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    PlacedCamera.objects.all().delete()


def test_the_sentences_are_in_the_readers_language(site: Site) -> None:
    member = MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR])
    answer = upload(client_of(member, "fr"), site, SVG)
    assert "Un plan est une image PNG, JPEG ou WebP" in answer.json()["message"]
