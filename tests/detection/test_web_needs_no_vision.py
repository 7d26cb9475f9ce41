"""The web process is installed without the vision stack: what it imports of detection must not need it."""

from __future__ import annotations

import os
import subprocess
import sys

VISION = ("av", "cv2", "numpy", "openvino", "onnxruntime", "trackers", "supervision")
PROGRAM = f"""
import sys
for name in {VISION!r}:
    sys.modules[name] = None
import django
django.setup()
import soc.urls, soc.asgi, soc.celery
from django.urls import reverse
print(reverse("cameras"), reverse("watchers"))
"""


def test_the_web_starts_where_nothing_can_see() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=os.environ.copy())
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["/api/cameras/", "/api/watchers/"]
