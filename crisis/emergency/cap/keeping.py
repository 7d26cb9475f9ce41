"""A CAP message as a row: the columns that lists show beside the document itself."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from crisis import templates
from crisis.emergency.cap.values import CapAlert


def columns(alert: CapAlert, document: bytes, organisation: UUID, site: UUID | None) -> dict[str, Any]:
    """The columns of a `CapMessage`; what it says is its first language's, the day on which it ends the latest of all."""
    first = alert.infos[0] if alert.infos else None
    ends = [info.expires for info in alert.infos if info.expires is not None]
    return {
        "organisation_id": organisation,
        "site_id": site,
        "identifier": alert.identifier,
        "sender": alert.sender,
        "sent_at": alert.sent.astimezone(dt.UTC),
        "status": alert.status.value,
        "msg_type": alert.msg_type.value,
        "event": templates.one_line(first.event) if first else "",
        "headline": templates.one_line(first.headline) if first else "",
        "urgency": first.urgency.value if first else "",
        "severity": first.severity.value if first else "",
        "certainty": first.certainty.value if first else "",
        "expires_at": max(ends).astimezone(dt.UTC) if ends else None,
        "document": document,
    }
