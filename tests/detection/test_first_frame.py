"""What a rule fires on is kept, however seldom the camera is analysed: a real watch of real footage."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from uuid import UUID, uuid4

import av
import cv2
import numpy as np
import pytest

from detection.engines import EngineRoom
from detection.models import SourceKind
from detection.observations import Observation, Recorder
from detection.observing import Scene
from detection.plans import CameraPlan
from detection.sources.spec import SourcePolicy, SourceSpec
from detection.watch import Watch
from soc.embedded import assets
from tests.detection.vision.conftest import models

__all__ = ["models"]

CEILING_S = 60
READS_BACK_S = 0.3
"""How long taking up a rule keeps the watch on a busy machine: it reads back minutes of what was observed."""

SELDOM = 0.4
"""Frames a second: the next one comes too late to stand for the one before."""


class Kept:
    """When it fired, and what was recorded then."""

    def __init__(self) -> None:
        self.fired_at: SimpleQueue[float] = SimpleQueue()
        self.snapshot: SimpleQueue[bytes | None] = SimpleQueue()
        self.clip: SimpleQueue[bytes | None] = SimpleQueue()


class FiresOnTheSecond:
    """Wants no recordings at first; on the second frame it was switched on, fires, and asks for both at once."""

    def __init__(self, recorder: Recorder, kept: Kept) -> None:
        self._recorder = recorder
        self._kept = kept
        self._seen = 0
        self.wants_recordings = False
        self.fired: frozenset[int] = frozenset()

    def observe(self, observation: Observation) -> None:
        self._seen += 1
        if self._seen == 2:
            self.wants_recordings = True
            time.sleep(READS_BACK_S)
            at = observation.captured_at
            self._kept.fired_at.put(at)
            self._recorder.snapshot(at, self._kept.snapshot.put)
            self._recorder.clip(at, at, self._kept.clip.put)

    def lost(self, at: float) -> None:
        """The source went away."""

    def close(self) -> None:
        """The watch ends."""


@pytest.fixture
def kept(models: Path) -> Iterator[Kept]:
    """What is kept by a watch of the street camera's footage, at which nobody looks."""
    recorded = Kept()

    def listen(camera: UUID, organisation: UUID, recorder: Recorder) -> FiresOnTheSecond:
        return FiresOnTheSecond(recorder, recorded)

    plan = CameraPlan(
        camera=uuid4(),
        organisation=uuid4(),
        site=uuid4(),
        version=1,
        spec=SourceSpec(SourceKind.FILE, assets.ensure("vtest.avi").name),
        frames_per_second=SELDOM,
        analysis_size=416,
        scene=Scene(),
        keep_s=30,
    )
    watch = Watch(plan, EngineRoom("auto", models), SourcePolicy.from_config(), [listen])
    thread = threading.Thread(target=watch.run)
    thread.start()
    yield recorded
    watch.stop()
    thread.join(CEILING_S)


def test_the_frame_on_which_a_rule_fires_first_is_its_snapshot_and_in_its_clip(kept: Kept) -> None:
    fired_at = kept.fired_at.get(timeout=CEILING_S)
    snapshot, clip = kept.snapshot.get(timeout=CEILING_S), kept.clip.get(timeout=CEILING_S)
    assert snapshot is not None
    assert cv2.imdecode(np.frombuffer(snapshot, np.uint8), cv2.IMREAD_COLOR) is not None
    assert clip is not None
    with av.open(io.BytesIO(clip)) as opened:
        assert float(opened.metadata["comment"]) == pytest.approx(fired_at, abs=0.001)
