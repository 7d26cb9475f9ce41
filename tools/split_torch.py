"""Takes torch and its CUDA libraries out of the models lock, into locks of their own.

uv reads one index, whose torch for Linux is the build with CUDA: 0.5 GB, and 3 GB of libraries without which it does not
start. Where the build without CUDA can be had (a folder of wheels or another index that pip is configured with), it is
tried first, by its own version. pip must not be offered both hashes in one requirement: it prefers the file whose hash
the index states, which is the larger one.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

CUDA = re.compile(r"(nvidia-(?!ml-py)|cuda-|triton)")
TORCH = re.compile(r"torch==")
# The build without CUDA, by version: cp311, manylinux_2_28, x86_64.
CPU_BUILDS = {"2.13.0": "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"}


def split(folder: Path) -> None:
    """Write torch.lock, torch-cpu.lock and cuda.lock beside models.lock, which keeps the rest."""
    models = folder / "models.lock"
    kept: list[str] = []
    torch: list[str] = []
    cuda: list[str] = []
    for entry in re.split(r"\n(?=\S)", models.read_text().strip()):
        (cuda if CUDA.match(entry) else torch if TORCH.match(entry) else kept).append(entry)
    version = torch[0].split("==")[1].split()[0]
    cpu = f"torch=={version}+cpu \\\n    --hash=sha256:{CPU_BUILDS[version]}"
    for name, entries in (("models", kept), ("torch", torch), ("torch-cpu", [cpu]), ("cuda", cuda)):
        (folder / f"{name}.lock").write_text("\n".join(entries) + "\n")


if __name__ == "__main__":
    split(Path(sys.argv[1]))
