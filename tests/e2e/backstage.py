"""Does what happens off the browser tests' screens: others' plans, messages, answers and alerts.

One process for all of it, as each would set Django up anew, with the installation's database. It reads one line of JSON for each
thing to do, `{"part": "ask", "arguments": {"plan": "…", "seconds": 20}}`, and answers each with one: `{"told": …}`, or
`{"failed": "the traceback"}`.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable

import django
from django.db import close_old_connections

from tests.e2e import crisis_story, tell_people
from tests.e2e.age_proofs import age_proofs
from tests.e2e.raise_alerts import raise_alerts

PARTS: dict[str, Callable[..., object]] = {
    "plan": crisis_story.make_plan,
    "ask": crisis_story.ask,
    "quiet": crisis_story.quiet,
    "answer": crisis_story.answer,
    "message": tell_people.message,
    "crowd": tell_people.crowd,
    "instruction": tell_people.instruction,
    "again": tell_people.again,
    "stand-down": tell_people.stand_down,
    "text": tell_people.text,
    "alerts": raise_alerts,
    "age-proofs": age_proofs,
}


def play(line: str) -> dict[str, object]:
    """Do what the line asks for."""
    asked = json.loads(line)
    close_old_connections()
    try:
        return {"told": PARTS[asked["part"]](**asked["arguments"])}
    except Exception:  # noqa: BLE001 (the test that asked fails with it)
        return {"failed": traceback.format_exc()}


if __name__ == "__main__":
    told, sys.stdout = sys.stdout, sys.stderr  # what is logged is no answer
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soc.settings")
    django.setup()
    for line in sys.stdin:
        print(json.dumps(play(line)), file=told, flush=True)
