"""What tests of channels share: a message, an account that is opened, and an administrator's browser."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from alerts.channels import registry
from alerts.channels.base import AccountSettings, Channel, Outgoing, Provider
from soc.config import config
from soc.people.models import Member
from soc.people.rights import Role
from tests import factories

PUBLIC_URL = "https://vigie.example.org"


def outgoing(to: str, **values: Any) -> Outgoing:
    """A message, as the outbox would hand it over."""
    known: dict[str, Any] = {
        "attempt": uuid.uuid4(),
        "organisation": uuid.uuid4(),
        "reference": "NC-4127",
        "language": "fr",
        "subject": "NC-4127 : évacuez",
        "text": "NC-4127 Évacuez par l'escalier B.\n\nRépondez : 1 en sécurité, 2 à l'aide.",
        "spoken": "Évacuez par l'escalier B. Tapez 1 si vous êtes en sécurité.",
    }
    return Outgoing(to=to, **{**known, **values})


def opened(channel: Channel, kind: str, settings: dict[str, Any], *, public_url: str = "", **secrets: str) -> Provider:
    """A provider with these settings, of an account that is in no database."""
    account = AccountSettings(
        id=uuid.uuid4(),
        organisation=uuid.uuid4(),
        settings={name: str(value) for name, value in settings.items()},
        secrets=secrets,
        public_url=public_url,
    )
    return registry.kind_of(channel, kind).open(account)


@pytest.fixture
def administrator(db: None) -> Member:
    return factories.MemberFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def browser(administrator: Member) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def public_url(monkeypatch: pytest.MonkeyPatch) -> str:
    """The installation is reached from the internet by this address."""
    monkeypatch.setattr(config(), "public_url", PUBLIC_URL)
    return PUBLIC_URL
