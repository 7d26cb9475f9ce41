"""The container images, without an engine: environments installed by their own script, and what compose starts in them.

An environment of the tests has everything; an image has what its lock names and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
import yaml

from tests.servers_plugin import SERVERS
from tests.system import ROOT, Program, free_port, until

DATABASE = "vigie_images"
LOCKS = {"vigie-web": "web", "vigie-watcher": "watch"}
SERVICES = ("web", "watcher", "responder", "beat")
INSTALL_CEILING_S = 600
START_CEILING_S = 60
RULE_WITH_A_PLAN = "Somebody on the planted strip"


@dataclass(frozen=True)
class Service:
    """What compose starts: in which image, and what."""

    image: str
    command: list[str]


def services() -> dict[str, Service]:
    """Compose's services of this project; what has no command of its own runs its image's."""
    composed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    stages = re.split(r"^FROM .* AS ", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    commands = {
        stage.split()[0]: json.loads(found[1])
        for stage in stages[1:]
        if (found := re.search(r"^CMD (\[.*\])$", stage, re.MULTILINE))
    }
    return {
        name: Service(
            composed[name]["image"], composed[name].get("command") or commands[composed[name]["build"]["target"]]
        )
        for name in SERVICES
    }


class Images:
    """Both environments, and processes in them that share a database and a folder for what they keep."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
        self.environment = kept | {
            "VIGIE_MODE": "production",
            "VIGIE_TEST_CLOCK": "false",  # `Program` passes on what the tests' own environment has
            "VIGIE_VAR": str(folder / "var"),
            "VIGIE_ALLOWED_HOSTS": "localhost",
            "VIGIE_CAMERA_NETWORKS": "10.0.0.0/8",
            "DATABASE_URL": database_url,
            "REDIS_URL": SERVERS.redis_url,
            "PORT": str(self.port),
            "CELERY_SKIP_CHECKS": "1",
            # In an image everything is compiled; here what is imported. (For what turns something off, pip's 0 means yes.)
            "PIP_NO_COMPILE": "0",
            **{f"VIGIE_{key}_KEY": secrets.token_urlsafe(40) for key in ("SECRET", "CREDENTIAL", "JOURNAL")},
        }
        (folder / "var").mkdir()

    def place(self, image: str) -> Path:
        """Where an image's environment lies."""
        return self._folder / LOCKS[image]

    def step(self, image: str, *arguments: str) -> None:
        """Run a step of tools/image.sh as the image does."""
        path = f"{self.place(image)}/bin{os.pathsep}{self.environment['PATH']}"
        done = subprocess.run(
            ["tools/image.sh", *arguments],
            cwd=ROOT,
            env=self.environment | {"PATH": path},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def python(self, image: str, *arguments: str, **environment: str) -> None:
        """Run Python in an image's environment."""
        done = subprocess.run(
            [self.place(image) / "bin" / "python", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, name: str, service: Service) -> Program:
        """Start what compose starts."""
        # A container has a /tmp of its own.
        program, *arguments = (part.replace("/tmp/", f"{self._folder}/") for part in service.command)
        assert program == "python"
        python = self.place(service.image) / "bin" / "python"
        started = Program(name, arguments, self.environment, self._folder, python)
        self._stack.callback(started.stop)
        return started

    def readiness(self) -> dict[str, Any]:
        """What /readyz says; nothing while the web process does not answer."""
        headers = {"Host": "localhost", "X-Forwarded-Proto": "https"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/readyz", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                found: dict[str, Any] = json.load(answer)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return {}
        return found

    def close(self) -> None:
        """Stop what was started."""
        self._stack.close()


@pytest.fixture
def images(tmp_path: Path) -> Iterator[Images]:
    with psycopg.connect(SERVERS.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    made = Images(tmp_path, SERVERS.database_url.replace("/vigie?", f"/{DATABASE}?"))
    for image, lock in LOCKS.items():
        made.step(image, "install", lock, str(made.place(image)))
    yield made
    made.close()


def counted(url: str, query: LiteralString) -> int:
    """How many rows."""
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def unsealed(url: str) -> int:
    """Journal entries that wait for beat's second and a responder's seal."""
    return counted(url, "SELECT count(*) FROM soc_journal_unsealed")


@pytest.mark.timeout(2 * INSTALL_CEILING_S)
def test_what_compose_starts_runs_on_what_its_image_has(images: Images) -> None:
    images.step("vigie-web", "prepare")
    database = images.environment["DATABASE_URL"]
    images.python("vigie-web", "manage.py", "make_demo", "--address", "https://localhost")
    assert unsealed(database) > 0
    # What raises an alert has the watcher's packages only; the rule's plan asks an agent all the same.
    images.python("vigie-watcher", "-m", "tests.e2e.raise_alerts", RULE_WITH_A_PLAN, "Planted strip")
    assert counted(database, "SELECT count(*) FROM crisis_activations_activation WHERE state = 'asking'") == 1
    programs = {name: images.start(name, service) for name, service in services().items()}
    until(
        lambda: images.readiness().get("watchers", {}).get("living") == 1, "web and watcher are there", START_CEILING_S
    )

    def sealed() -> bool:
        for name, program in programs.items():
            assert program.process.poll() is None, f"{name} ended by itself:\n{program.output[-3000:]}"
        return unsealed(database) == 0

    until(sealed, "beat wakes a responder, which seals the journal", START_CEILING_S)
