"""One camera's frames, from raw to public: `start` sets a frame under way, `finish` ends it, several may be in between.

    pending = pipeline.start(raw)         # private areas, motion gate, frame to the models; does not wait for them
    analysed = pipeline.finish(pending)   # in order: wait, track, masks, public frame

It fails closed: whatever goes wrong with a frame, there is no public frame of it, and `Analysed.fault` says so.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from detection.vision import anonymise, masks
from detection.vision.engine import Engines, Job
from detection.vision.faces import FaceJob
from detection.vision.frames import Pixels, PublicFrame, RawFrame
from detection.vision.geometry import Polygon
from detection.vision.masks import Places
from detection.vision.motion import Blocks, MotionGate, covered_blocks
from detection.vision.tracker import Track, Tracker

log = logging.getLogger(__name__)


class Uncovered(StrEnum):
    """What becomes of a frame that is not covered."""

    PIXELATE = "pixelate"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """How one camera's frames are treated. No setting shows a face: the bounds keep every mask.

    Attributes:
        private: areas blacked out before anything reads them.
        margin: share of a mask's size by which it is grown on each side, 0.1 to 0.5.
        hold_frames: analysed frames for which a mask outlives its last detection, 5 to 60.
        forced_every_s: seconds after which detection runs although nothing has changed, 0.2 to 2.
        motion_threshold: grey levels by which a pixel must differ to have changed, 4 to 40.
        track_hold_s: seconds for which a lost track waits to be found again, 0.2 to 10.
        uncovered: what becomes of a frame that is not covered.
        gate: whether the motion gate spares detection where nothing has changed; without it detection runs on every frame.
    """

    private: tuple[Polygon, ...] = ()
    margin: float = 0.2
    hold_frames: int = 10
    forced_every_s: float = 2.0
    motion_threshold: int = 12
    track_hold_s: float = 2.0
    uncovered: Uncovered = Uncovered.PIXELATE
    gate: bool = True

    def __post_init__(self) -> None:
        bounds: dict[str, tuple[float, float]] = {
            "margin": (0.1, 0.5),
            "hold_frames": (5, 60),
            "forced_every_s": (0.2, 2.0),
            "motion_threshold": (4, 40),
            "track_hold_s": (0.2, 10.0),
        }
        for name, (lowest, highest) in bounds.items():
            if not lowest <= getattr(self, name) <= highest:
                raise ValueError(f"{name} must be from {lowest} to {highest}, not {getattr(self, name)}.")


@dataclass(slots=True, eq=False)
class Pending:
    """A frame under way. Give it to `finish`; only one pipeline and thread may touch it.

    Attributes:
        raw: the frame; its pixels are let go when it is finished.
        pixels: what may be read of it: private areas are black.
        changed: blocks that differ from the last frame on which detection ran.
        analyses: whether detection runs on this frame.
        reference: number of the frame on which detection ran last, this one included.
    """

    raw: RawFrame = field(repr=False)
    pixels: Pixels | None = field(default=None, repr=False)
    changed: Blocks | None = field(default=None, repr=False)
    analyses: bool = False
    reference: int | None = None
    job: Job | None = None
    faces: FaceJob | None = None
    fault: str | None = None

    def abandon(self) -> None:
        """Give the models' buffers back without a result."""
        if self.job is not None:
            self.job.abandon()
        if self.faces is not None:
            self.faces.abandon()


@dataclass(frozen=True, slots=True)
class Analysed:
    """What became of one frame.

    Attributes:
        public: the blurred picture; ``None`` when it was dropped or something failed.
        tracks: confirmed tracks in view; of the last analysed frame where nothing has changed since.
        analysed: whether detection ran on this very frame.
        covered: whether the frame was covered, so that the public frame is more than large cells.
        captured_at: seconds of the epoch.
        number: the frame's number.
        fault: what failed, for the log; ``None`` when nothing did.
    """

    public: PublicFrame | None
    tracks: tuple[Track, ...]
    analysed: bool
    covered: bool
    captured_at: float
    number: int
    fault: str | None = None


