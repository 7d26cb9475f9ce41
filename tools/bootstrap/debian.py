"""Debian packages for the tests, installed as root where we are, else taken apart into .venvs/debian: no root is needed for that.

Packages that are taken apart know nothing of where they lie. Two small programs, `chromium` and `python-gi`, start theirs
with the folders in which libraries, plug-ins and fonts are looked for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.bootstrap.console import ROOT, Step, StepFailed

FOLDER = ROOT / ".venvs" / "debian"
_APT = FOLDER / "apt"
_TREE = FOLDER / "root"
_NETWORK = "check the network, then run it again."
_SYSTEM = Path("/usr/bin")
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Another implementation of RTSP for the tests to speak with, driven from the system's Python.
_GSTREAMER = (
    "python3-gi",
    "gir1.2-gst-rtsp-server-1.0",
    "gstreamer1.0-rtsp",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-bad",
)
_TRIAL = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; "
    "Gst.init(None); raise SystemExit(not all(map(Gst.ElementFactory.find, ('rtph265pay', 'h265parse'))))"
)


def test_tools() -> dict[str, str]:
    """Return where the tests find a Chromium and a Python with GStreamer, installing what is absent.

    Where there is no apt, playwright's own Chromium has to do (see `__main__`), and the tests with GStreamer say that they
    were left out.

    Returns:
        `VIGIE_CHROMIUM` and `VIGIE_GSTREAMER_PYTHON`, each where there is one.
    """
    found = _found()
    if len(found) == 2 or not shutil.which("apt-get"):
        return found
    if os.geteuid() == 0:
        with Step("Installing Chromium and GStreamer with apt", _NETWORK) as step:
            step.run(["apt-get", "-q", "update"], {"DEBIAN_FRONTEND": "noninteractive"})
            step.run(_install("apt-get"), {"DEBIAN_FRONTEND": "noninteractive"})
    else:
        with Step(
            "Taking Chromium and GStreamer out of Debian's packages into .venvs/debian (700 MB)", _NETWORK
        ) as step:
            try:
                _take_apart(step)
            except StepFailed as failure:
                # Debian's packages are one way of several: what is still missing then is said where it is needed.
                step.say("apt did not serve")
                print(f"  {failure}".replace("\n", "\n  "), flush=True)
    return _found()


def _found() -> dict[str, str]:
    chromium = next(filter(None, map(shutil.which, (*_CHROMIUM, str(FOLDER / "chromium")))), None)
    pythons = filter(None, (shutil.which("python3", path=str(_SYSTEM)), shutil.which(str(FOLDER / "python-gi"))))
    python = next((each for each in pythons if _has_gstreamer(each)), None)
    known = {"VIGIE_CHROMIUM": chromium, "VIGIE_GSTREAMER_PYTHON": python}
    return {name: path for name, path in known.items() if path}


def _has_gstreamer(python: str) -> bool:
    return subprocess.run([python, "-c", _TRIAL], capture_output=True, check=False).returncode == 0


def _install(apt: str, *options: str) -> list[str]:
    return [apt, "-q", *options, "install", "-y", "--no-install-recommends", "chromium", *_GSTREAMER]


def _take_apart(step: Step) -> None:
    """Download what this machine lacks, with lists and archives of our own, and unpack it."""
    for folder in ("lists/partial", "archives/partial"):
        (_APT / folder).mkdir(parents=True, exist_ok=True)
    own = [f"Dir::State::Lists={_APT}/lists", f"Dir::Cache={_APT}", f"Dir::Cache::Archives={_APT}/archives"]
    # Nothing of the system is written, so its locks are not asked for.
    options = [part for option in (*own, "Debug::NoLocking=true") for part in ("-o", option)]
    step.run(["apt-get", "-q", *options, "update"])
    step.run(_install("apt-get", *options, "--download-only"))
    for archive in sorted((_APT / "archives").glob("*.deb")):
        step.say(f"unpacking {archive.name}")
        step.run(["dpkg-deb", "--extract", archive, _TREE])
    shutil.rmtree(_APT)
    libraries = _libraries()
    _starter("chromium", [f"exec {_TREE}/usr/lib/chromium/chromium"], libraries)
    python = next(filter(Path.exists, (_SYSTEM / "python3", _TREE / "usr/bin/python3")))
    _starter("python-gi", [*_gstreamer_settings(libraries[0]), f"exec {python}"], libraries)


def _libraries() -> list[Path]:
    """The folders with shared libraries, the machine's architecture first."""
    usual = sorted((_TREE / "usr" / "lib").glob("*-linux-gnu*")) + sorted((_TREE / "lib").glob("*-linux-gnu*"))
    private = sorted(
        {path.parent for path in usual[0].rglob("*.so*") if path.parent.name in ("pulseaudio", "blas", "lapack")}
    )
    return usual + private


def _gstreamer_settings(libraries: Path) -> list[str]:
    plugins = f"{libraries}/gstreamer-1.0"
    return [
        f"export PYTHONPATH={_TREE}/usr/lib/python3/dist-packages",
        f"export GI_TYPELIB_PATH={libraries}/girepository-1.0:{_system_of(libraries)}/girepository-1.0",
        f"export GST_PLUGIN_PATH={plugins} GST_REGISTRY={FOLDER}/gstreamer.registry",
        f"export GST_PLUGIN_SCANNER={libraries}/gstreamer1.0/gstreamer-1.0/gst-plugin-scanner",
    ]


def _system_of(folder: Path) -> Path:
    return Path("/") / folder.relative_to(_TREE)


def _starter(name: str, lines: Sequence[str], libraries: Sequence[Path]) -> None:
    """Write a program that starts another with the folders that it needs; its arguments are passed on."""
    path = FOLDER / name
    fonts = [f"export FONTCONFIG_PATH={_TREE}/etc/fonts"] if not Path("/etc/fonts/fonts.conf").exists() else []
    *before, last = lines
    text = ["#!/bin/sh", f"export LD_LIBRARY_PATH={':'.join(map(str, libraries))}", *fonts, *before, f'{last} "$@"']
    path.write_text("\n".join(text) + "\n")
    path.chmod(0o755)
