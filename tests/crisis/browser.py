"""Somebody at a desk or with a phone: a member, what she sends to the API, and what the journal says of it."""

from __future__ import annotations

from typing import Any

from django.test import Client

from soc.journal.models import Entry
from soc.people.models import Member
from tests.factories import PASSWORD


class Browser:
    """A member's browser."""

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

    def prove(self) -> Browser:
        """Show who sits here, as a signature asks."""
        assert self.post("me/proof/", password=PASSWORD).status_code == 204
        return self

    def journalled(self) -> list[str]:
        """The organisation's journal, oldest first."""
        rows = Entry.objects.filter(organisation=self.member.organisation_id).order_by("id")
        return list(rows.values_list("action", flat=True))
