"""`/healthz` says that this process is alive, `/readyz` what of the installation works.

A lower app owns what is ready of it: it registers a check in its `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import redis
import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = structlog.get_logger()
_BROKER_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found.

    Attributes:
        ok: whether it works.
        details: figures that name nobody and nothing: the page can be read without signing in.
        vital: whether the installation is not ready without it; otherwise it is degraded.
    """

    ok: bool
    details: Mapping[str, int | float | str] = field(default_factory=dict)
    vital: bool = True


_checks: dict[str, Callable[[], Check]] = {}


def register_check(name: str, check: Callable[[], Check]) -> None:
    """Register `check` under `name`, once, from an app's `AppConfig.ready()`. It may raise a `DatabaseError`."""
    _checks[name] = check


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """Alive: this process answers. It asks nobody else, so that a dead database restarts no web process."""
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """What works; 503 when something vital does not."""
    found = {name: _run(check) for name, check in _checks.items()}
    ready = all(check.ok for check in found.values() if check.vital)
    body = {
        "ready": ready,
        "degraded": sorted(name for name, check in found.items() if not check.ok),
        **{name: {"ok": check.ok, **check.details} for name, check in found.items()},
    }
    return JsonResponse(body, status=200 if ready else 503)


def _run(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except DatabaseError:
        log.warning("health.check_failed", check=getattr(check, "__name__", ""))
        return Check(ok=False)


def database() -> Check:
    """Whether PostgreSQL answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check(ok=True)


def broker() -> Check:
    """Whether Redis or Valkey answers. Without it the feed and due messages still move, live pictures do not."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=_BROKER_TIMEOUT_S, socket_connect_timeout=_BROKER_TIMEOUT_S
    )
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return Check(ok=False)
    finally:
        client.close()
    return Check(ok=True)


register_check("database", database)
register_check("broker", broker)
