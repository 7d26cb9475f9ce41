"""Puts a day that is over into the installation's database: so many alerts that nobody would wait for the demo to raise them."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import psycopg

from tests.e2e.conftest import database_url

ZONE = ZoneInfo("Europe/Paris")


@contextmanager
def day(at: dt.date, alerts: int) -> Iterator[dt.date]:
    """A day that is over, while it is needed: the alerts of it that nobody closed would stand in every other test's way."""
    _add(at, alerts)
    yield at
    midnight = dt.datetime.combine(at, dt.time.min, ZONE)
    with psycopg.connect(database_url()) as connection:
        past = "SELECT id FROM alerts_alert WHERE situation LIKE %s"
        for table in ("alerts_alertsighting", "alerts_alertlog"):
            connection.execute(f"DELETE FROM {table} WHERE alert_id IN ({past})", [f"past-{at}-%"])
        connection.execute("DELETE FROM alerts_alert WHERE situation LIKE %s", [f"past-{at}-%"])
        connection.execute("DELETE FROM detection_outage WHERE until < %s", [midnight + dt.timedelta(days=1)])


def _add(day: dt.date, alerts: int, *, seed: int = 7) -> None:
    """Add that many alerts of all severities, most of them closed, and some down times, over the demo's cameras."""
    chance = random.Random(seed)
    midnight = dt.datetime.combine(day, dt.time.min, ZONE)
    with psycopg.connect(database_url()) as connection:
        rules = connection.execute(
            "SELECT rule.id, rule.organisation_id, rule.camera_id, camera.site_id, rule.name FROM alerts_rule rule "
            "JOIN detection_camera camera ON camera.id = rule.camera_id "
            "WHERE rule.removed_at IS NULL AND camera.removed_at IS NULL ORDER BY rule.name"
        ).fetchall()
        (member,) = connection.execute("SELECT id FROM soc_people_member WHERE name = 'agent'").fetchone() or (None,)
        for number in range(alerts):
            rule, organisation, camera, site, name = chance.choice(rules)
            at = midnight + dt.timedelta(seconds=chance.triangular(0, 86_399, 61_000))
            severity = chance.choices([1, 2, 3, 4], [40, 35, 20, 5])[0]
            state = chance.choices(["open", "acknowledged", "resolved", "false_alarm"], [2, 3, 70, 25])[0]
            taken = at + dt.timedelta(seconds=chance.randint(5, 200)) if state != "open" else None
            closed = (
                taken + dt.timedelta(seconds=chance.randint(30, 900))
                if taken and state in ("resolved", "false_alarm")
                else None
            )
            over = at + dt.timedelta(seconds=chance.randint(4, 600))
            connection.execute(
                "INSERT INTO alerts_alert (id, organisation_id, site_id, camera_id, rule_id, rule_name, rule_version, severity, "
                "area_name, situation, why, state, captured_at, raised_at, committed_at, last_seen_at, ended_at, assigned_to_id, "
                "acknowledged_by_id, acknowledged_at, closed_by_id, closed_at, false_alarm_reason, version) "
                "VALUES (%s, %s, %s, %s, %s, %s, 1, %s, '', %s, %s, %s, %s, %s, %s, %s, %s, NULL, %s, %s, %s, %s, %s, 1)",
                [
                    uuid.uuid4(), organisation, site, camera, rule, name, severity, f"past-{day}-{number}",
                    json.dumps({"code": "seen", "params": {"things": {"person": 1 + number % 3}}}), state, at, at, at, over,
                    over, member if taken else None, taken, member if closed else None, closed,
                    "other" if state == "false_alarm" else "",
                ],
            )  # fmt: skip
        cameras = sorted({(camera, organisation) for _rule, organisation, camera, _site, _name in rules}, key=str)
        for index, (camera, organisation) in enumerate(cameras):
            for state, reason, hour, minutes in (
                ("down", "unreachable", 9 + index, 50),
                ("unwatched", "watch_ended", 15 + index, 12),
            ):
                since = midnight + dt.timedelta(hours=hour)
                connection.execute(
                    "INSERT INTO detection_outage (camera_id, organisation_id, state, reason, reason_details, since, until) "
                    "VALUES (%s, %s, %s, %s, '{}', %s, %s)",
                    [camera, organisation, state, reason, since, since + dt.timedelta(minutes=minutes)],
                )
