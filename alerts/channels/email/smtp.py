"""E-mail by an SMTP server: plain text and the same as simple HTML, under a Message-ID by which bounces are known."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from pydantic import Field, SecretStr
from typing_extensions import override

from alerts.channels import callbacks, network
from alerts.channels.base import (
    AccountSettings,
    CallbackRead,
    CallbackRequest,
    Capabilities,
    Channel,
    Failure,
    Forged,
    Outgoing,
    Receipt,
    Retry,
    SendFailed,
    Sent,
)
from alerts.channels.email import bounces
from alerts.channels.kinds import Email, ProviderKind, ProviderSettings, gettext_noop

TIMEOUT_S = 6  # for each step; a server that answers all of them slowly is cut off by the sender
_BOUNCES = "bounces"
#: Replies about an addressee that say: there is no such mailbox.
_NO_SUCH_ADDRESS = frozenset({550, 551, 553})
#: "5.7.1 relaying denied": this server will not, for reasons of its own; the address may be right.
_POLICY = re.compile(r"\s*5\.7\.")


class SmtpSettings(ProviderSettings):
    """What is entered about a mail server."""

    host: str = Field(
        title=gettext_noop("Server"),
        description=gettext_noop("The mail server’s name, e.g. smtp.example.org."),
        min_length=1,
        max_length=253,
        pattern=r"^[^\s/@]+$",
    )
    port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=587,
        title=gettext_noop("Port"),
        description=gettext_noop("587 with STARTTLS, 465 with TLS from the first byte, 25 inside your own network."),
    )
    encryption: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        title=gettext_noop("Encryption"),
        description=gettext_noop("Without it everyone on the way reads along: only inside your own network."),
        json_schema_extra={
            "x-labels": {
                "starttls": gettext_noop("STARTTLS"),
                "tls": gettext_noop("TLS from the first byte"),
                "none": gettext_noop("None"),
            }
        },
    )
    user_name: str = Field(
        default="",
        title=gettext_noop("User name"),
        description=gettext_noop("Empty: the server asks for none."),
        max_length=200,
    )
    password: SecretStr = Field(
        default=SecretStr(""),
        title=gettext_noop("Password"),
        description=gettext_noop("It is kept sealed and not shown again."),
        max_length=500,
    )
    sender: Email = Field(
        title=gettext_noop("Sender"),
        description=gettext_noop("The address that messages come from."),
        max_length=254,
    )
    sender_name: str = Field(
        default="",
        title=gettext_noop("Sender’s name"),
        description=gettext_noop("What people read before the address, e.g. your organisation’s name."),
        max_length=80,
        pattern=r"^[^\r\n\x00]*$",
    )
    bounce_address: str = Field(
        default="",
        title=gettext_noop("Address for bounces"),
        description=gettext_noop(
            "Messages that cannot be delivered come back to this address, with the message’s id after a +. Your mail server "
            "passes them to the address that is shown here. Empty: they come back to the sender’s."
        ),
        max_length=254,
        pattern=r"^$|^[^@\s+]+@[^@\s]+$",
    )


class _Plain(smtplib.SMTP):
    """Connects to an address that was checked; TLS still asks for the server by its name."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((network.resolve(host, port), port), timeout, self.source_address)


class _Tls(smtplib.SMTP_SSL):
    """As `_Plain`, encrypted from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        plain = socket.create_connection((network.resolve(host, port), port), timeout, self.source_address)
        try:
            return self.context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise


class _Connection(EmailBackend):
    """Django's connection to a server, which checks where it goes."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Tls if self.use_ssl else _Plain


