"""How the ways to reach people stand: who carries each, what is a simulation, what waits; for administrators only."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from alerts.channels.models import ProviderAccount
from alerts.deliveries.models import DeliveryState
from soc import clock
from soc.people.models import Member
from soc.people.rights import Role
from tests.alerts.deliveries.people import client, sent
from tests.factories import MemberFactory, OrganisationFactory, SiteFactory

pytestmark = pytest.mark.django_db

MAIL = {"host": "mx.example.org", "port": 465, "encryption": "tls", "sender": "vigie@town.example"}


def states(member: Member) -> dict[str, dict[str, Any]]:
    return {one["channel"]: one for one in client(member).get("/api/message-channels/").json()}


def account(member: Member, name: str, position: int, **more: Any) -> ProviderAccount:
    return ProviderAccount.objects.create(
        organisation=member.organisation,
        name=name,
        position=position,
        **{"channel": "email", "kind": "smtp", "settings": MAIL, **more},
    )


def test_a_simulation_is_told_apart_from_a_provider_and_the_order_is_that_of_failover() -> None:
    admin = MemberFactory(roles=[Role.ADMINISTRATOR])
    found = states(admin)
    assert list(found) == ["app", "push", "sms", "voice", "email"]
    assert [one for one in found if found[one]["simulated"]] == ["sms", "voice", "email"]
    assert found["app"]["carriers"] == [{"account": None, "per_second": None}]

    second = account(admin, "second", 2, per_second=5)
    first = account(admin, "first", 1)
    account(admin, "off", 3, enabled=False)
    account(admin, "unreadable", 4, sealed=b"of another key")
    found = states(admin)
    assert [one["account"] for one in found["email"]["carriers"]] == [str(first.pk), str(second.pk)]
    assert found["email"]["carriers"][1]["per_second"] == 5
    assert (found["email"]["simulated"], found["sms"]["simulated"]) == (False, True)


def test_a_simulation_takes_no_message_of_an_account_that_cannot_be_read() -> None:
    admin = MemberFactory(roles=[Role.ADMINISTRATOR])
    account(admin, "unreadable", 1, sealed=b"of another key")
    found = states(admin)["email"]
    assert (found["carriers"], found["simulated"]) == ([], False)


def test_what_waits_is_counted_from_when_it_was_due_and_of_the_own_organisation_only() -> None:
    admin = MemberFactory(roles=[Role.ADMINISTRATOR])
    due = clock.now() - dt.timedelta(minutes=3)
    for organisation in (admin.organisation, OrganisationFactory()):
        sent(organisation, state=DeliveryState.PENDING, due_at=due)
        sent(organisation, state=DeliveryState.PENDING, due_at=clock.now() + dt.timedelta(hours=1))
        sent(organisation)
    found = states(admin)["sms"]
    assert (found["waiting"], dt.datetime.fromisoformat(found["waiting_since"])) == (1, due)
    assert states(admin)["voice"]["waiting_since"] is None


def test_who_administers_some_sites_sets_up_no_providers_and_sees_none() -> None:
    site = SiteFactory()
    assert states(MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR], site=site)) == {}
    agent = MemberFactory(roles=[Role.AGENT])
    assert client(agent).get("/api/message-channels/").status_code == 403
