"""Credentials are sealed with the installation's key, and a key can be changed."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from detection.credentials import Credentials, open_credentials, seal_credentials
from soc.config import config
from soc.refusals import Refusal


def use_key(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    monkeypatch.setattr(config(), "credential_key", SecretStr(keys))


@pytest.mark.parametrize("password", ["", "secret", 'p@ss: wörd,"\\\n'])
def test_what_is_sealed_can_be_opened(password: str) -> None:
    given = Credentials("viewer", password)
    sealed = seal_credentials(given)
    assert sealed is not None
    assert b"viewer" not in sealed
    assert open_credentials(memoryview(sealed)) == given


def test_nothing_is_sealed_as_nothing() -> None:
    assert seal_credentials(Credentials()) is None
    assert open_credentials(None) == Credentials()


def test_a_key_can_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    use_key(monkeypatch, "first-key-of-the-installation-0123456789")
    sealed = seal_credentials(Credentials("viewer", "secret"))
    use_key(monkeypatch, "second-key-of-the-installation-012345678,first-key-of-the-installation-0123456789")
    assert open_credentials(sealed).password == "secret"
    use_key(monkeypatch, "second-key-of-the-installation-012345678")
    with pytest.raises(Refusal) as refused:
        open_credentials(sealed)
    assert refused.value.code == "credentials_unreadable"
    assert refused.value.__context__ is None


def test_credentials_do_not_print_themselves() -> None:
    assert "secret" not in repr(Credentials("viewer", "secret"))
    assert "viewer" not in repr(Credentials("viewer", "secret"))
