"""Addresses that we hand out hold while the installation's key does, and each for what it was made for."""

from __future__ import annotations

import uuid
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import SecretStr

from alerts.channels import callbacks, registry
from alerts.channels.base import CallbackRequest
from soc.config import config

FIRST, SECOND, OTHER = (f"{name}-key-that-is-long-enough-0123456789" for name in ("first", "second", "other"))


@pytest.mark.parametrize(
    ("made_with", "read_with", "ours"),
    [
        (FIRST, FIRST, True),
        (FIRST, f"{SECOND},{FIRST}", True),
        (FIRST, SECOND, False),
        (OTHER, f"{SECOND},{FIRST}", False),
    ],
)
def test_a_key_that_was_replaced_still_opens_while_it_is_named(
    made_with: str, read_with: str, ours: bool, public_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = registry.account_settings(uuid.uuid4(), uuid.uuid4(), {}, {})
    monkeypatch.setattr(config(), "credential_key", SecretStr(made_with))
    address = callbacks.address(account, "report", "a-message", more="x")
    monkeypatch.setattr(config(), "credential_key", SecretStr(read_with))
    query = dict(parse_qsl(urlsplit(address).query))
    assert callbacks.is_ours(account, "report", CallbackRequest("GET", address, {}, {}, query, b"")) is ours
    for wrong in ({**query, "about": "another"}, {**query, "key": ""}, {**query, "key": "é"}, {}):
        assert not callbacks.is_ours(account, "report", CallbackRequest("GET", address, {}, {}, wrong, b""))
