"""`manage.py watch_alone CAMERA`: the child process of `detection.alone`; a node starts it, nobody else."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from detection.alone import until_closed
from detection.metering import Meter
from detection.plans import load_plan
from detection.reports import Reporter


class Command(BaseCommand):
    help = "Watches one camera until standard input closes. Started by a watcher for a camera that killed watchers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("camera", type=UUID)

    def handle(self, *_: Any, **options: Any) -> None:
        from detection.watch import open_watch  # the vision stack is a watcher's only

        plan = load_plan(options["camera"])
        if plan is None:
            return
        stopped = threading.Event()
        threading.Thread(target=until_closed, args=(sys.stdin.buffer, stopped), daemon=True).start()
        watch = open_watch(plan)
        loop = threading.Thread(target=watch.run, daemon=True)
        loop.start()
        reporter = Reporter(f"alone:{plan.camera.hex[:8]}")
        meter = Meter()
        while loop.is_alive() and not stopped.wait(1.0):
            report = watch.report()
            meter.read({plan.camera: report.busy_s}, cpu_s=time.process_time(), at=time.monotonic())
            reporter.report(plan, report, meter.cores(plan.camera))
        watch.stop()
        loop.join(timeout=3)
        reporter.ended(plan)