class SmtpProvider:
    """Sends by one account. A connection for each message: none is shared by threads, none is found dead when it matters."""

    kind: ClassVar[str] = "smtp"
    channel: ClassVar[Channel] = Channel.EMAIL

    def __init__(self, account: AccountSettings, settings: SmtpSettings) -> None:
        self.account = account
        self.settings = settings
        self.capabilities = Smtp.capabilities

    def send(self, message: Outgoing) -> Sent:
        """Hand one message to the server.

        Raises:
            SendFailed: see `alerts.channels.base.Provider`.
        """
        mail, said = self._written(message), False
        connection = self._connection()
        try:
            connection.open()
            said = True  # from here on it may have gone out when the line breaks
            connection.send_messages([mail])
        except (smtplib.SMTPException, OSError, network.NotAllowed, UnicodeError) as failure:
            raise _failed(failure, said=said) from failure
        finally:
            with contextlib.suppress(smtplib.SMTPException, OSError):  # it was taken, however the server says good-bye
                connection.close()
        return Sent(provider_id=self._message_id(message))

    def ask(self, provider_id: str) -> Receipt | None:  # noqa: ARG002  (as the interface has it)
        """A mail server says nothing more once it took a message."""
        return None

    def read(self, request: CallbackRequest) -> CallbackRead:
        """Read a bounce that a mail server passed on, whole as it came.

        Raises:
            Forged: it did not come to our address for bounces.
        """
        if not callbacks.is_ours(self.account, _BOUNCES, request):
            raise Forged(_BOUNCES)
        return CallbackRead(events=bounces.receipts(request.body, self._domain))

    @property
    def _domain(self) -> str:
        return self.settings.sender.rpartition("@")[2]

    def _connection(self) -> _Connection:
        settings = self.settings
        return _Connection(
            host=settings.host,
            port=settings.port,
            username=settings.user_name,
            password=settings.password.get_secret_value(),
            use_tls=settings.encryption == "starttls",
            use_ssl=settings.encryption == "tls",
            timeout=TIMEOUT_S,
            fail_silently=False,
        )

    def _message_id(self, message: Outgoing) -> str:
        return f"{message.attempt}@{self._domain}"

    def _written(self, message: Outgoing) -> EmailMultiAlternatives:
        settings = self.settings
        try:
            validate_email(message.to)
        except ValidationError as failure:
            raise SendFailed(Failure.BAD_ADDRESS, Retry.NEVER, "no address") from failure
        sender = f'"{_quoted(settings.sender_name)}" <{settings.sender}>' if settings.sender_name else settings.sender
        mail = EmailMultiAlternatives(
            subject=" ".join(message.subject.split()),
            body=message.text,
            from_email=self._return_path(message),
            to=[message.to],
            headers={
                "From": sender,
                "Message-ID": f"<{self._message_id(message)}>",
                # RFC 3834: no holiday answer is wanted. No List-Unsubscribe: this is no list.
                "Auto-Submitted": "auto-generated",
                "Content-Language": message.language,
                **({"X-Priority": "1", "Importance": "high"} if message.urgent else {}),
            },
        )
        mail.attach_alternative(_html(message), "text/html")
        return mail

    def _return_path(self, message: Outgoing) -> str:
        """The envelope's sender, to which a bounce goes: with the attempt's id where the organisation has an address for that."""
        local, _at, domain = self.settings.bounce_address.partition("@")
        return f"{local}+{message.attempt.hex}@{domain}" if domain else self.settings.sender


def _failed(failure: Exception, *, said: bool) -> SendFailed:
    """What a failed try means. `said`: the server had been greeted, so the message may have gone out."""
    code, words = _answered(failure)
    detail = f"smtp {code}" if code else type(failure).__name__
    if isinstance(failure, network.NotAllowed):
        return SendFailed(Failure.ACCOUNT, Retry.ELSEWHERE, "not_allowed_network")
    if isinstance(failure, smtplib.SMTPNotSupportedError | UnicodeError):
        return SendFailed(Failure.REFUSED, Retry.ELSEWHERE, detail)
    if isinstance(failure, ssl.SSLCertVerificationError):
        return SendFailed(Failure.ACCOUNT, Retry.ELSEWHERE, detail)
    if code is None:
        return SendFailed(Failure.PROVIDER_DOWN, Retry.UNKNOWN if said else Retry.LATER, detail)
    if code < 500:
        return SendFailed(Failure.PROVIDER_BUSY, Retry.LATER, detail)
    if isinstance(failure, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused):
        return SendFailed(Failure.ACCOUNT, Retry.ELSEWHERE, detail)
    if isinstance(failure, smtplib.SMTPRecipientsRefused) and code in _NO_SUCH_ADDRESS and not _POLICY.match(words):
        return SendFailed(Failure.BAD_ADDRESS, Retry.NEVER, detail)
    return SendFailed(Failure.REFUSED, Retry.ELSEWHERE, detail)


def _answered(failure: Exception) -> tuple[int | None, str]:
    """The server's code and words, where it answered."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        refused: tuple[int, bytes | str] = next(iter(failure.recipients.values()))
    elif isinstance(failure, smtplib.SMTPResponseException) and failure.smtp_code > 0:
        refused = (failure.smtp_code, failure.smtp_error)
    else:
        return None, ""
    code, words = refused
    return code, words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def _html(message: Outgoing) -> str:
    paragraphs = "".join(
        f"<p>{'<br>'.join(map(_linked, part.split(chr(10))))}</p>"
        for part in message.text.split("\n\n")
        if part.strip()
    )
    language = escape(message.language)
    return f'<!doctype html><html lang="{language}"><body style="font:1.1em/1.5 sans-serif">{paragraphs}</body></html>'


def _linked(line: str) -> str:
    """A line with the addresses in it as links."""
    return " ".join(
        f'<a href="{escape(word)}">{escape(word)}</a>' if word.startswith(("https://", "http://")) else escape(word)
        for word in line.split(" ")
    )


class Smtp(ProviderKind[SmtpSettings]):
    """A mail server."""

    channel = Channel.EMAIL
    key = "smtp"
    label = _("Mail server (SMTP)")
    help = _("Your organisation’s mail server, or a service that takes SMTP.")
    capabilities = Capabilities()
    aimed_at = frozenset({"host", "port", "encryption"})
    settings_model = SmtpSettings

    @override
    def provider(self, account: AccountSettings, settings: SmtpSettings) -> SmtpProvider:
        return SmtpProvider(account, settings)

    @override
    def callback_addresses(self, account: AccountSettings) -> Mapping[str, Any]:
        return {str(_("Bounces are passed on to")): callbacks.address(account, _BOUNCES)} if account.public_url else {}
