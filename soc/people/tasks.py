"""What the clock does for people: forget sessions and tries that have run out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celery import shared_task
from django.utils import timezone

from soc.people import throttle
from soc.people.models import MemberSession

BEAT: Mapping[str, Any] = {
    "people.forget": {"task": "people.forget", "schedule": 3600.0, "options": {"queue": "default", "expires": 3600}},
}


@shared_task(name="people.forget")
def forget() -> None:
    """Delete sessions that ran out and tries to sign in that no limit counts any more."""
    throttle.forget_old_tries()
    MemberSession.objects.filter(expire_date__lt=timezone.now()).delete()
