"""Bounces: what a mail server writes back when it could not deliver (RFC 3464), read as receipts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from uuid import UUID

from alerts.channels.base import Failure, Receipt, ReceiptState
from soc import clock

#: The attempt's id after the + of the address that the bounce came back to.
_RETURNED = re.compile(r"\+([0-9a-f]{32})@")
_STATUS = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})")
_MOST_REPORTS = 20


def receipts(raw: bytes, sender_domain: str) -> tuple[Receipt, ...]:
    """What a bounce says; nothing when it is none, or of no message of ours.

    Args:
        raw: the whole mail as it came.
        sender_domain: of the account's sender, on which our Message-IDs end.
    """
    mail = message_from_bytes(raw, policy=policy.default)
    about = _about(mail, sender_domain)
    if not about:
        return ()
    said = [one for one in map(_read, _reports(mail)) if one is not None][:_MOST_REPORTS]
    now = clock.now()
    return tuple(Receipt(about, state, now, failure, detail) for state, failure, detail in dict.fromkeys(said))


def _about(mail: EmailMessage, sender_domain: str) -> str:
    """Our Message-ID, without its brackets: from the address it came back to, else from the message that is quoted."""
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To"):
        for value in mail.get_all(name, []):
            if found := _RETURNED.search(str(value)):
                return f"{UUID(found[1])}@{sender_domain}"
    for part in mail.walk():
        quoted: Message | None = None
        if part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            quoted = payload[0] if isinstance(payload, list) and isinstance(payload[0], Message) else None
        elif part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            content = part.get_payload(decode=True)
            quoted = message_from_bytes(content, policy=policy.default) if isinstance(content, bytes) else None
        if quoted is None:
            continue
        written = str(quoted.get("Message-ID", "")).strip().strip("<>")
        local, _at, domain = written.partition("@")
        if domain == sender_domain and _is_uuid(local):
            return written
    return ""


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _reports(mail: EmailMessage) -> Iterator[Message]:
    """The groups of fields, one for each addressee, that a report carries."""
    for part in mail.walk():
        payload = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(payload, list):
            yield from (one for one in payload if isinstance(one, Message))


def _read(report: Message) -> tuple[ReceiptState, Failure | None, str] | None:
    """What one group says; nothing where it is about the report itself, or the mail only waits."""
    action = str(report.get("Action", "")).strip().lower()
    found = _STATUS.match(str(report.get("Status", "")))
    status = ".".join(found.groups()) if found else ""
    if action in ("delivered", "relayed", "expanded"):
        return (ReceiptState.DELIVERED if action == "delivered" else ReceiptState.SENT, None, status)
    if action != "failed":  # "delayed": another report follows
        return None
    return (ReceiptState.FAILED, _failure(found), status)


def _failure(status: re.Match[str] | None) -> Failure:
    if status is None:
        return Failure.UNREACHABLE
    kind, subject = status[1], status[2]
    if kind == "5" and subject == "1":
        return Failure.BAD_ADDRESS
    return Failure.REFUSED if kind == "5" and subject == "7" else Failure.UNREACHABLE
