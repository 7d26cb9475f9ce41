"""A real SMTP server that keeps what it is given, so that a test can read it as its addressee would."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from aiosmtpd.smtp import Envelope, Session
from typing_extensions import override


class _Keep(Handler):
    """Keeps every message with its headers decoded."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[EmailMessage] = []

    @override
    def prepare_message(self, session: Session, envelope: Envelope) -> Message:
        assert isinstance(envelope.content, bytes)
        return message_from_bytes(envelope.content, policy=policy.default)

    @override
    def handle_message(self, message: Message) -> None:
        assert isinstance(message, EmailMessage)
        self.kept.append(message)


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
