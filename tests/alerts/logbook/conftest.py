"""What tests of handovers share: a site with somebody on duty, and the colleague who relieves her."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from alerts.logbook import duty
from alerts.logbook.handover import selectors, services
from alerts.logbook.models import Handover
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests import factories
from tests.factories import PASSWORD


class Desk:
    """A site with an agent on duty and the colleague who relieves her."""

    def __init__(self) -> None:
        self.site: Site = factories.SiteFactory()
        self.leaves = self.colleague(display_name="Camille")
        self.comes = self.colleague(display_name="Dominique", name="dominique")
        self.shift = duty.take_up(self.leaves, self.site.pk)

    def colleague(self, **values: Any) -> Member:
        return factories.MemberFactory(site=self.site, roles=[Role.AGENT], **values)

    def signed(self, text: str = "Two keys are out.") -> Handover:
        return services.give(self.leaves, text=text, seal=selectors.draft(self.shift).seal)


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


def client_of(member: Member, *, proved: bool = True) -> Client:
    client = Client()
    client.force_login(member)
    if proved:
        assert client.post("/api/me/proof/", {"password": PASSWORD}, "application/json").status_code == 204
    return client


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/handovers/{path}", body, content_type="application/json")
