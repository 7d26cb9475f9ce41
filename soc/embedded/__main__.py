"""Starts everything on one machine and keeps it running: `make run` ends here.

python -m soc.embedded
"""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import fcntl
import json
import os
import signal
import socket
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from soc.config import ROOT, Config, config
from soc.embedded import building, certificates, place, secret_files, servers
from soc.embedded.process import Program, forbid_core_dumps
from soc.embedded.supervisor import StartFault, Supervisor

# How long a program may take to give back leases and close sockets.
_GRACE_S = 12.0
_WEB_CEILING_S = 90.0


class Refusal(RuntimeError):
    """It cannot start; the text says why and what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_of(program: str, line: str) -> None:
    """Tell the person at the terminal what a program said."""
    say(f"{program:>10} | {line}")


def programs(settings: Config) -> list[Program]:
    """Return the four processes of Vigie, in the order of their start."""
    celery = (sys.executable, "-m", "celery", "-A", "soc.celery")
    worker = (*celery, "worker", "--pool", "threads", "--without-gossip", "--without-mingle", "--without-heartbeat")
    watches = str(settings.watcher_capacity + 2)  # the probes of cameras run beside the watches
    arguments = {
        "web": (sys.executable, "-m", "soc.web"),
        "watcher": (*worker, "-Q", "detection", "-n", "watcher@%h", "-c", watches),
        "responder": (*worker, "-Q", "urgent,crisis,default", "-n", "responder@%h", "-c", "4"),
        "beat": (*celery, "beat", "--schedule", str(settings.var / "beat"), "--pidfile="),
    }
    # As root, Celery would say at each start that it is.
    quiet = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
    return [Program(name, words, quiet, stop_grace_s=_GRACE_S) for name, words in arguments.items()]


def secured(settings: Config) -> str:
    """Return the console's address; where other machines reach it, serve HTTPS to the names they use."""
    if certificates.is_local(settings.host):
        return f"http://{settings.host}:{settings.port}"
    names = certificates.names_of(settings.host)
    made = certificates.ensure(settings.var / "secrets" / "tls", names, dt.datetime.now(dt.UTC))
    os.environ |= {"VIGIE_TLS_CERTIFICATE": str(made.certificate), "VIGIE_TLS_KEY": str(made.key)}
    os.environ.setdefault("VIGIE_ALLOWED_HOSTS", ",".join(names))
    # For people to install, where they find it.
    (settings.var / "vigie-ca.crt").write_bytes(made.authority.read_bytes())
    return f"https://{names[0]}:{settings.port}"


async def bring_up(supervisor: Supervisor, settings: Config, address: str) -> None:
    """Start servers, make the database ready, start the processes; return when the console answers.

    Raises:
        Refusal, servers.ServerFault, StartFault: something did not come up.
    """
    environment = {"VIGIE_MODE": "embedded", **secret_files.load(settings.var / "secrets")}
    os.environ.setdefault("VIGIE_SIMULATE", "1")  # nothing leaves the machine until a provider is set up
    os.environ.update(environment)
    folder = place.data_folder(settings.var)
    if not settings.organisation:
        await _start_building(supervisor, settings)
    await _start_servers(supervisor, settings, folder)
    await _prepare(settings, address)
    say("  starting web, watcher, responder and beat")
    web, watcher, *others = programs(settings)
    # What a person waits for comes first; on two cores four starts at once would be as slow as the last of them.
    await supervisor.start(watcher)
    await supervisor.start(web, lambda: _answers(settings), _WEB_CEILING_S)
    for program in others:
        await supervisor.start(program)


async def _start_building(supervisor: Supervisor, settings: Config) -> None:
    """Start the simulated building of the demo; nothing waits for it, and where it does not come up its devices say so."""
    file = settings.var / "building.json"
    made = building.prepare(file)
    os.environ["VIGIE_SIMULATED_BUILDING"] = made.place
    broker = (sys.executable, "-m", "soc.embedded.mqtt_broker", "--accounts", str(file), "--port", str(made.port))
    await supervisor.start(Program("broker", broker, stop_grace_s=_GRACE_S))
    devices = (sys.executable, "-m", "soc.embedded.building", "--settings", str(file))
    await supervisor.start(Program("building", devices, stop_grace_s=_GRACE_S))


async def _start_servers(supervisor: Supervisor, settings: Config, folder: Path) -> None:
    """Start the embedded servers that no address replaces."""
    say("  starting PostgreSQL and Valkey")

    async def start_postgres() -> None:
        postgres = await asyncio.to_thread(servers.prepare_postgres, folder)
        await supervisor.start(postgres.program(), postgres.is_ready)
        await asyncio.to_thread(postgres.make_database, "vigie")
        os.environ["DATABASE_URL"] = postgres.url("vigie")

    async def start_valkey() -> None:
        valkey = servers.prepare_valkey(folder)
        await supervisor.start(valkey.program(), valkey.is_ready)
        os.environ["REDIS_URL"] = valkey.url

    given = settings.database_url.get_secret_value(), settings.redis_url.get_secret_value()
    starts = zip((start_postgres, start_valkey), given, strict=True)
    await asyncio.gather(*(start() for start, address in starts if not address))


