"""Where the embedded servers keep their data and sockets, reachable by the account they run as."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

# The system refuses longer paths of socket files (108 bytes on Linux, 104 elsewhere); the name takes 18 of them.
_LONGEST_SOCKET_FOLDER = 84


class PlaceFault(RuntimeError):
    """No fit place for the servers; the text says why and what to do."""


def reachable_by_others(path: Path) -> bool:
    """Say whether any account may walk down to `path`, which need not exist yet."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (path, *path.parents) if parent.exists())


def data_folder(var: Path) -> Path:
    """Return the folder of the servers' data.

    It is `servers` in VIGIE_VAR. As root PostgreSQL runs as an account of its own; where that one cannot reach VIGIE_VAR
    (a checkout in root's home, say) a folder under /var/lib is used, named after the checkout: opening somebody's home
    to all would be worse.
    """
    folder = var.resolve() / "servers"
    if os.geteuid() == 0 and not reachable_by_others(folder):
        folder = Path("/var/lib") / f"vigie-{_key(var)}"
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        folder.chmod(0o755)
    return folder


def socket_folder(data: Path) -> Path:
    """Return a folder whose path is short enough for sockets.

    Raises:
        PlaceFault: the short folder belongs to somebody else.
    """
    folder = data / "run"
    if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER:
        folder = Path(tempfile.gettempdir()) / f"vigie-{os.geteuid()}-{_key(data)}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise PlaceFault(f"{folder} belongs to another account. Remove it, or set VIGIE_VAR to a shorter path.")
    return folder


def _key(path: Path) -> str:
    """Return a short name that differs from one installation to the next."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
