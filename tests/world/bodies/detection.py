"""What is sent to the addresses of detection: cameras, floor plans, walls."""

from __future__ import annotations

from detection.models import PlaceKind
from tests.world.shapes import Bodies, Body, Ids


def _camera(ids: Ids) -> Body:
    return {
        "site": ids["site"],
        "name": "New camera",
        "source": "file",
        "address": "new.avi",
        "place": PlaceKind.PRIVATE,
        "frames_per_second": 5,
    }


def _plan(ids: Ids) -> Body:
    placed = {"camera": ids["camera"], "x": 0.5, "y": 0.5, "direction": 90, "field_of_view": 70, "reach": 0.2}
    area = {"name": "Yard", "polygon": [[0, 0], [1, 0], [1, 1]], "zone": ids["zone"]}
    return {"version": 1, "name": "Changed", "cameras": [placed], "areas": [area]}


_SQUARE = {"name": "New", "private": False, "polygon": [[0, 0], [1, 0], [1, 1]]}
_LINE = {"name": "New", "start": [0, 0.5], "end": [1, 0.5]}

BODIES: Bodies = {
    "POST /api/cameras/": _camera,
    "PATCH /api/cameras/{id}/": lambda ids: {"site": ids["site"], "name": "Changed"},
    "POST /api/cameras/{id}/copy/": lambda ids: {
        "parts": ["frames"],
        "targets": [{"camera": ids["other_camera"]}],
        "preview": False,
    },
    "POST /api/cameras/import/": lambda _: {"text": "name,address\nNew,new.avi", "lines": [2]},
    "POST /api/cameras/import/preview/": lambda _: {"text": "name,address\nNew,new.avi"},
    "POST /api/cameras/lawful/": lambda ids: {"place": "private", "camera": ids["camera"]},
    "POST /api/cameras/test/": lambda ids: {"source": "file", "address": "new.avi", "camera": ids["camera"]},
    "POST /api/cameras/{camera}/zones/": lambda _: _SQUARE,
    "PATCH /api/cameras/{camera}/zones/{id}/": lambda _: {"name": "Changed"},
    "POST /api/cameras/{camera}/lines/": lambda _: _LINE,
    "PATCH /api/cameras/{camera}/lines/{id}/": lambda _: {"name": "Changed"},
    "POST /api/floor-plans/": lambda ids: {"site": ids["site"], "name": "New plan"},
    "PATCH /api/floor-plans/{id}/": _plan,
    "POST /api/floor-plans/{id}/picture/": lambda _: {"version": 1},
    "POST /api/walls/": lambda ids: {"name": "New wall", "layout": "4", "cameras": [ids["camera"]]},
    "PATCH /api/walls/{id}/": lambda ids: {"version": 1, "name": "Changed", "cameras": [ids["camera"]]},
}
