"""What tests of schedules share: a supervisor who asks by the API, and people who take turns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from soc import clock
from soc.people.directory.models import Person
from soc.people.models import Member, Site
from soc.people.on_call import selectors
from soc.people.on_call.models import Rotation, Schedule
from soc.people.rights import Role
from tests import factories

MONDAY = dt.date(2027, 3, 1)
At = Callable[[str], dt.datetime]


@dataclass
class Room:
    """A supervisor's API, and the schedule and people of an organisation."""

    member: Member
    schedule: Schedule
    ada: Person
    ben: Person
    cyd: Person
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.member)

    @property
    def address(self) -> str:
        return f"/api/schedules/{self.schedule.pk}/"

    def post(self, address: str, status: int = 201, /, **body: Any) -> Any:
        return self._send("post", address, status, body)

    def patch(self, address: str, status: int = 200, /, **body: Any) -> Any:
        return self._send("patch", address, status, body)

    def delete(self, address: str, status: int = 204) -> None:
        answer = self.client.delete(self.address + address)
        assert answer.status_code == status, answer.content

    def get(self, address: str = "", status: int = 200, **query: Any) -> Any:
        answer = self.client.get(self.address + address, query)
        assert answer.status_code == status, answer.content
        return answer.json()

    def _send(self, method: str, address: str, status: int, body: dict[str, Any]) -> Any:
        answer = getattr(self.client, method)(self.address + address, body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    def add_rotation(self, *people: Person, status: int = 201, **other: Any) -> Any:
        """Daily turns from Monday 1 March 2027, 8:00 in Paris."""
        body = {
            "name": "First line",
            "kind": "daily",
            "starts_on": MONDAY.isoformat(),
            "handover": "08:00",
            "participants": [str(person.pk) for person in people],
        }
        return self.post("rotations/", status, **(body | other))

    def rotation(self, *people: Person, **said: Any) -> Rotation:
        """A rotation that has long been: weekly turns since 2024."""
        return factories.RotationFactory(schedule=self.schedule, people=list(people), **said)

    def who(self, at: dt.datetime | None = None) -> list[UUID]:
        return selectors.on_call(self.member.organisation_id, self.schedule.pk, at or clock.now())


@pytest.fixture
def site(db: None) -> Site:
    return factories.SiteFactory()


@pytest.fixture
def room(site: Site) -> Room:
    organisation = site.organisation
    ada, ben, cyd = (
        factories.PersonFactory(organisation=organisation, display_name=name) for name in ("Ada", "Ben", "Cyd")
    )
    return Room(
        member=factories.MemberFactory(organisation=organisation, roles=[Role.SUPERVISOR]),
        schedule=factories.ScheduleFactory(organisation=organisation, site=site),
        ada=ada,
        ben=ben,
        cyd=cyd,
    )


@pytest.fixture
def at() -> At:
    """Move business time to an instant (UTC)."""

    def moved(text: str) -> dt.datetime:
        wanted = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
        clock.move(wanted - clock.now())
        return wanted

    return moved
