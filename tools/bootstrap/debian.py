"""Debian packages for the tests, installed as root where we are, else taken apart into .venvs/debian: no root is needed for that.

Packages that are taken apart know nothing of where they lie. Small programs, as `python-gi`, start theirs with the folders in
which libraries, plug-ins and fonts are looked for.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.bootstrap.console import ROOT, Step, StepFailed

FOLDER = ROOT / ".venvs" / "debian"
_APT = FOLDER / "apt"
_TREE = FOLDER / "root"
_NETWORK = "check the network, then run it again."
_SYSTEM = Path("/usr/bin")
# Chromium without what a window needs does the same in two thirds of the time; any other does too.
_SHELL = "chromium-headless-shell"
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
_PACKAGES = {
    "VIGIE_CHROMIUM": ("a headless Chromium", (_SHELL,)),
    "VIGIE_GSTREAMER_PYTHON": ("GStreamer", _GSTREAMER),
    "VIGIE_KANNEL": ("Kannel", ("kannel", "kannel-extras")),
}
#: A service that would start with the machine: taken apart for root too.
_SERVICES = frozenset({"VIGIE_KANNEL"})
# A real SMS gateway and a network behind it, and where Debian puts them.
_KANNEL = {"bearerbox": "usr/sbin", "smsbox": "usr/sbin", "fakesmsc": "usr/lib/kannel/test"}
_INSTALL = ("install", "-y", "--no-install-recommends")
_TRIAL = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; "
    "Gst.init(None); raise SystemExit(not all(map(Gst.ElementFactory.find, ('rtph265pay', 'h265parse'))))"
)


def tools_for_tests() -> dict[str, str]:
    """Return where the tests find a Chromium and a Python with GStreamer, installing what is absent.

    Debian's packages are one way of several: where apt does not serve, that is said, playwright's own Chromium has to do (see
    `__main__`), and the tests with GStreamer say that they were left out.

    Returns:
        `VIGIE_CHROMIUM`, `VIGIE_GSTREAMER_PYTHON` and `VIGIE_KANNEL` (its bearerbox), each where there is one.
    """
    found = tools_there()
    for name, (what, packages) in _PACKAGES.items():
        if (name in found and not _has_a_better(name, found[name])) or not shutil.which("apt-get"):
            continue
        try:
            _install(what, packages, apart=name in _SERVICES)
        except StepFailed as failure:
            print(f"\n{failure}\n", flush=True)
            if name in found:
                print(f"{found[name]} is used meanwhile: slower, and as good.\n", flush=True)
    return tools_there()


def _has_a_better(name: str, program: str) -> bool:
    """Whether a better one is installed although this one is there.

    Beside a Chromium that is installed, apt would give who is not root half of the shell: the other half is that one's.
    """
    return name == "VIGIE_CHROMIUM" and Path(program).name != _SHELL and os.geteuid() == 0


def tools_there() -> dict[str, str]:
    """Return which of `tools_for_tests` are there now."""
    chromium = headless_browser()
    pythons = filter(None, (shutil.which("python3", path=str(_SYSTEM)), shutil.which(str(FOLDER / "python-gi"))))
    python = next((each for each in pythons if _has_gstreamer(each)), None)
    gateway = kannel().get("bearerbox")
    known = {"VIGIE_CHROMIUM": chromium, "VIGIE_GSTREAMER_PYTHON": python, "VIGIE_KANNEL": gateway}
    return {name: path for name, path in known.items() if path}


def headless_browser() -> str | None:
    """Return the Chromium for what is tested: the shell, else any that is there."""
    return _first(_SHELL, *_CHROMIUM)


def whole_browser() -> str | None:
    """Return a Chromium that people use, for what is measured; the shell where there is no other."""
    return _first(*_CHROMIUM, _SHELL)


def _first(*names: str) -> str | None:
    """The first program of these that is there, the machine's or one that was taken apart."""
    places = (shutil.which(place) for name in names for place in (name, str(FOLDER / name)))
    return next(filter(None, places), None)


def kannel() -> dict[str, str]:
    """Return Kannel's programs by their names; nothing unless all of them are there."""
    for folder in (None, FOLDER):
        found = {
            name: shutil.which(name, path=str(folder or Path("/") / place)) or "" for name, place in _KANNEL.items()
        }
        if all(found.values()):
            return found
    return {}


def _has_gstreamer(python: str) -> bool:
    return subprocess.run([python, "-c", _TRIAL], capture_output=True, check=False).returncode == 0


