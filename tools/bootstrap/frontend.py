"""Builds the front end, when its sources changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from tools.bootstrap import environments
from tools.bootstrap.console import ROOT, Step

FOLDER = ROOT / "frontend"
_NOT_SOURCES = {"node_modules", "dist", "test-results", "tests"}


def environment() -> dict[str, str]:
    """Return what npm needs in its environment: the folder of `node` first on the PATH."""
    return {"PATH": f"{environments.ensure_node()}{os.pathsep}{os.environ['PATH']}", "CI": "1"}


def npm(*arguments: str) -> list[str]:
    """Return an npm command."""
    return ["npm", "--no-fund", "--no-audit", "--no-update-notifier", *arguments]


def ensure_modules() -> dict[str, str]:
    """Install what package-lock.json names; return npm's environment."""
    stamp, wanted = FOLDER / "node_modules" / ".vigie", _digest([FOLDER / "package-lock.json"])
    found = environment()
    if not stamp.exists() or stamp.read_text() != wanted:
        with Step("Installing the front end's packages", "check the network, then run it again.") as step:
            step.run(npm("ci"), found, FOLDER)
            stamp.write_text(wanted)
    return found


def ensure_built() -> None:
    """Build the front end unless `frontend/dist` was made from the sources as they are."""
    if not (FOLDER / "package.json").exists():
        return
    stamp, wanted = FOLDER / "dist" / ".vigie", _digest(_sources())
    if stamp.exists() and stamp.read_text() == wanted:
        return
    found = ensure_modules()
    with Step("Building the front end", "if you changed it, mend what is said above; else report it.") as step:
        step.run(npm("run", "build"), found, FOLDER)
        stamp.write_text(wanted)


def _sources() -> list[Path]:
    files: list[Path] = []
    for top in sorted(FOLDER.iterdir()):
        if top.name not in _NOT_SOURCES:
            files += [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.is_file())
    return files


def _digest(files: list[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        found.update(os.fsencode(file.relative_to(FOLDER)) + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()
