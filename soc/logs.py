"""Sets up the logs of every process: structured, on standard output, without the values that programs work on.

No error report shows local variables: in a watcher they are pictures, elsewhere passwords (promise 1). No core is dumped.
"""

from __future__ import annotations

import logging
import logging.config
import sys

import structlog
from structlog.typing import Processor
from typing_extensions import override

from soc.config import Config, Mode
from soc.embedded.process import forbid_core_dumps

# Chatty at INFO: one line a task, a request or a frame.
_QUIET = ("celery.worker.strategy", "celery.app.trace", "libav", "asyncio")
# At DEBUG or INFO they write whole addresses and forms: people's numbers, texts and a gateway's password stand in them.
_DISCREET = ("httpx", "httpcore", "urllib3", "twilio")


def configure(config: Config) -> None:
    """Set structlog and the standard library's logging up to write the same lines.

    In production a line is one JSON object, for programs; otherwise it is text, for people.
    """
    forbid_core_dumps()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(allow=())],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(config.mode)],
    )
    handler = _StandardOutput()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for former in list(root.handlers):
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(config.log_level)
    for name in (*_QUIET, *_DISCREET):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


class _StandardOutput(logging.Handler):
    """Writes to what is standard output now: tests replace it under a handler that holds on to an older one."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()
        except (OSError, ValueError):  # the reader is gone, or the line cannot be formatted
            self.handleError(record)


def _rendering(mode: Mode) -> list[Processor]:
    """Return how a line is written. Both ways render tracebacks as Python does: lines of code, no values."""
    if mode is Mode.PRODUCTION:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    return [
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0, pad_level=False
        )
    ]
