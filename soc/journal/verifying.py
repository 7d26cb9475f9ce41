"""Verifications as jobs: somebody asks, a responder runs it and says how far it is, and what it found is kept with who asked."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Seal, VerificationRun
from soc.journal.services import record
from soc.journal.verification import Fault, FaultKind, Verification, verify
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, reach
from soc.people.services import lock
from soc.refusals import Refusal, Status

BEATS_EVERY_S = 1.0
#: A run whose process has said nothing for this long is taken by another.
LOST_AFTER = dt.timedelta(seconds=30)


@transaction.atomic
def ask(member: Member) -> VerificationRun:
    """Ask for a verification of the whole journal; the one under way, when there is one.

    Raises:
        Refusal: the member may read some sites' entries only.
    """
    if reach(member, Right.SEE_JOURNAL) is not EVERYWHERE:
        raise Refusal(
            "whole_organisation",
            _("The chain is the whole organisation's. Ask an auditor of all sites to verify it."),
            status=Status.FORBIDDEN,
        )
    lock(member.organisation_id)  # two auditors at once: the second is given the first's
    under_way = VerificationRun.objects.filter(organisation=member.organisation_id, finished_at=None).first()
    if under_way is not None:
        return under_way
    return VerificationRun.objects.create(organisation_id=member.organisation_id, asked_by=member)


def run_due() -> int:
    """Run the verifications that wait, or whose process died; how many that were."""
    done = 0
    while (run := _claim()) is not None:
        _run(run)
        done += 1
    return done


def found_in(run: VerificationRun) -> Verification | None:
    """What the run found; ``None`` while it is under way."""
    if run.found is None:
        return None
    kept: dict[str, Any] = dict(run.found)
    for name in ("unsealed_since", "head_at"):
        kept[name] = dt.datetime.fromisoformat(kept[name]) if kept[name] else None
    kept["faults"] = [Fault(FaultKind(one["kind"]), one["seal"], one["entry"]) for one in kept["faults"]]
    return Verification(**kept)


@transaction.atomic
def _claim() -> VerificationRun | None:
    now = clock.now()
    lost = models.Q(beat_at=None) | models.Q(beat_at__lt=now - LOST_AFTER)
    waiting = VerificationRun.objects.select_for_update(skip_locked=True, of=("self",)).filter(lost, finished_at=None)
    run = waiting.order_by("asked_at").first()
    if run is None:
        return None
    run.started_at = run.beat_at = now
    run.entries, run.total = 0, _sealed(run.organisation_id)
    run.save(update_fields=["started_at", "beat_at", "entries", "total"])
    return run


def _sealed(organisation: UUID) -> int:
    length = models.Func(models.F("entry_ids"), function="cardinality", output_field=models.BigIntegerField())
    sealed = Seal.objects.filter(organisation=organisation).aggregate(all=Coalesce(models.Sum(length), 0))
    return int(sealed["all"])


def _run(run: VerificationRun) -> None:
    with _Heart(run.pk) as heart:
        found = verify(run.organisation_id, progress=heart.tell)
    with transaction.atomic():
        run = VerificationRun.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=run.pk)
        if run.finished_at is not None:
            return  # it was slow, another took it for dead and was first
        run.finished_at, run.entries, run.found = clock.now(), found.entries, _written(found)
        run.save(update_fields=["finished_at", "entries", "found"])
        record(
            run.organisation_id,
            Action.JOURNAL_VERIFIED,
            actor=run.asked_by,
            subject=run,
            details={"holds": found.holds, "head": found.head, "seal": found.head_number, "faults": len(found.faults)},
        )


def _written(found: Verification) -> dict[str, Any]:
    kept = asdict(found)
    for name in ("unsealed_since", "head_at"):
        kept[name] = kept[name].isoformat() if kept[name] else None
    kept["faults"] = [{"kind": one.kind.value, "seal": one.seal, "entry": one.entry} for one in found.faults]
    return kept


class _Heart:
    """Says, from a thread with a connection of its own, that a run lives and how far it is: its own reads one snapshot."""

    def __init__(self, run: UUID) -> None:
        self._run = run
        self._entries = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"verification-{run}", daemon=True)

    def tell(self, entries: int) -> None:
        """How many entries have been looked at."""
        self._entries = entries

    def __enter__(self) -> _Heart:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEATS_EVERY_S):
                row = VerificationRun.objects.filter(pk=self._run, finished_at=None)
                row.update(beat_at=clock.now(), entries=self._entries)
        finally:
            connection.close()
