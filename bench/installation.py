"""A small installation for benchmarks: real servers in a temporary folder, one organisation, real web processes."""

from __future__ import annotations

import datetime as dt
import io
import os
import resource
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from uuid import UUID

import psutil

ROOT = Path(__file__).resolve().parent.parent
CEILING_S = 60


@dataclass(frozen=True, slots=True)
class Installation:
    """What a benchmark signs in with."""

    organisation: UUID
    site: UUID
    token: str


@dataclass(frozen=True, slots=True)
class Web:
    """A web process and what it has cost so far."""

    port: int
    process: psutil.Process

    def cpu_s(self) -> float:
        """Seconds of CPU since it began."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def installation() -> Iterator[Installation]:
    """Start servers, migrate, and make an organisation with an agent. Once a process: Django is set up on it."""
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("var", "servers"):
            (folder / part).mkdir()
        kept = ROOT / "var" / "schema"
        kept.mkdir(parents=True, exist_ok=True)
        (folder / "var" / "schema").symlink_to(kept)
        keys = {f"VIGIE_{key}_KEY": secrets.token_urlsafe(40) for key in ("SECRET", "CREDENTIAL", "JOURNAL")}
        os.environ |= keys | {
            "VIGIE_MODE": "test",
            "VIGIE_VAR": str(folder / "var"),
            "VIGIE_ALLOWED_HOSTS": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "soc.settings",
        }
        from soc.embedded import servers

        with servers.running(folder / "servers", folder / "servers.log", database="vigie", durable=False) as running:
            os.environ |= {"DATABASE_URL": running.database_url, "REDIS_URL": running.redis_url}
            import django
            from django.core.management import call_command

            django.setup()
            call_command("prepare", stdout=io.StringIO())
            try:
                yield _populated()
            finally:
                from django.db import connections

                connections.close_all()


def _populated() -> Installation:
    from soc import clock
    from soc.people.authentication import digest
    from soc.people.models import ApiToken, Member, Organisation, RoleGrant, Site
    from soc.people.rights import Role

    organisation = Organisation.objects.create(name="Bench")
    site = Site.objects.create(organisation=organisation, name="Bench")
    member = Member.objects.create(organisation=organisation, name="bench", display_name="Bench")
    RoleGrant.objects.create(organisation=organisation, member=member, role=Role.AGENT)
    token = secrets.token_urlsafe(24)
    ApiToken.objects.create(
        organisation=organisation,
        member=member,
        name="bench",
        digest=digest(token),
        expires_at=clock.now() + dt.timedelta(hours=1),
    )
    return Installation(organisation.pk, site.pk, token)


@contextmanager
def web(application: str = "soc.asgi:application") -> Iterator[Web]:
    """Serve an ASGI application in a process of its own, as the product does."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", application, "--fd", str(listener.fileno()), "--ws", "websockets-sansio",
         "--ws-per-message-deflate", "false", "--log-level", "error"],
        pass_fds=[listener.fileno()], cwd=ROOT,
    )  # fmt: skip
    listener.close()
    try:
        _await_answer(port)
        yield Web(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(CEILING_S)


def _await_answer(port: int) -> None:
    deadline = time.monotonic() + CEILING_S
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=CEILING_S):
                return
        except URLError:
            time.sleep(0.1)
    raise TimeoutError("The web process does not answer.")