def _install(what: str, packages: Sequence[str], *, apart: bool = False) -> None:
    """Install packages, or take them apart; raises `StepFailed`."""
    if os.geteuid() == 0 and not apart:
        with Step(f"Installing {what} with apt", _NETWORK) as step:
            quiet = {"DEBIAN_FRONTEND": "noninteractive"}
            step.run(["apt-get", "-q", "update"], quiet)
            step.run(["apt-get", "-q", *_INSTALL, *packages], quiet)
        return
    with Step(f"Taking {what} out of Debian's packages into .venvs/debian", _NETWORK) as step:
        _take_apart(step, packages)


def _take_apart(step: Step, packages: Sequence[str]) -> None:
    """Download what this machine lacks, with lists and archives of our own, and unpack it."""
    for folder in ("lists/partial", "archives/partial"):
        (_APT / folder).mkdir(parents=True, exist_ok=True)
    own = [f"Dir::State::Lists={_APT}/lists", f"Dir::Cache={_APT}", f"Dir::Cache::Archives={_APT}/archives"]
    # Nothing of the system is written, so its locks are not asked for.
    # apt would drop root for a user who cannot write here.
    options = [part for option in (*own, "Debug::NoLocking=true", "APT::Sandbox::User=") for part in ("-o", option)]
    step.run(["apt-get", "-q", *options, "update"])
    step.run(["apt-get", "-q", *options, "--download-only", *_INSTALL, *packages])
    for archive in sorted((_APT / "archives").glob("*.deb")):
        step.say(f"unpacking {archive.name}")
        step.run(["dpkg-deb", "--extract", archive, _TREE])
    shutil.rmtree(_APT)
    _write_starters(step)


def _write_starters(step: Step) -> None:
    """Write the programs that start what was taken apart, as far as it is there."""
    libraries = _libraries()
    if not _TREE.exists():
        raise step.failure("apt had nothing to download, yet what is there does not work.")
    shell = _TREE / "usr/lib/chromium" / _SHELL
    if shell.exists():
        _starter(FOLDER / _SHELL, shell, {}, libraries)
    for name, place in _KANNEL.items():
        if (_TREE / place / name).exists():
            _starter(FOLDER / name, _TREE / place / name, {}, libraries)
    if libraries and (libraries[0] / "gstreamer-1.0").exists():
        python = next(filter(Path.exists, (_SYSTEM / "python3", _TREE / "usr/bin/python3")))
        _starter(FOLDER / "python-gi", python, _gstreamer_settings(libraries[0]), libraries)


def _libraries() -> list[Path]:
    """The folders with shared libraries, the machine's architecture first."""
    usual = [each for top in ("usr/lib", "lib") for each in sorted((_TREE / top).glob("*-linux-gnu*"))]
    # Chromium's sound and OpenCV's mathematics keep libraries in folders of their own.
    found = {path.parent for each in usual for path in each.rglob("*.so*")}
    return usual + sorted(each for each in found if each.name in {"pulseaudio", "blas", "lapack"})


def _gstreamer_settings(libraries: Path) -> dict[str, str]:
    system = Path("/") / libraries.relative_to(_TREE)
    return {
        "PYTHONPATH": f"{_TREE}/usr/lib/python3/dist-packages",
        "GI_TYPELIB_PATH": f"{libraries}/girepository-1.0:{system}/girepository-1.0",
        "GST_PLUGIN_PATH": f"{libraries}/gstreamer-1.0",
        "GST_PLUGIN_SCANNER": f"{libraries}/gstreamer1.0/gstreamer-1.0/gst-plugin-scanner",
        "GST_REGISTRY": f"{FOLDER}/gstreamer.registry",
    }


def _starter(path: Path, program: Path, settings: Mapping[str, str], libraries: Sequence[Path]) -> None:
    """Write a program that starts another with the folders that it needs; its arguments are passed on."""
    known = {"LD_LIBRARY_PATH": ":".join(map(str, libraries)), **settings}
    if not Path("/etc/fonts/fonts.conf").exists():
        known["FONTCONFIG_PATH"] = f"{_TREE}/etc/fonts"
    exports = [f"export {key}={shlex.quote(value)}" for key, value in known.items()]
    path.write_text("\n".join(["#!/bin/sh", *exports, f'exec {shlex.quote(str(program))} "$@"']) + "\n")
    path.chmod(0o755)