class Pipeline:
    """The vision of one camera. Used by one thread; the engines are shared.

    Args:
        engines: of `engine.open_engines`.
        settings: see `PipelineSettings`.
    """

    def __init__(self, engines: Engines, settings: PipelineSettings | None = None) -> None:
        self._engines = engines
        self._settings = settings or PipelineSettings()
        self._under_way: deque[Pending] = deque()
        self._size: tuple[int, int] | None = None
        self._gate = MotionGate(self._settings.motion_threshold)
        self._submitted: tuple[int, float] | None = None
        self._covered_by: int | None = None
        self._keeper = masks.MaskKeeper(self._settings.hold_frames)
        self._tracker = Tracker(self._settings.track_hold_s, float(engines.detector.size))
        self._masks = masks.NOWHERE
        self._tracks: tuple[Track, ...] = ()

    def change(self, settings: PipelineSettings) -> None:
        """Go on with other settings; tracks go on too. Frames under way are finished with what they were started with."""
        self._settings = settings
        self._gate = MotionGate(settings.motion_threshold)
        self._submitted = None

    def start(self, raw: RawFrame) -> Pending:
        """Set a frame under way: black out, look for motion, submit to the models. Waits only when they are overloaded."""
        pending = Pending(raw)
        self._under_way.append(pending)
        try:
            self._start(pending)
        except Exception as error:
            # The border of promise 1: whatever failed, this frame has no public one, and the next is analysed afresh.
            log.exception("Frame %d could not be set under way", raw.number)
            pending.fault = self._distrust(pending, error)
        return pending

    def finish(self, pending: Pending) -> Analysed:
        """End the oldest frame under way: wait for the models, track, mask.

        Raises:
            ValueError: it is not the oldest one under way.
        """
        if not self._under_way or self._under_way[0] is not pending:
            raise ValueError("Frames are finished in the order in which they were started.")
        self._under_way.popleft()
        raw = pending.raw
        if pending.fault is None:
            try:
                return self._finish(pending)
            except Exception as error:
                log.exception("Frame %d could not be made public", raw.number)
                pending.fault = self._distrust(pending, error)
        return Analysed(
            None, (), analysed=False, covered=False, captured_at=raw.captured_at, number=raw.number, fault=pending.fault
        )

    def process(self, raw: RawFrame) -> Analysed:
        """Start and finish one frame, when there is no next one to start in the meantime."""
        return self.finish(self.start(raw))

    def close(self) -> None:
        """Abandon all frames under way."""
        while self._under_way:
            self._under_way.popleft().abandon()

    # -- start -------------------------------------------------------------------------------------------------

    def _start(self, pending: Pending) -> None:
        raw = pending.raw
        if raw.size != self._size:
            # Another size is another picture: detection runs on it. Masks and tracks are normalised and go on.
            self._size = raw.size
            self._gate.forget()
            self._submitted = None
        pending.pixels = anonymise.blacked_out(raw, self._settings.private)
        small = self._engines.detector.scaled(pending.pixels)
        pending.changed = self._gate.look(small)
        pending.analyses = self._must_analyse(pending)
        if pending.analyses:
            pending.job = self._engines.detector.submit(small)
            pending.faces = self._engines.faces.submit(small)
            self._gate.keep()
            self._submitted = (raw.number, raw.captured_at)
        pending.reference = self._submitted[0] if self._submitted else None

    def _must_analyse(self, pending: Pending) -> bool:
        if self._submitted is None or pending.changed is None or not self._settings.gate:
            return True
        since = pending.raw.captured_at - self._submitted[1]
        if not 0 <= since < self._settings.forced_every_s:
            return True
        # While the frame compared with is not finished, its masks are not known: then any change counts.
        known = self._covered_by == self._submitted[0]
        return bool(self._uncovered_blocks(pending.changed, self._masks if known else masks.NOWHERE).any())

    @staticmethod
    def _uncovered_blocks(changed: Blocks, covering: Places) -> Blocks:
        if not changed.any():
            return changed
        shape = (changed.shape[0], changed.shape[1])
        return changed & ~covered_blocks(covering.boxes, shape)

    # -- finish ------------------------------------------------------------------------------------------------

    def _finish(self, pending: Pending) -> Analysed:
        raw, pixels = pending.raw, pending.pixels
        if pixels is None or pending.changed is None:
            raise ValueError("The frame was not started.")
        if pending.job is not None and pending.faces is not None:
            self._analyse(pending.job, pending.faces, pending.changed, raw)
        covered = pending.reference is not None and pending.reference == self._covered_by
        if covered and not pending.analyses:
            covered = not self._uncovered_blocks(pending.changed, self._masks).any()
        public: PublicFrame | None = None
        if covered:
            public = anonymise.public_frame(pixels, self._masks, raw, self._settings.private)
        elif self._settings.uncovered is Uncovered.PIXELATE:
            public = anonymise.pixelated_whole(pixels, raw)
        pending.pixels = None
        return Analysed(public, self._tracks, pending.analyses, covered, raw.captured_at, raw.number)

    def _analyse(self, job: Job, face_job: FaceJob, changed: Blocks, raw: RawFrame) -> None:
        self._covered_by = None
        try:
            found = job.detections()
        finally:
            # Waited for in any case: its buffers come back.
            faces = face_job.faces()
        width, height = raw.size
        places = masks.wanted(found, faces, changed, width / height, self._settings.margin)
        self._masks = self._keeper.update(places, raw.captured_at)
        self._tracks = self._tracker.update(found, raw.captured_at)
        self._covered_by = raw.number

    def _distrust(self, pending: Pending, error: Exception) -> str:
        """After a failure nothing covers until detection has run again. Returns what failed."""
        pending.abandon()
        pending.pixels = None
        self._gate.forget()
        self._submitted = None
        self._covered_by = None
        return f"{type(error).__name__}: {error}"
