"""Raises alerts of the demo's rules as a watcher commits them (`tests.e2e.backstage` calls it).

Also a program of its own, for an environment that has a watcher's packages only:

python -m tests.e2e.raise_alerts RULE AREA
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from uuid import uuid4

import django


def raise_alerts(
    area: str, count: int, severity: int, take_within_s: float | None = None, rule: str | None = None
) -> list[str]:
    """Commit the alerts, each of a situation of its own, one second apart; their ids, the oldest first.

    They are of the rule that `rule` names, or of the Forecourt's first.
    """
    from alerts import raising
    from alerts.firing import Firing
    from alerts.models import Alert, Rule
    from soc import clock

    which = {"name": rule} if rule else {"camera__name": "Forecourt"}
    of = Rule.objects.select_related("camera").filter(**which).order_by("name")[0]
    raised = []
    for number in range(count):
        at = clock.now() - dt.timedelta(seconds=count - number)
        alert = raising.commit(
            Firing(
                id=uuid4(), organisation=of.organisation_id, camera=of.camera_id, rule=of.pk,
                rule_name=of.name, rule_version=of.version, severity=severity, area_name=area,
                situation=f"{area} {number} {uuid4()}", code="seen", things={"person": 1}, params={},
                captured_at=at.timestamp(), raised_at=at.timestamp(),
            )
        )  # fmt: skip
        if take_within_s is not None:
            Alert.objects.filter(pk=alert).update(take_by=clock.now() + dt.timedelta(seconds=take_within_s))
        raised.append(str(alert))
    return raised


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soc.settings")
    django.setup()
    raise_alerts(area=sys.argv[2], count=1, severity=3, rule=sys.argv[1])
