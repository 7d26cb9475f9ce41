"""A real SMTP server that keeps what it is given, so that a test can read it as its addressee would; it refuses when told to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from typing_extensions import override


class _Keep(Handler):
    """Keeps every message with its headers decoded, and the envelope it came in."""

    def __init__(self, refused: Mapping[str, str]) -> None:
        super().__init__()
        self.kept: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.refused = refused

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    @override
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := self.refused.get("DATA"):
            if answer == "HANG UP":  # after all of it was read, before it is acknowledged
                assert isinstance(server.transport, asyncio.WriteTransport)
                server.transport.abort()
            return answer
        self.envelopes.append(envelope)
        return await super().handle_DATA(server, session, envelope)

    @override
    def prepare_message(self, session: Session, envelope: Envelope) -> Message:
        assert isinstance(envelope.content, bytes)
        return message_from_bytes(envelope.content, policy=policy.default)

    @override
    def handle_message(self, message: Message) -> None:
        assert isinstance(message, EmailMessage)
        self.kept.append(message)


class MailServer:
    """Listens on a port of this machine while it is used as a context.

    Args:
        refused: what is answered to an addressee, or to ``DATA`` ("HANG UP": the line is cut once the message is there).
        account: the user name and password that are right.
    """

    def __init__(self, refused: Mapping[str, str] | None = None, account: tuple[str, str] | None = None) -> None:
        self._handler = _Keep(refused or {})
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        asked: dict[str, Any] = {}
        if account is not None:

            def check(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
                known = LoginPassword(account[0].encode(), account[1].encode())
                return AuthResult(success=data == known, handled=False)

            asked = {"authenticator": check, "auth_require_tls": False}
        self._controller = Controller(self._handler, hostname="127.0.0.1", port=self.port, **asked)

    @property
    def kept(self) -> list[EmailMessage]:
        """What has arrived, the oldest first."""
        return self._handler.kept

    @property
    def envelopes(self) -> list[Envelope]:
        """The envelopes of what has arrived."""
        return self._handler.envelopes

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()
