"""The database from the event loop: a few threads with connections of their own, so that no socket waits for a request."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
R = TypeVar("R")

THREADS: Final = 4
_POOL = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="sockets-database")


def in_database(function: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    """`function` as a coroutine function, run in one of the threads; stale connections are closed around it."""

    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        call = database_sync_to_async(function, thread_sensitive=False, executor=_POOL)
        result: R = await call(*args, **kwargs)
        return result

    return run
