"""Waking the web processes through the broker, without ever waiting for a broker that is away."""

from __future__ import annotations

import threading
import time
from functools import lru_cache

import structlog
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger(__name__)

TIMEOUT_S = 0.3
PAUSE_S = 1.0  # after a failure nobody tries for so long: the hubs read the database meanwhile


class Waker:
    """Publishes by pub/sub. A failure is logged once and costs the next callers nothing for `PAUSE_S`."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
            max_connections=64,
        )
        self._lock = threading.Lock()
        self._retry_at = 0.0
        self._away = False

    def publish(self, channel: str, data: bytes) -> bool:
        """Publish `data`; say whether the broker took it. Never raises for a broker that is away."""
        with self._lock:
            if time.monotonic() < self._retry_at:
                return False
        try:
            self._redis.publish(channel, data)
        except (RedisError, OSError) as error:
            with self._lock:
                self._retry_at = time.monotonic() + PAUSE_S
                first, self._away = not self._away, True
            if first:
                log.warning("broker_away", error=type(error).__name__)
            return False
        if self._away:
            with self._lock:
                self._away = False
            log.info("broker_back")
        return True


@lru_cache(maxsize=1)
def waker() -> Waker:
    """This process's waker."""
    return Waker(settings.REDIS_URL)