async def _prepare(settings: Config, address: str) -> None:
    """Migrate, collect static files and make the demo or the organisation that is named, in a process of their own."""
    begun = settings.organisation
    say(f"  preparing the database and {begun or 'the demo'}")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "manage.py"),
        "prepare",
        *(("--begin", begun, address) if begun else ("--demo", address)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        log = config().var / "log" / "prepare.log"
        log.write_bytes(output)
        last = output.decode(errors="replace").strip().splitlines()[-1:] or ["no word of why"]
        raise Refusal(f"The database could not be made ready: {last[0]}\nThe whole output is in {log}.")
    if begun and (said := [line for line in output.decode(errors="replace").splitlines() if "/invitation#" in line]):
        say(f"\n{begun} begins. Its first administrator opens this address, once, within 7 days:\n    {said[-1]}\n")


def _answers(settings: Config) -> bool:
    """Say whether the web process answers, asked from this machine."""
    authority = settings.var / "secrets" / "tls" / "ca.crt"
    local = certificates.is_local(settings.host)
    trust = None if local else ssl.create_default_context(cafile=str(authority))
    address = f"{'http' if local else 'https'}://{_near(settings.host)}:{settings.port}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=2, context=trust) as answer:  # noqa: S310  (our own address)
            return int(answer.status) == 200
    except urllib.error.HTTPError as failure:
        return failure.code < 500  # the names that it answers to may be others
    except OSError:
        return False


def _near(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (what is listened on)


def refuse_a_taken_port(settings: Config) -> None:
    """Raise `Refusal` when the web process could not listen where it is told to."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as failure:
            if failure.errno == errno.EADDRINUSE:
                raise Refusal(
                    f"Port {settings.port} is in use by another program. Choose another: "
                    f"PORT={settings.port + 1 if settings.port < 65_535 else 8000} make run"
                ) from failure
            if failure.errno == errno.EACCES:
                raise Refusal(
                    f"Port {settings.port} needs root. Choose one above 1023: PORT=8000 make run"
                ) from failure
            raise Refusal(f"{settings.host} is no address of this machine: set HOST to one, or unset it.") from failure


@contextmanager
def only_one(settings: Config) -> Iterator[None]:
    """Hold the installation while this lasts.

    Raises:
        Refusal: Vigie runs already with this VIGIE_VAR.
    """
    with (settings.var / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"Vigie runs already with {settings.var}. Stop it first, or set VIGIE_VAR.") from None
        yield


def _greet(settings: Config, address: str) -> None:
    say(f"\nVigie is at {address}\n")
    if not settings.organisation:
        accounts = json.loads((settings.var / "demo.json").read_text())["accounts"]
        rows = "\n".join(f"    {a['role']:<15}{a['name']:<15}{a['password']}" for a in accounts)
        say(f"    {'role':<15}{'name':<15}password\n{rows}\n")
    if address.startswith("https"):
        say(f"Browsers trust it once they know this authority: {settings.var / 'vigie-ca.crt'}\n")
    accounts_at = "" if settings.organisation else f"Accounts: {settings.var / 'demo.json'}   "
    say(f"{accounts_at}Logs: {settings.var / 'log'}   Ctrl-C stops everything.\n")


async def serve(settings: Config) -> int:
    """Run until told to stop; return the exit status."""
    address = secured(settings)
    supervisor = Supervisor(settings.var / "log", say_of)
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    starting = asyncio.create_task(bring_up(supervisor, settings, address))
    waiting = asyncio.create_task(told.wait())
    status = 0
    try:
        await asyncio.wait([starting, waiting], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            _greet(settings, address)
            await waiting
    except (Refusal, StartFault, servers.ServerFault, place.PlaceFault) as fault:
        say(f"\n{fault}\n")
        status = 1
    finally:
        starting.cancel()
        await asyncio.wait([starting])
        say("  stopping")
        await supervisor.stop("web", "watcher", "responder", "beat")
        await supervisor.stop()
        waiting.cancel()
    return status


def main() -> int:
    """Check what can be checked, then run. Returns the exit status."""
    forbid_core_dumps()
    settings = config()
    settings.var.mkdir(parents=True, exist_ok=True)
    for name in ("media", "log"):  # what was recorded, and who did what: for this account only
        (settings.var / name).mkdir(mode=0o700, exist_ok=True)
    try:
        with only_one(settings):
            refuse_a_taken_port(settings)
            return asyncio.run(serve(settings))
    except Refusal as refusal:
        say(str(refusal))
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
