"""Programs of Debian packages that were taken apart are started with all that they need, wherever they lie."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.bootstrap import debian


def test_a_starter_passes_settings_and_arguments_on_whatever_is_in_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "somebody's $HOME"
    folder.mkdir()
    monkeypatch.setattr(debian, "FOLDER", folder)
    program = folder / "a program"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$GI_TYPELIB_PATH" "$@"\n')
    program.chmod(0o755)
    debian._starter("start", program, {"GI_TYPELIB_PATH": "one two:$three"}, [])
    said = subprocess.run([folder / "start", "--size=1 2", "a'b"], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["one two:$three", "--size=1 2", "a'b"]
