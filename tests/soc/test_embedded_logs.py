"""What a log line holds, and what it never does."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from soc.config import ROOT

SCRIPT = """
import logging, resource, django
django.setup()
import structlog
def reads_a_frame():
    pixels = "PIXELS-OF-A-FACE"
    password = "THE-PASSWORD-OF-A-CAMERA"
    return len(pixels) / (len(password) - 24)
try:
    reads_a_frame()
except ZeroDivisionError:
    structlog.get_logger("ours").exception("watch failed", camera="c1")
    logging.getLogger("theirs").exception("failed for %s", "c2")
print(resource.getrlimit(resource.RLIMIT_CORE))
"""


def _run(mode: str) -> list[str]:
    keys = {f"VIGIE_{name}_KEY": "k" * 50 for name in ("SECRET", "CREDENTIAL", "JOURNAL")}
    environment = os.environ | keys | {"VIGIE_MODE": mode, "DJANGO_SETTINGS_MODULE": "soc.settings"}
    environment.pop("VIGIE_TEST_CLOCK", None)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("mode", ["production", "embedded"])
def test_an_error_shows_lines_of_code_and_no_values(mode: str) -> None:
    text = "\n".join(_run(mode))
    assert text.count("ZeroDivisionError: division by zero") == 2
    assert "reads_a_frame" in text
    assert "PIXELS-OF-A-FACE" not in text
    assert "THE-PASSWORD-OF-A-CAMERA" not in text


def test_in_production_a_line_is_one_object_whoever_writes_it() -> None:
    *lines, _limits = _run("production")
    ours, theirs = (json.loads(line) for line in lines)
    assert (ours["event"], ours["camera"], ours["level"], ours["logger"]) == ("watch failed", "c1", "error", "ours")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("failed for c2", "error", "theirs")
    assert ours["timestamp"].endswith("Z")


def test_no_process_dumps_core() -> None:
    assert _run("embedded")[-1] == "(0, 0)"
