"""What is sent as a form: the files that go with a body."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image

from alerts.channels.recordings import sounds


def _picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (80, 80), "white").save(drawn, "PNG")
    return drawn.getvalue()


FORMS: dict[str, Callable[[], dict[str, bytes]]] = {
    "POST /api/floor-plans/": lambda: {"picture": _picture()},
    "POST /api/floor-plans/{id}/picture/": lambda: {"picture": _picture()},
    "POST /api/sound-recordings/": lambda: {"sound": sounds.wav([b"\x00\x20\x00\xe0" * 2000])},
}
"""What is sent as a form: the files that go with the body."""
