"""Devices that protect against a risk: what audits ask of them, answered by the room of devices. Neither knows the other."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from crisis.audits.sources import Choice, Fails, Standing, Unknown, Works
from crisis.devices import selectors
from crisis.devices.standing import Standing as DeviceStanding
from crisis.devices.standing import standings
from soc.people.models import Member


class Devices:
    """A device protects while it is heard and does what it is told."""

    def status(self, ids: Collection[UUID]) -> dict[UUID, Standing]:
        """How each stands now."""
        return {pk: _standing(one) for pk, one in standings(ids).items()}

    def choices(self, member: Member, site: UUID) -> list[Choice]:
        """The site's devices."""
        rows = selectors.devices(member).filter(site=site).order_by("name")
        return [Choice(device.pk, device.name) for device in rows]


def _standing(one: DeviceStanding) -> Standing:
    if one.works is None:
        return Unknown(one.sentence)
    return Works(one.sentence) if one.works else Fails(one.since, one.sentence)
