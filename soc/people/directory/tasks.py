"""What the clock does for the directory: new members become people who can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celery import shared_task

from soc.people.directory.members import ensure_people_of_members

BEAT: Mapping[str, Any] = {
    "directory.members": {
        "task": "directory.members",
        "schedule": 60.0,
        "options": {"queue": "default", "expires": 60},
    },
}


@shared_task(name="directory.members")
def members() -> None:
    """Give members without one a person, and people with an account its name."""
    ensure_people_of_members()
