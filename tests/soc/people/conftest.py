"""What tests of people's ways in share: pages of the console, opened by name, with somebody signed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

from soc.people import sign_in
from soc.people.models import Member
from tests.factories import PASSWORD
from tests.peers.mail_server import MailServer
from tests.soc.people.authenticator import Device


class Page:
    """A browser's page of the console at `localhost`, where passkeys work."""

    def __init__(self, host: str = "localhost") -> None:
        self.client = Client(headers={"host": host, "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"})

    def post(self, path: str, body: Any = None, status: int | None = None) -> Any:
        """Post to the API, and expect this answer (any success, when none is named)."""
        return self._ask("post", path, body, status)

    def patch(self, path: str, body: Any, status: int | None = None) -> Any:
        """Change something."""
        return self._ask("patch", path, body, status)

    def delete(self, path: str, status: int = 204) -> Any:
        """Remove something."""
        return self._ask("delete", path, None, status)

    def get(self, path: str, status: int = 200) -> Any:
        """Read something."""
        return self._ask("get", path, None, status)

    def signed_in(self) -> bool:
        """Whether the server knows who this is."""
        return self.get("session/")["member"] is not None

    def sign_in(self, member: Member, password: str = PASSWORD) -> Any:
        """Sign in by password."""
        return self.post("session/", {"name": member.name, "password": password})

    def add_passkey(self, device: Device, name: str = "Laptop", status: int = 201) -> Any:
        """Add a passkey to the account, as the profile page does."""
        answer = device.make(self.post("me/passkeys/question/"))
        return self.post("me/passkeys/", {"name": name, "credential": answer}, status)

    def use_passkey(self, device: Device, status: int = 200) -> Any:
        """Sign in by passkey."""
        answer = device.sign(self.post("session/passkey/question/"))
        return self.post("session/passkey/", {"credential": answer}, status)

    def _ask(self, method: str, path: str, body: Any, status: int | None) -> Any:
        ask = getattr(self.client, method)
        answer = ask(f"/api/{path}", **({} if body is None else {"data": body}), content_type="application/json")
        assert answer.status_code == status if status else answer.status_code < 300, answer.content.decode()
        return answer.json() if answer.content else None


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "ANSWERED_AFTER_S", 0.0)


@pytest.fixture
def page() -> Page:
    """A page at which nobody is signed in."""
    return Page()


@pytest.fixture
def another_page() -> Page:
    """Another browser."""
    return Page()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server of the operator's, which the settings name."""
    with (
        MailServer() as server,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=server.port,
            EMAIL_USE_TLS=False,
            EMAIL_USE_SSL=False,
        ),
    ):
        yield server
