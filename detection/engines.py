"""The models of one watcher process, by analysis size: loaded once, shared by all its cameras."""

from __future__ import annotations

import threading
from pathlib import Path

from detection.vision.engine import Engines, open_engines, resolve


class EngineRoom:
    """Opens the models when the first camera needs them.

    Args:
        kind: VIGIE_ENGINE.
        folder: where the verified models lie.
    """

    def __init__(self, kind: str, folder: Path) -> None:
        self._kind = kind
        self._folder = folder
        self._lock = threading.Lock()
        self._engines: dict[int, Engines] = {}

    @property
    def name(self) -> str:
        """What runs the models here, for the console.

        Raises:
            ModelUnusable: VIGIE_ENGINE names no engine.
        """
        return resolve(self._kind).value

    def of_size(self, size: int) -> Engines:
        """The models for an analysis size.

        Raises:
            ModelUnusable: a file is missing or not the verified one, or nothing here can run it.
        """
        with self._lock:
            if size not in self._engines:
                self._engines[size] = open_engines(self._kind, self._folder, size)
            return self._engines[size]
