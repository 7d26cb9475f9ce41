"""What `/readyz` says of the monitor outside: whether there is one, and when it was told last that nothing is late."""

from __future__ import annotations

import datetime as dt
from typing import Final

from alerts.deliveries.models import OutsideMonitor
from soc import clock
from soc.config import config
from soc.health import Check

SILENT_AFTER: Final = dt.timedelta(minutes=3)
"""It is told every minute: after so long something keeps it from that."""


def outside_monitor() -> Check:
    """Whether it was told lately, where the operator named one; figures of it besides."""
    if not config().deadman_url.get_secret_value():
        return Check(ok=True, details={"watched": 0}, vital=False)
    row = OutsideMonitor.objects.filter(pk=1).first() or OutsideMonitor()
    last = row.succeeded_at
    return Check(
        ok=last is not None and clock.now() - last < SILENT_AFTER,
        details={"watched": 1, "last_success": last.isoformat() if last else "", "failure": row.failure},
        vital=False,
    )
