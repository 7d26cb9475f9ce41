"""`make bench`: measures every group, prints a table, writes bench/results.json.

    python -m bench [--short] [--only GROUP …]

Each group runs in a process of its own: one that fails leaves the others' figures, and its own say why they are missing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.groups import GROUPS, NAMED

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results.json"
CEILING_S = 900


def machine() -> dict[str, object]:
    """What it was measured on."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": names[0].partition(":")[2].strip() if names else platform.processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def environment() -> dict[str, str]:
    """What the groups' processes see: a mode that needs no secrets, settings of the checkout."""
    keys = {
        f"VIGIE_{name}_KEY": f"a-{name.lower()}-key-for-benchmarks-0123456789"
        for name in ("SECRET", "CREDENTIAL", "JOURNAL")
    }
    return (
        {"VIGIE_MODE": "test", "DJANGO_SETTINGS_MODULE": "soc.settings", "PYTHONUNBUFFERED": "1"}
        | keys
        | dict(os.environ)
    )


def measure_apart(group: str, *, short: bool) -> list[dict[str, object]]:
    """Measure one group in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "bench", "--one", group, "--answer", str(answer)] + ["--short"] * short
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=CEILING_S, check=False
            )
        except subprocess.TimeoutExpired:
            return [missing(group, f"did not end within {CEILING_S} s")]
        if done.returncode or not answer.exists():
            lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            return [missing(group, f"failed: {lines[-1]}")]
        found: list[dict[str, object]] = json.loads(answer.read_text())
        return found


def missing(group: str, why: str) -> dict[str, object]:
    """The figure of a group that gave none."""
    return {"name": f"{group}.measured", "value": None, "unit": "", "target": None, "holds": None, "note": why}


def row(figure: dict[str, object]) -> str:
    """One line of the table."""
    value, holds = figure["value"], figure["holds"]
    shown = (
        f"{value:.3g}" if isinstance(value, float) and abs(value) < 100 else "–" if value is None else f"{value:.0f}"
    )
    verdict = {True: "holds", False: "MISSED", None: ""}[holds if isinstance(holds, bool) else None]
    what = f"{shown} {figure['unit']}".strip()
    return f"{figure['name']!s:42} {what:>20} {figure['target'] or '':>8} {verdict:7} {figure['note']}"


def main() -> int:
    """Measure. Returns the exit status: 1 when a group failed, whatever the targets."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--short", action="store_true", help="a few seconds a figure, to see that all of it runs")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=sorted(GROUPS),
        default=[one for one in GROUPS if one not in NAMED],
        metavar="GROUP",
    )
    parser.add_argument("--one", choices=sorted(GROUPS), help=argparse.SUPPRESS)
    parser.add_argument("--answer", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        arguments.answer.write_text(json.dumps([each.as_json() for each in GROUPS[arguments.one](arguments.short)]))
        return 0
    figures: list[dict[str, object]] = []
    result = {"machine": machine(), "short": arguments.short, "figures": figures}
    for group in arguments.only:
        begun = time.monotonic()
        found = measure_apart(group, short=arguments.short)
        figures += found
        print(f"— {group}, {time.monotonic() - begun:.0f} s", *map(row, found), sep="\n", flush=True)
        RESULTS.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    print(
        f"\n{RESULTS.relative_to(ROOT)}: {len(figures)} figures, {sum(each['holds'] is False for each in figures)} missed"
    )
    return int(any(str(each["name"]).endswith(".measured") for each in figures))


if __name__ == "__main__":
    raise SystemExit(main())
