"""A body for every operation that takes one, accepted when the ids in it are the member's own."""

from __future__ import annotations

from tests.world.bodies import alerts, crisis, detection, soc
from tests.world.bodies.forms import FORMS
from tests.world.shapes import Bodies

__all__ = ["BODIES", "FORMS"]

_BY_APP = (soc.BODIES, detection.BODIES, alerts.BODIES, crisis.BODIES)

BODIES: Bodies = {operation: body for bodies in _BY_APP for operation, body in bodies.items()}

assert len(BODIES) == sum(map(len, _BY_APP)), "An operation stands in two files: one would be forgotten."
