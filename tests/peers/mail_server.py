"""A real SMTP server that keeps what it is given, so that a test can read it as its addressee would."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Keep:
    """Takes every message; aiosmtpd calls the method by this name."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  (its name)
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.kept.append(message)
        return "250 Message accepted for delivery"


class MailServer:
    """Listens on a port of this machine while it is used as a context."""

    def __init__(self) -> None:
        self._handler = _Keep()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._controller = Controller(self._handler, hostname="127.0.0.1", port=self.port)

    @property
    def kept(self) -> list[EmailMessage]:
        """What has arrived, the oldest first."""
        return self._handler.kept

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()
