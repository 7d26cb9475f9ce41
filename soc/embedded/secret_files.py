"""The secrets of an embedded installation: made once, kept in files that only their owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAMES = ("VIGIE_SECRET_KEY", "VIGIE_CREDENTIAL_KEY", "VIGIE_JOURNAL_KEY")
_BYTES = 48


def load(folder: Path) -> dict[str, str]:
    """Return each secret of `NAMES` by its variable: the environment's, else the one kept in `folder`, else a new one.

    The journal's key is among them: it lies here, and not in the database that it guards.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {name: os.environ.get(name) or _kept(folder / name.lower()) for name in NAMES}


def _kept(file: Path) -> str:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    value = secrets.token_urlsafe(_BYTES)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(value + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    return value
