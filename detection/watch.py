"""The loop of one camera: source → vision → observations and public frames.

    reader.next → pipeline.process → listeners, then live and ring

The latest frame wins: the reader holds one frame, so a late watch drops frames, counts them and never falls behind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

import structlog

from detection.alone import AloneWatch
from detection.engines import EngineRoom
from detection.live import LiveOutlet
from detection.models import WatchState
from detection.node import Node
from detection.observations import CameraListener, ListenerFactory, Observation, Recorder, listener_factories
from detection.observing import Observer
from detection.plans import CameraPlan
from detection.reasons import Reason
from detection.reports import WatchReport
from detection.sources.reader import CameraReader, ReaderState
from detection.sources.spec import SourcePolicy
from detection.vision.frames import RawFrame
from detection.vision.pipeline import Analysed, Pipeline, PipelineSettings
from detection.vision.weights import ModelUnusable
from soc.config import config

log = structlog.get_logger(__name__)

NEXT_TIMEOUT_S = 0.25
"""How long the loop waits for a frame before it looks whether it should stop."""

ENGINE_AGAIN_S = 15.0
"""How long a watch waits before it tries to load a model again that could not be loaded."""


class Watch:
    """One camera, watched in the thread that calls `run`. The other methods may be called from other threads.

    Args:
        plan: what to watch and how.
        engines: where the models are.
        policy: what its source may be.
        factories: who listens; all registered ones by default.
    """

    def __init__(
        self,
        plan: CameraPlan,
        engines: EngineRoom,
        policy: SourcePolicy,
        factories: Iterable[ListenerFactory] | None = None,
    ) -> None:
        self._plan = plan
        self._engines = engines
        self._policy = policy
        self._factories = listener_factories() if factories is None else tuple(factories)
        self._stopping = threading.Event()
        self._next_plan: CameraPlan | None = None
        self._reader: CameraReader | None = None
        self._unusable: str | None = None
        self._analysed = 0
        self._unshown = 0
        self._busy_s = 0.0
        self._size = (0, 0)

    def stop(self) -> None:
        """End the loop soon; returns at once."""
        self._stopping.set()

    def follow(self, plan: CameraPlan) -> bool:
        """Go on with changed zones, lines and private areas; ``False`` when the source or the sizes changed."""
        old = self._plan
        if (old.spec, old.frames_per_second, old.analysis_size, old.keep_s) != (
            plan.spec,
            plan.frames_per_second,
            plan.analysis_size,
            plan.keep_s,
        ):
            return False
        self._next_plan = plan
        return True

    def report(self) -> WatchReport:
        """How it goes now."""
        reader = self._reader
        if self._unusable is not None:
            return self._down(Reason.ENGINE, {"error": self._unusable})
        if reader is None:
            return WatchReport(WatchState.CONNECTING, None, {}, 0, 0, 0, 0)
        state = reader.state
        return WatchReport(
            state=state.state,
            reason=state.reason,
            details=state.details,
            analysed=self._analysed,
            dropped=reader.dropped + self._unshown,
            width=self._size[0],
            height=self._size[1],
            busy_s=self._busy_s,
            next_try=state.next_try,
        )

    def run(self) -> None:
        """Watch until told to stop."""
        pipeline = self._open_pipeline()
        if pipeline is None:
            return
        plan = self._plan
        live = LiveOutlet(plan.camera, plan.frames_per_second, plan.keep_s)
        listeners = Listeners(plan.camera, plan.organisation, live.recorder, self._factories)
        self._reader = reader = CameraReader(plan.spec, self._policy, frames_per_second=plan.frames_per_second)
        reader.start()
        try:
            self._loop(reader, pipeline, live, listeners)
        finally:
            reader.stop()
            pipeline.close()
            listeners.close()
            live.close()

    # -- the loop ----------------------------------------------------------------------------------------------

    def _loop(self, reader: CameraReader, pipeline: Pipeline, live: LiveOutlet, listeners: Listeners) -> None:
        observer = Observer(self._plan.camera, self._plan.scene)
        said: ReaderState | None = None
        while not self._stopping.is_set():
            self._take_over_changes(pipeline, observer)
            raw = reader.next(NEXT_TIMEOUT_S)
            state = reader.state
            if state is not said:
                if said is not None and said.state is WatchState.LIVE:
                    listeners.lost(time.time())
                    live.lost()
                said = state
            if raw is not None:
                began = time.monotonic()
                self._step(raw, pipeline, observer, live, listeners)
                self._busy_s += time.monotonic() - began

    def _step(
        self, raw: RawFrame, pipeline: Pipeline, observer: Observer, live: LiveOutlet, listeners: Listeners
    ) -> None:
        self._size = raw.size
        analysed = pipeline.process(raw)
        observation: Observation | None = None
        if analysed.fault is None and analysed.covered:
            observation = observer.observe(analysed.tracks, analysed.captured_at, analysed.number)
            listeners.observe(observation)
        live.record = listeners.want_recordings  # before the frame goes there: it may be the one on which a rule fired
        self._show(analysed, live)
        if observation is not None:
            live.trace(observation, listeners.fired)

    def _show(self, analysed: Analysed, live: LiveOutlet) -> None:
        self._analysed += 1
        if analysed.public is None:
            self._unshown += 1
        else:
            live.offer(analysed.public)

    def _take_over_changes(self, pipeline: Pipeline, observer: Observer) -> None:
        plan, self._next_plan = self._next_plan, None
        if plan is not None:
            self._plan = plan
            observer.scene = plan.scene
            pipeline.change(PipelineSettings(private=plan.scene.private))

    def _open_pipeline(self) -> Pipeline | None:
        """Load the model; while it cannot be loaded the camera is down and says why. ``None`` when told to stop."""
        while not self._stopping.is_set():
            try:
                engines = self._engines.of_size(self._plan.analysis_size)
            except ModelUnusable as error:
                if self._unusable is None:
                    log.warning("engine.unusable", error=str(error))
                self._unusable = str(error)
                self._stopping.wait(ENGINE_AGAIN_S)
            else:
                self._unusable = None
                return Pipeline(engines, PipelineSettings(private=self._plan.scene.private))
        return None

    def _down(self, reason: Reason, details: dict[str, str]) -> WatchReport:
        return WatchReport(WatchState.DOWN, reason, details, self._analysed, self._unshown, *self._size)


class Listeners:
    """All who listen to one camera. One that fails is closed off from the others and from the watch, and said so in the log."""

    def __init__(
        self, camera: UUID, organisation: UUID, recorder: Recorder, factories: Iterable[ListenerFactory]
    ) -> None:
        self._camera = camera
        self._listeners: list[CameraListener] = []
        for factory in factories:
            self._isolated("open", partial(self._open, factory, organisation, recorder))

    @property
    def want_recordings(self) -> bool:
        """Whether anyone may ask for a clip of what is seen now."""
        return any(listener.wants_recordings for listener in self._listeners)

    @property
    def fired(self) -> frozenset[int]:
        """Tracks because of which something is the matter, whoever says so."""
        found: set[int] = set()
        for listener in self._listeners:
            self._isolated("fired", partial(_add_fired, found, listener))
        return frozenset(found)

    def observe(self, observation: Observation) -> None:
        """Pass on one frame's facts."""
        for listener in self._listeners:
            self._isolated("observe", partial(listener.observe, observation))

    def lost(self, at: float) -> None:
        """Pass on that nothing is known from `at` (seconds of the epoch) on."""
        for listener in self._listeners:
            self._isolated("lost", partial(listener.lost, at))

    def close(self) -> None:
        """Tell all that the watch ends."""
        for listener in self._listeners:
            self._isolated("close", listener.close)

    def _open(self, factory: ListenerFactory, organisation: UUID, recorder: Recorder) -> None:
        self._listeners.append(factory(self._camera, organisation, recorder))

    def _isolated(self, act: str, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:
            # The border between the watch and whoever listens: the watch goes on whatever they do.
            log.exception("listener.failed", act=act, camera=str(self._camera))


def _add_fired(found: set[int], listener: CameraListener) -> None:
    found |= listener.fired


def open_watch(plan: CameraPlan) -> Watch:
    """A watch with models of its own, for a process that watches one camera."""
    return Watch(plan, _open_engines(), SourcePolicy.from_config())


def open_node(capacity: int) -> Node:
    """The node of this process, from the configuration.

    Raises:
        ModelUnusable: VIGIE_ENGINE names no engine.
    """
    engines, policy = _open_engines(), SourcePolicy.from_config()
    return Node(capacity, engines.name, together=lambda plan: Watch(plan, engines, policy), alone=AloneWatch)


def _open_engines() -> EngineRoom:
    return EngineRoom(config().engine, config().models_folder)
