"""The factories make rows that the database accepts, each in one organisation."""

from __future__ import annotations

import pytest

from soc.people.rights import Right, Role
from soc.people.scope import holds
from tests import factories

pytestmark = pytest.mark.django_db(transaction=False)


def test_every_factory_makes_rows_of_one_organisation() -> None:
    recording = factories.RecordingFactory()
    alert = recording.alert
    factories.AlertLogFactory(alert=alert)
    zone, line = factories.ZoneFactory(camera=alert.camera), factories.LineFactory(camera=alert.camera)
    token = factories.ApiTokenFactory(member__organisation=alert.organisation)
    assert {
        row.organisation for row in (recording, alert, alert.rule, alert.camera, alert.site, zone, line, token)
    } == {alert.organisation}


def test_a_member_gets_the_roles_asked_for_at_the_site_asked_for() -> None:
    site, elsewhere = factories.SiteFactory(), factories.SiteFactory()
    member = factories.MemberFactory(site=site, roles=[Role.AGENT])
    assert holds(member, Right.SEE_LIVE, site.pk)
    assert not holds(member, Right.SEE_LIVE, elsewhere.pk)
    assert member.check_password(factories.PASSWORD)
