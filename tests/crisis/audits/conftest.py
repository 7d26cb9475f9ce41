"""What tests of audits share: a site with who writes, who else edits and who approves; and an audit on its way."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from crisis.audits import services
from crisis.audits.models import AuditedRisk, RiskAudit
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests import factories
from tests.factories import PASSWORD


class House:
    """A site, the administrator who writes, another who edits, the supervisor who approves."""

    def __init__(self) -> None:
        self.site: Site = factories.SiteFactory(name="North campus")
        self.author = self._member("Camille", Role.ADMINISTRATOR)
        self.editor = self._member("Dominique", Role.ADMINISTRATOR)
        self.approver = self._member("Alex", Role.SUPERVISOR)

    def _member(self, name: str, role: Role) -> Member:
        return factories.MemberFactory(organisation=self.site.organisation, roles=[role], display_name=name)

    def draft(self, **risk: Any) -> RiskAudit:
        """A draft with one risk, ready to be submitted."""
        audit = factories.RiskAuditFactory(site=self.site, author=self.author)
        factories.AuditedRiskFactory(audit=audit, **risk)
        return audit

    def in_review(self, **risk: Any) -> RiskAudit:
        audit = self.draft(**risk)
        return services.submit(self.author, audit.pk, version=audit.version)

    def approved(self, **risk: Any) -> RiskAudit:
        audit = self.in_review(**risk)
        return services.approve(self.approver, audit.pk, version=audit.version)


@pytest.fixture
def house(db: None) -> House:
    return House()


def only_risk(audit: RiskAudit) -> AuditedRisk:
    return AuditedRisk.objects.get(audit=audit)


def client_of(member: Member, *, proved: bool = False) -> Client:
    client = Client()
    client.force_login(member)
    if proved:
        assert client.post("/api/me/proof/", {"password": PASSWORD}, "application/json").status_code == 204
    return client


def send(member: Member, method: str, path: str, *, proved: bool = False, **body: Any) -> Any:
    client = client_of(member, proved=proved)
    return getattr(client, method)(f"/api/{path}", body, content_type="application/json")


def get(member: Member, path: str) -> Any:
    return client_of(member).get(f"/api/{path}").json()
