"""Rules and their sentences in each language, for the pages' tests: ``python -m tests.alerts.sentence_cases`` writes them."""

from __future__ import annotations

import json
from typing import Any

from soc.config import ROOT

Hours = dict[str, Any]

FILE = ROOT / "frontend" / "tests" / "sentences.json"

_NIGHT: list[Hours] = [{"days": [0, 1, 2, 3, 4, 5, 6], "start": "22:00", "end": "06:00"}]
_SUNDAYS: Hours = {"days": [6], "start": "00:00", "end": "00:00"}
_MORNINGS: Hours = {"days": [4, 0, 2], "start": "08:00", "end": "12:30"}
_WEEKDAYS: Hours = {"days": [0, 1, 2, 3, 4], "start": "07:00", "end": "19:00"}
_WEEKEND: Hours = {"days": [5, 6], "start": "19:00", "end": "07:00"}
_MANY: list[str] = ["person", "bicycle", "car", "motorcycle", "bus", "truck", "dog", "cat"]

#: Kind, settings, name of the zone or line, hours, severity, quiet time.
CASES: list[tuple[str, dict[str, object], str | None, list[Hours], int, int]] = [
    ("seen", {"labels": ["person"]}, None, [], 1, 180),
    ("seen", {"labels": ["person", "dog", "scissors"]}, "Yard", _NIGHT, 3, 0),
    ("seen", {"labels": _MANY}, "Yard", [_SUNDAYS, _MORNINGS, _WEEKDAYS], 2, 86_400),
    ("stays", {"labels": ["apple", "orange"], "seconds": 10}, "The “old” gate", [_WEEKEND], 3, 120),
    ("stays", {"labels": ["person"], "seconds": 3725}, None, [{**_SUNDAYS, "days": list(range(7))}], 4, 59),
    ("more_than", {"labels": ["person"], "limit": 1, "seconds": 0}, "Yard", _NIGHT, 3, 120),
    ("more_than", {"labels": _MANY, "limit": 1, "seconds": 0.5}, "Yard", [], 3, 120),
    ("more_than", {"labels": ["person", "sheep"], "limit": 4, "seconds": 2.5}, None, [_SUNDAYS], 3, 90),
    ("none_left", {"labels": ["person", "dog", "cat"], "seconds": 30, "seen_before": True}, None, [_MORNINGS], 3, 3660),
    ("none_left", {"labels": _MANY, "seconds": 30, "seen_before": False}, "Post", [], 3, 3660),
    ("crosses", {"labels": ["person"], "direction": "forward"}, "Gate", [], 4, 60),
    ("crosses", {"labels": ["car", "bus"], "direction": "backward"}, "Gate", [], 4, 60),
    ("crosses", {"labels": ["car"], "direction": "both"}, "Gate", [], 1, 61),
]


def cases() -> dict[str, Any]:
    """By language: the kinds and classes as the API gives them, and each case with its sentence."""
    from django.conf import settings
    from django.utils.translation import override

    from alerts.rule_api import kinds_view, labels_view
    from alerts.rules.registry import KINDS
    from alerts.rules.sentences import Said, parts

    found: dict[str, Any] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = {
                "kinds": kinds_view(),
                "labels": labels_view(),
                "cases": [
                    {
                        "kind": kind,
                        "settings": own,
                        "area": area,
                        "schedule": schedule,
                        "severity": severity,
                        "quiet_s": quiet_s,
                        "parts": [
                            [part.text, part.slot]
                            for part in parts(Said(KINDS[kind], own, area, schedule, severity, quiet_s))
                        ],
                    }
                    for kind, own, area, schedule, severity, quiet_s in CASES
                ],
            }
    return found


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("VIGIE_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soc.settings")
    django.setup()
    FILE.write_text(json.dumps(cases(), ensure_ascii=False, indent=1) + "\n")
