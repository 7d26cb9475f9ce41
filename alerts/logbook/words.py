"""The words of an entry: digested with a salt, so that the digest outlives them, and erased when their time is over."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction

from alerts.logbook.models import LogbookEntry, LogbookWords, Policy
from soc import clock
from soc.journal import digests
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Organisation

LONGEST_MONTHS = 120
_DAYS_A_MONTH = 30.44
_BATCH = 1000


def salted(text: str, place: str) -> tuple[bytes, str]:
    """A new salt, and the digest of the words with it."""
    salt = secrets.token_bytes(16)
    return salt, digest(salt, text, place)


def digest(salt: bytes, text: str, place: str) -> str:
    """The salted SHA-256 of an entry's words, in hexadecimal."""
    return digests.personal(salt, digests.canonical({"text": text, "place": place}))


def months(organisation: Organisation) -> int:
    """For how many months texts are kept."""
    policy = Policy.objects.filter(pk=organisation.pk).first()
    return policy.months if policy else int(Policy._meta.get_field("months").default)


def erase_old() -> int:
    """Erase the words whose time is over, in every organisation; the entries stay, with number, time and author."""
    return sum(_erase_old(organisation) for organisation in Organisation.objects.all())


def _erase_old(organisation: Organisation) -> int:
    before = clock.now() - dt.timedelta(days=months(organisation) * _DAYS_A_MONTH)
    old = LogbookEntry.objects.filter(organisation=organisation, written_at__lt=before, words__isnull=False)
    erased = 0
    while ids := list(old.order_by("written_at").values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            LogbookWords.objects.filter(pk__in=ids).delete()
            told: dict[str, digests.Json] = {"entries": len(ids), "written_before": before.isoformat()}
            record(organisation, Action.LOGBOOK_ERASED, details=told)
        erased += len(ids)
    return erased
