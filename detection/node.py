"""One watcher's cameras: leases, shared inference, placement, failover.

A node is the part of a watcher process that decides what it watches. Once a second it says that it lives, renews its leases,
follows changes of its cameras, takes free cameras up to its fair share and reports. A Celery message that names a camera only
wakes it earlier. Without the broker it goes on; without the database its watches go on, since nobody else can take them either.
"""

from __future__ import annotations

import math
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid4

import structlog
from django.db import DatabaseError, close_old_connections, connection

from detection import leases
from detection.leases import Held
from detection.metering import Meter, usable_cores
from detection.models import Camera, WatchState
from detection.plans import CameraPlan, current_versions, load_plan
from detection.reasons import Reason
from detection.reports import Reporter, Unwatched, WatchReport
from soc.refusals import Refusal

log = structlog.get_logger(__name__)

BEAT_S = 1.0
"""How often a node renews, looks and reports."""

STEAL_AFTER_S = 3.0
"""Beyond its fair share a node takes a camera only when nobody else took it for this long."""

ACQUIT_AFTER_S = 300.0
"""A suspect camera watched alone for this long without harm is watched with the others again."""

PAUSE_AFTER_FAILURE_S = 10.0
"""A camera whose watch could not begin, or failed, is left alone here for this long."""

STOP_WITHIN_S = 5.0
"""How long a clean stop waits for the loops to end before it gives the leases back all the same."""


class Watching(Protocol):
    """A camera being watched: in this process (`detection.watch`), or in one of its own (`detection.alone`)."""

    def run(self) -> None:
        """Watch until told to stop."""

    def stop(self) -> None:
        """Tell it to stop; returns at once."""

    def follow(self, plan: CameraPlan) -> bool:
        """Go on with a changed plan; ``False`` when the watch must be begun anew for it."""

    def report(self) -> WatchReport | None:
        """How it goes; ``None`` when it reports by itself."""


WatchFactory = Callable[[CameraPlan], Watching]


@dataclass(slots=True)
class _Running:
    held: Held
    plan: CameraPlan
    watching: Watching
    alone: bool
    since: float
    ended: threading.Event


