"""Programs of Debian packages that were taken apart are started with all that they need, wherever they lie."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tools.bootstrap.debian import _starter


def test_a_starter_passes_settings_and_arguments_on_whatever_is_in_their_names(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "somebody's $HOME"
    folder.mkdir()
    program = folder / "a program"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$GI_TYPELIB_PATH" "$@"\n')
    program.chmod(0o755)
    _starter(folder / "start", program, {"GI_TYPELIB_PATH": "one two:$three"}, [])
    said = subprocess.run([folder / "start", "--size=1 2", "a'b"], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["one two:$three", "--size=1 2", "a'b"]
