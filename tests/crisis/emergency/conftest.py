"""What tests of emergency services share: somebody who prepares plans, and a client of hers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from tests import factories


class Desk:
    """A member and what she sends to the API."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.client = Client()
        self.client.force_login(member)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/{path}")

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(f"/api/{path}", body, content_type="application/json")

    def patch(self, path: str, **body: Any) -> Any:
        return self.client.patch(f"/api/{path}", body, content_type="application/json")

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/{path}")

    def journalled(self) -> list[str]:
        """The organisation's journal, oldest first."""
        rows = Entry.objects.filter(organisation=self.member.organisation_id).order_by("id")
        return list(rows.values_list("action", flat=True))


@pytest.fixture
def ada(db: None) -> Desk:
    """Prepares plans for all sites."""
    return Desk(factories.MemberFactory(roles=[Role.ADMINISTRATOR]))
