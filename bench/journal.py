"""Many writers on one journal: entries a second from 8 processes, and how much more that is than from one.

Writers share no lock, so 8 of them are as fast as the machine's cores and disk allow; writers that queued on each other would be
no faster than one.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from uuid import UUID

from bench.installation import ROOT, installation

WRITERS = 8
CEILING_S = 300


@dataclass(frozen=True, slots=True)
class Result:
    """Entries a second, each in a transaction of its own.

    Attributes:
        one: from one writer.
        many: from `WRITERS` writers.
        sealed: entries a second that the sealer sealed.
        verified: entries a second that were verified.
    """

    one: float
    many: float
    sealed: float
    verified: float

    @property
    def ratio(self) -> float:
        """How much more many writers write than one."""
        return self.many / self.one


def compare(*, short: bool) -> Result:
    """One writer and many in the same run."""
    entries = 100 if short else 1000
    with installation() as home:
        from soc.journal.sealing import seal_all
        from soc.journal.verification import verify

        one = _entries_per_second(home.organisation, 1, entries)
        many = _entries_per_second(home.organisation, WRITERS, entries)
        begun = time.perf_counter()
        seal_all()
        sealed = time.perf_counter() - begun
        begun = time.perf_counter()
        found = verify(home.organisation)
        verified = time.perf_counter() - begun
        total = entries * (1 + WRITERS)
        if not found.holds or found.entries != total:
            raise RuntimeError(f"The journal does not hold: {found}")
    return Result(one, many, total / sealed, total / verified)


def _entries_per_second(organisation: UUID, writers: int, entries: int) -> float:
    """Start the writers, let them begin together, and see how long the last one takes."""
    command = [sys.executable, "-m", "bench.journal", "write", str(organisation), str(entries)]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(writers)
    ]
    for writer in started:
        assert writer.stdout is not None
        if not writer.stdout.readline():
            raise RuntimeError("A writer did not start.")
    begun = time.perf_counter()
    for writer in started:
        assert writer.stdin is not None
        writer.stdin.write(b"\n")
        writer.stdin.flush()
    for writer in started:
        _out, _ = writer.communicate(timeout=CEILING_S)
        if writer.returncode != 0:
            raise RuntimeError("A writer failed.")
    return writers * entries / (time.perf_counter() - begun)


def _write(organisation: UUID, entries: int) -> None:
    """A writer process: says when it is ready, begins when it is told."""
    import django

    django.setup()
    from django.db import connection, transaction

    from soc.journal.actions import Action
    from soc.journal.services import record

    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(entries):
        with transaction.atomic():
            record(organisation, Action.ALERT_RAISED, details={"number": number})


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["write"]:
        _write(UUID(sys.argv[2]), int(sys.argv[3]))
        return
    result = compare(short="--short" in sys.argv)
    print(
        f"{result.many:.0f} entries/s from {WRITERS} writers, {result.one:.0f} from one, ratio {result.ratio:.2f}; "
        f"sealed {result.sealed:.0f}/s, verified {result.verified:.0f}/s"
    )


if __name__ == "__main__":
    main()
