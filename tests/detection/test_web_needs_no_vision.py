"""Web, responder and beat are installed without the vision stack: what they import of detection must not need it."""

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
# What a responder and beat do when they start.
soc.celery.app.loader.import_default_modules()
print(*sorted({{"detection.tasks.wake", "detection.tasks.probe"}} & set(soc.celery.app.tasks)))
print("wake-watchers" in soc.celery.app.conf.beat_schedule)
"""


def test_web_responder_and_beat_start_where_nothing_can_see() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=os.environ.copy())
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        "/api/cameras/",
        "/api/watchers/",
        "detection.tasks.probe",
        "detection.tasks.wake",
        "True",
    ]