class Node:
    """What one watcher process watches.

    Args:
        capacity: how many cameras it takes at most.
        engine: the engine's name, for the console.
        together: makes a watch in this process.
        alone: makes a watch in a process of its own, for cameras with which watchers died.
    """

    def __init__(self, capacity: int, engine: str, together: WatchFactory, alone: WatchFactory) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"
        self._capacity = capacity
        self._engine = engine
        self._together = together
        self._alone = alone
        self._running: dict[UUID, _Running] = {}
        self._starting: set[UUID] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._heart = threading.Thread(target=self._beat_until_stopped, name="node", daemon=True)
        self._reporter = Reporter(self.name)
        self._meter = Meter()
        self._free_since: dict[UUID, float] = {}
        self._not_before: dict[UUID, float] = {}
        self._database_away = False

    def start(self) -> None:
        """Begin to beat."""
        self._heart.start()
        log.info("node.started", watcher=self.name, capacity=self._capacity, engine=self._engine)

    def stop_watching(self) -> None:
        """Tell every loop to stop; returns at once. Called from a signal handler."""
        self._stopping.set()
        for running in list(self._running.values()):
            running.watching.stop()

    def stop(self) -> None:
        """End every watch and give the leases back at once."""
        self.stop_watching()
        deadline = time.monotonic() + STOP_WITHIN_S
        for running in list(self._running.values()):
            running.ended.wait(max(0.0, deadline - time.monotonic()))
        if self._heart.is_alive():
            self._heart.join(max(0.1, deadline - time.monotonic()))
        leases.give_back(self.name, [running.held for running in list(self._running.values())])
        leases.forget(self.name)
        log.info("node.stopped", watcher=self.name)

    @property
    def cameras(self) -> frozenset[UUID]:
        """The cameras it watches now."""
        return frozenset(self._running)

    def watch(self, camera_id: UUID) -> None:
        """Watch a camera in the caller's thread until told to stop; returns at once if it is watched or there is no room."""
        camera = Camera.objects.filter(pk=camera_id).first()
        if camera is None:
            return
        running = self._begin(camera)
        if running is not None:
            self._run(running)

    # -- one watch ---------------------------------------------------------------------------------------------

    def _begin(self, camera: Camera) -> _Running | None:
        """Take the lease and make the watch; ``None`` without room or lease."""
        with self._lock:
            busy = len(self._running) + len(self._starting)
            known = camera.pk in self._running or camera.pk in self._starting
            paused = self._not_before.get(camera.pk, 0.0) > time.monotonic()
            if self._stopping.is_set() or known or paused or busy >= self._capacity:
                return None
            self._starting.add(camera.pk)
        try:
            running = self._prepare(camera)
            if running is not None:
                with self._lock:
                    self._running[camera.pk] = running
                if self._stopping.is_set():
                    running.watching.stop()
            return running
        finally:
            with self._lock:
                self._starting.discard(camera.pk)

    def _prepare(self, camera: Camera) -> _Running | None:
        held = leases.take(camera, self.name)
        if held is None:
            return None
        try:
            plan = load_plan(camera.pk)
        except Refusal as refusal:
            log.warning("plan.refused", camera=str(camera.pk), code=refusal.code)
            self._not_before[camera.pk] = time.monotonic() + PAUSE_AFTER_FAILURE_S
            self._reporter.report(
                Unwatched(camera.pk, camera.organisation_id, camera.site_id),
                WatchReport(WatchState.DOWN, Reason.CREDENTIALS_UNREADABLE, {}, 0, 0, 0, 0),
            )
            plan = None
        if plan is None:
            leases.give_back(self.name, [held])
            return None
        alone = held.deaths >= leases.DEATHS_BEFORE_ALONE
        watching = (self._alone if alone else self._together)(plan)
        log.info("watch.begins", camera=str(camera.pk), watcher=self.name, alone=alone, token=held.token)
        return _Running(held, plan, watching, alone, time.monotonic(), threading.Event())

    def _run(self, running: _Running) -> None:
        camera_id = running.plan.camera
        try:
            running.watching.run()
        except Exception:
            # A watch that fails takes no other along; the camera is tried again after a pause, here or elsewhere.
            log.exception("watch.failed", camera=str(camera_id))
            self._not_before[camera_id] = time.monotonic() + PAUSE_AFTER_FAILURE_S
        finally:
            with self._lock:
                self._running.pop(camera_id, None)
            try:
                leases.give_back(self.name, [running.held])
                self._reporter.ended(running.plan)
            except DatabaseError:
                # The lease runs out by itself.
                log.warning("lease.not_given_back", camera=str(camera_id))
            finally:
                connection.close()
                running.ended.set()
            log.info("watch.ended", camera=str(camera_id), watcher=self.name)

    # -- once a second -----------------------------------------------------------------------------------------

    def _beat_until_stopped(self) -> None:
        while not self._stopping.wait(BEAT_S):
            try:
                close_old_connections()
                self._beat()
            except DatabaseError as error:
                if not self._database_away:
                    log.warning("node.database_away", error=type(error).__name__)
                self._database_away = True
                connection.close()
            else:
                self._database_away = False
        connection.close()

    def _beat(self) -> None:
        load = round(self._meter.load, 3)
        leases.register(self.name, self._capacity, self._engine, cores=usable_cores(), load=load)
        self._renew()
        self._follow_changes()
        self._pull()
        with self._lock:
            reports = [(running.plan, running.watching.report()) for running in self._running.values()]
        busy = {plan.camera: report.busy_s for plan, report in reports if report is not None}
        self._meter.read(busy, cpu_s=time.process_time(), at=time.monotonic())
        for plan, report in reports:
            if report is not None:
                self._reporter.report(plan, report, self._meter.cores(plan.camera))

    def _renew(self) -> None:
        with self._lock:
            mine = [running.held for running in self._running.values()]
        renewed = leases.renew(self.name, mine)
        for held in mine:
            if held.camera_id not in renewed:
                log.warning("lease.lost", camera=str(held.camera_id), watcher=self.name, token=held.token)
                self._end(held.camera_id)

    def _follow_changes(self) -> None:
        with self._lock:
            running = list(self._running.values())
        versions = current_versions([each.plan.camera for each in running])
        for each in running:
            camera = each.plan.camera
            if camera not in versions:
                self._end(camera)
            elif versions[camera] != each.plan.version:
                plan = load_plan(camera)
                if plan is not None and each.watching.follow(plan):
                    each.plan = plan
                else:
                    self._end(camera)
            elif each.alone and time.monotonic() - each.since > ACQUIT_AFTER_S:
                leases.acquit(camera)
                self._end(camera)

    def _end(self, camera_id: UUID) -> None:
        running = self._running.get(camera_id)
        if running is not None:
            running.watching.stop()

    def _pull(self) -> None:
        """Take free cameras: up to the fair share at once, beyond it when nobody else wanted them."""
        free = leases.free_cameras()
        now = time.monotonic()
        self._free_since = {camera.pk: self._free_since.get(camera.pk, now) for camera in free}
        if not free:
            return
        expected = len(free) + leases.held_count()
        share = min(self._capacity, math.ceil(expected / max(1, leases.living())))
        for camera in free:
            if len(self._running) >= self._capacity:
                return
            if len(self._running) >= share and now - self._free_since[camera.pk] < STEAL_AFTER_S:
                continue
            running = self._begin(camera)
            if running is not None:
                threading.Thread(
                    target=self._run, args=(running,), name=f"watch-{camera.pk.hex[:8]}", daemon=True
                ).start()
