"""Raises alerts of the demo's rules as a watcher commits them, in a process of its own with the installation's database.

python -m tests.e2e.raise_alerts AREA COUNT SEVERITY [TAKE_WITHIN_S]

The first rule of the Forecourt, or the one that RAISE_OF_RULE names.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soc.settings")


def main(area: str, count: int, severity: int, take_within_s: float | None) -> None:
    """Commit the alerts, each of a situation of its own, one second apart; their ids are printed."""
    from alerts import raising
    from alerts.firing import Firing
    from alerts.models import Alert, Rule
    from soc import clock

    named = os.environ.get("RAISE_OF_RULE")
    which = {"name": named} if named else {"camera__name": "Forecourt"}
    rule = Rule.objects.select_related("camera").filter(**which).order_by("name")[0]
    for number in range(count):
        at = clock.now() - dt.timedelta(seconds=count - number)
        alert = raising.commit(
            Firing(
                id=uuid4(), organisation=rule.organisation_id, camera=rule.camera_id, rule=rule.pk,
                rule_name=rule.name, rule_version=rule.version, severity=severity, area_name=area,
                situation=f"{area} {number} {uuid4()}", code="seen", things={"person": 1}, params={},
                captured_at=at.timestamp(), raised_at=at.timestamp(),
            )
        )  # fmt: skip
        if take_within_s is not None:
            Alert.objects.filter(pk=alert).update(take_by=clock.now() + dt.timedelta(seconds=take_within_s))
        print(alert)


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]) if len(sys.argv) > 4 else None)
