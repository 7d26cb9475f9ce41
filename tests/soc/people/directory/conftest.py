"""What tests of the directory share: somebody who manages it, and how the API is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from rest_framework.test import APIClient

from soc.people.directory import verification
from soc.people.directory.models import ContactWay
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests.factories import MemberFactory, SiteFactory


class Api:
    """The API, asked by one member."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.client = APIClient()
        self.client.force_authenticate(member)

    def ask(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        """Ask, and expect this answer (any success, when none is named)."""
        answer = getattr(self.client, method)(f"/api/{path}", body, format="json")
        expected = answer.status_code == status if status else answer.status_code < 300
        assert expected, (answer.status_code, answer.content.decode()[:2000])
        return answer.json() if answer.content else None

    def get(self, path: str, status: int = 200) -> Any:
        return self.ask("get", path, None, status)

    def post(self, path: str, body: Any = None, status: int | None = None) -> Any:
        return self.ask("post", path, body, status)

    def patch(self, path: str, body: Any, status: int | None = None) -> Any:
        return self.ask("patch", path, body, status)

    def delete(self, path: str, status: int = 204) -> Any:
        return self.ask("delete", path, None, status)

    def names(self, query: str = "") -> list[str]:
        """The names of the people that a list shows."""
        return [one["display_name"] for one in self.get(f"people/{query}")["results"]]


@dataclass
class Letterbox:
    """What was sent to ways: stands where an upper app sends codes."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def __call__(self, way: ContactWay, code: str, language: str) -> None:
        self.sent.append((way.address, code, language))

    @property
    def code(self) -> str:
        """The last code."""
        return self.sent[-1][1]


@pytest.fixture
def site() -> Site:
    return SiteFactory(name="Mairie")


@pytest.fixture
def admin(site: Site) -> Api:
    """Somebody who manages the directory of all sites."""
    return Api(MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR], display_name="Ada"))


@pytest.fixture
def agent(site: Site) -> Api:
    """Somebody who sees the directory and changes nothing of it."""
    return Api(MemberFactory(organisation=site.organisation, roles=[Role.AGENT], display_name="Gaspard"))


@pytest.fixture
def letterbox() -> Iterator[Letterbox]:
    """Something is set up that sends codes."""
    box = Letterbox()
    verification.register_code_sender(box)
    yield box
    verification.unregister_code_sender(box)
