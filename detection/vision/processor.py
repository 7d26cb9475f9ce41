"""What this machine's processor can do. Standard library only: tools/bootstrap asks before anything is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

BYTE_PRODUCTS: Final = frozenset({"avx512_vnni", "avx_vnni", "amx_int8"})
"""Instructions that multiply bytes and add them up in 32 bits. Without them sums of bytes saturate, and 8 bits gain little."""


def multiplies_bytes(description: Path = Path("/proc/cpuinfo")) -> bool:
    """Say whether models of 8 bits run faster here than others, and right. ``False`` where it is not known.

    Args:
        description: Linux's description of the processors.
    """
    try:
        lines = description.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    return not BYTE_PRODUCTS.isdisjoint(flags)
