"""Cameras, what is drawn on them, and the floor plans and walls that show them."""

from __future__ import annotations

from typing import Any

from factory.declarations import LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from detection.floor_plans.models import FloorPlan, PlacedCamera, PlanArea
from detection.models import Camera, Line, Outage, PlaceKind, SourceKind, WatchState, Zone
from detection.walls.models import Layout, Place, Wall
from soc import clock
from tests.factories.base import typed
from tests.factories.people import MemberFactory, SiteFactory


class _Camera(DjangoModelFactory[Camera]):
    """A file camera in a private place, with the facts that make watching it lawful."""

    class Meta:
        model = Camera

    site = SubFactory(SiteFactory)
    organisation = SelfAttribute("site.organisation")
    name = Sequence(lambda n: f"Camera {n}")
    source = SourceKind.FILE
    address = "vtest.avi"
    place = PlaceKind.PRIVATE
    purpose = "Safety of people and goods"
    legal_basis = "Legitimate interest"
    notice_displayed = True


class _Zone(DjangoModelFactory[Zone]):
    class Meta:
        model = Zone

    camera = SubFactory(_Camera)
    organisation = SelfAttribute("camera.organisation")
    name = Sequence(lambda n: f"Zone {n}")
    polygon = LazyFunction(lambda: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]])


class _Line(DjangoModelFactory[Line]):
    class Meta:
        model = Line

    camera = SubFactory(_Camera)
    organisation = SelfAttribute("camera.organisation")
    name = Sequence(lambda n: f"Line {n}")
    start = LazyFunction(lambda: [0.5, 0.0])
    end = LazyFunction(lambda: [0.5, 1.0])


class _Outage(DjangoModelFactory[Outage]):
    """A time without a picture that still lasts; give it an end with ``until=``."""

    class Meta:
        model = Outage

    camera = SubFactory(_Camera)
    organisation = SelfAttribute("camera.organisation")
    state = WatchState.DOWN
    reason = "unreachable"
    since = LazyFunction(clock.now)


class _FloorPlan(DjangoModelFactory[FloorPlan]):
    """A plan whose picture is not there; give it one with ``picture=ContentFile(…, name=…)``."""

    class Meta:
        model = FloorPlan

    site = SubFactory(SiteFactory)
    organisation = SelfAttribute("site.organisation")
    name = Sequence(lambda n: f"Floor {n}")
    sha256 = "0" * 64
    width = 800
    height = 600


class _PlacedCamera(DjangoModelFactory[PlacedCamera]):
    class Meta:
        model = PlacedCamera

    plan = SubFactory(_FloorPlan)
    organisation = SelfAttribute("plan.organisation")
    camera = SubFactory(_Camera, site=SelfAttribute("..plan.site"))
    x = 0.25
    y = 0.5


class _PlanArea(DjangoModelFactory[PlanArea]):
    class Meta:
        model = PlanArea

    plan = SubFactory(_FloorPlan)
    organisation = SelfAttribute("plan.organisation")
    name = Sequence(lambda n: f"Area {n}")
    polygon = LazyFunction(lambda: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]])


class _Wall(DjangoModelFactory[Wall]):
    """A wall: ``WallFactory(owner=agent, cameras=[…])``."""

    class Meta:
        model = Wall

    owner = SubFactory(MemberFactory)
    organisation = SelfAttribute("owner.organisation")
    name = Sequence(lambda n: f"Wall {n}")
    layout = Layout.FOUR

    @classmethod
    def _create(cls, model_class: type[Wall], *args: Any, **kwargs: Any) -> Wall:
        cameras: list[Camera] = kwargs.pop("cameras", [])
        wall = model_class.objects.create(*args, **kwargs)
        for position, camera in enumerate(cameras):
            Place.objects.create(organisation=wall.organisation, wall=wall, camera=camera, position=position)
        return wall


CameraFactory = typed(_Camera)
ZoneFactory = typed(_Zone)
LineFactory = typed(_Line)
OutageFactory = typed(_Outage)
FloorPlanFactory = typed(_FloorPlan)
PlacedCameraFactory = typed(_PlacedCamera)
PlanAreaFactory = typed(_PlanArea)
WallFactory = typed(_Wall)
