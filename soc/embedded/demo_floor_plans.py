"""The demo's floor plans: drawn by us when the demo is made, so that the map of `make run` shows where its cameras stand."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

from detection.floor_plans import services as plans
from detection.floor_plans.models import FloorPlan
from detection.models import Camera, Zone
from soc.people.models import Member, Site

Box = tuple[float, float, float, float]
_SIZE = (1600, 1000)
_FINER = 2  # drawn larger and made smaller, so that edges are smooth
_PAPER, _GRASS, _PATH, _ROAD = "#f7f8f9", "#e3eede", "#f2eee6", "#dfe3e7"
_FLOOR, _WALL, _TREE, _HEDGE, _LINE = "#ffffff", "#3f4d58", "#b9d3ae", "#c7dcbd", "#aab4bc"


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """Where a camera of the demo stands on its plan, see `PlacedCamera`."""

    x: float
    y: float
    direction: float
    field_of_view: float = 75
    reach: float = 0.22


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """A plan: who draws it, which cameras stand where, and its areas with the zones (camera, zone) that light them."""

    name: str
    draw: Callable[[Sheet], None]
    cameras: dict[str, DemoPlace]
    areas: dict[str, tuple[list[list[float]], tuple[str, str] | None]]


class Sheet:
    """A drawing in parts of its width and height."""

    def __init__(self) -> None:
        self._size = (_SIZE[0] * _FINER, _SIZE[1] * _FINER)
        self._image = Image.new("RGB", self._size, _PAPER)
        self._pen = ImageDraw.Draw(self._image)

    def _box(self, box: Box) -> Box:
        width, height = self._size
        return box[0] * width, box[1] * height, box[2] * width, box[3] * height

    def fill(self, box: Box, colour: str, round_by: int = 0) -> None:
        """A plain surface."""
        self._pen.rounded_rectangle(self._box(box), radius=round_by * _FINER, fill=colour)

    def room(self, box: Box) -> None:
        """A floor with walls around it."""
        self._pen.rectangle(self._box(box), fill=_FLOOR, outline=_WALL, width=7 * _FINER)

    def door(self, box: Box, colour: str = _FLOOR) -> None:
        """A gap in a wall."""
        self._pen.rectangle(self._box(box), fill=colour)

    def line(self, box: Box, *, width: int = 3, colour: str = _LINE) -> None:
        """From one corner of the box to the other."""
        self._pen.line(self._box(box), fill=colour, width=width * _FINER)

    def tree(self, x: float, y: float, radius: float = 0.02) -> None:
        """A tree seen from above."""
        width, height = self._size
        r = radius * width
        centre = (x * width, y * height)
        self._pen.ellipse((centre[0] - r, centre[1] - r, centre[0] + r, centre[1] + r), fill=_TREE)
        self._pen.ellipse((centre[0] - 6, centre[1] - 6, centre[0] + 6, centre[1] + 6), fill="#8aa87d")

    def png(self) -> io.BytesIO:
        """The drawing as a file."""
        file = io.BytesIO()
        self._image.resize(_SIZE, Image.Resampling.LANCZOS).save(file, "PNG")
        file.seek(0)
        return file


def _courtyard(sheet: Sheet) -> None:
    """Two wings around a court, a walkway along it, a strip of trees."""
    sheet.fill((0.02, 0.03, 0.98, 0.97), _GRASS, 24)
    sheet.fill((0.27, 0.28, 0.93, 0.86), _PATH, 16)
    sheet.fill((0.02, 0.62, 0.98, 0.83), _PATH)
    sheet.fill((0.44, 0.36, 0.86, 0.50), _HEDGE, 20)
    for at in range(6):
        sheet.tree(0.48 + at * 0.068, 0.43)
    for x, y in ((0.06, 0.90), (0.16, 0.92), (0.34, 0.91), (0.58, 0.92), (0.80, 0.90), (0.93, 0.92), (0.955, 0.30)):
        sheet.tree(x, y, 0.024)
    for box in ((0.07, 0.08, 0.30, 0.26), (0.30, 0.08, 0.52, 0.26), (0.52, 0.08, 0.74, 0.26), (0.74, 0.08, 0.93, 0.26)):
        sheet.room(box)
    for box in ((0.07, 0.26, 0.25, 0.42), (0.07, 0.42, 0.25, 0.59)):
        sheet.room(box)
    for x in (0.17, 0.40, 0.63, 0.83):
        sheet.door((x, 0.253, x + 0.035, 0.267), _PATH if x > 0.27 else _FLOOR)
    for y in (0.33, 0.50):
        sheet.door((0.246, y, 0.254, y + 0.06), _PATH)


def _main_gate(sheet: Sheet) -> None:
    """The drive with its barrier, and the gatehouse with the reception."""
    sheet.fill((0.02, 0.03, 0.98, 0.97), _GRASS, 24)
    sheet.fill((0.02, 0.03, 0.10, 0.97), _ROAD)
    sheet.fill((0.02, 0.58, 0.98, 0.84), _ROAD)
    sheet.fill((0.22, 0.50, 0.82, 0.58), _PATH)
    for at in range(11):
        x = 0.12 + at * 0.08
        sheet.line((x, 0.71, x + 0.04, 0.71), width=4)
    sheet.line((0.30, 0.575, 0.30, 0.72), width=9, colour=_WALL)
    sheet.fill((0.29, 0.56, 0.31, 0.60), _WALL, 4)
    for x, y in (
        (0.16, 0.14),
        (0.15, 0.34),
        (0.90, 0.16),
        (0.90, 0.40),
        (0.24, 0.91),
        (0.44, 0.92),
        (0.66, 0.91),
        (0.88, 0.92),
    ):
        sheet.tree(x, y, 0.024)
    for box in ((0.24, 0.10, 0.46, 0.30), (0.24, 0.30, 0.46, 0.50), (0.46, 0.10, 0.80, 0.50)):
        sheet.room(box)
    sheet.door((0.60, 0.493, 0.67, 0.507), _PATH)
    sheet.door((0.455, 0.36, 0.465, 0.43))
    sheet.door((0.32, 0.295, 0.37, 0.305))
    sheet.fill((0.52, 0.20, 0.72, 0.235), _LINE, 6)
    for x in (0.53, 0.60, 0.67):
        sheet.fill((x, 0.255, x + 0.025, 0.295), _ROAD, 8)


PLANS = {
    "Courtyard": DemoPlan(
        "Grounds",
        _courtyard,
        {"Forecourt": DemoPlace(0.27, 0.60, 118, 80, 0.3), "Plain picture": DemoPlace(0.91, 0.29, 225, 70, 0.18)},
        {
            "Walkway": ([[0.02, 0.62], [0.98, 0.62], [0.98, 0.83], [0.02, 0.83]], ("Forecourt", "Walkway")),
            "Planted strip": ([[0.44, 0.36], [0.86, 0.36], [0.86, 0.50], [0.44, 0.50]], ("Forecourt", "Planted strip")),
        },
    ),
    "Main gate": DemoPlan(
        "Ground floor",
        _main_gate,
        {"Main gate": DemoPlace(0.46, 0.54, 205, 90, 0.26), "Reception": DemoPlace(0.78, 0.46, 305, 80, 0.2)},
        {
            "Drive": ([[0.10, 0.58], [0.98, 0.58], [0.98, 0.84], [0.10, 0.84]], ("Main gate", "Drive")),
            "Reception": ([[0.47, 0.12], [0.79, 0.12], [0.79, 0.48], [0.47, 0.48]], None),
        },
    ),
}


def make_plan(actor: Member, site: Site) -> FloorPlan:
    """Add the site's plan as an administrator does, once it has its cameras: the picture, then what is placed on it."""
    demo = PLANS[site.name]
    cameras = {camera.name: camera.pk for camera in Camera.objects.filter(site=site)}
    zones = {(zone.camera.name, zone.name): zone.pk for zone in Zone.objects.filter(camera__site=site)}
    sheet = Sheet()
    demo.draw(sheet)
    plan = plans.add_plan(actor, site.pk, demo.name, 0, sheet.png())
    placed = [
        plans.CameraEntry(
            camera=cameras[name],
            x=place.x,
            y=place.y,
            direction=place.direction,
            field_of_view=place.field_of_view,
            reach=place.reach,
        )
        for name, place in demo.cameras.items()
    ]
    areas = [
        plans.AreaEntry(name=name, polygon=polygon, zone=zones[zone] if zone else None)
        for name, (polygon, zone) in demo.areas.items()
    ]
    return plans.change_plan(actor, plan.pk, {"cameras": placed, "areas": areas}, version=plan.version)
