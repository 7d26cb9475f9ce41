"""An early pytest plugin (`-p tests.servers_plugin`): starts real servers before pytest-django reads the settings."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

_FOLDER = Path(tempfile.mkdtemp(prefix="vigie-tests-"))
_FOLDER.chmod(0o755)  # PostgreSQL's own account must reach its data

os.environ |= {
    "VIGIE_MODE": "test",
    "VIGIE_TEST_CLOCK": "1",
    "VIGIE_VAR": str(_FOLDER / "var"),
    "VIGIE_ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "VIGIE_CAMERA_NETWORKS": "127.0.0.0/8",
    "VIGIE_SIMULATE": "1",
    "VIGIE_PROVIDER_NETWORKS": "127.0.0.0/8",
    "VIGIE_DEVICE_NETWORKS": "127.0.0.0/8",
    "DJANGO_SETTINGS_MODULE": "soc.settings",
}
for name in ("SECRET", "CREDENTIAL", "JOURNAL"):
    os.environ[f"VIGIE_{name}_KEY"] = f"a-{name.lower()}-key-for-tests-only-0123456789"
for folder in ("var", "servers"):
    (_FOLDER / folder).mkdir()

_OWN_VAR = Path(__file__).resolve().parent.parent / "var"
for folder in ("models", "footage", "schema"):
    # Verified weights and footage are fetched, and the migrations of an empty database carried out, once per checkout.
    (_OWN_VAR / folder).mkdir(parents=True, exist_ok=True)
    (_FOLDER / "var" / folder).symlink_to(_OWN_VAR / folder)

from soc.embedded import servers  # noqa: E402  (its settings are in the environment now)

_STACK = ExitStack()
SERVERS = _STACK.enter_context(
    servers.running(_FOLDER / "servers", _FOLDER / "servers.log", database="vigie", durable=False)
)
os.environ["DATABASE_URL"] = SERVERS.database_url
os.environ["REDIS_URL"] = SERVERS.redis_url


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers and remove everything they wrote."""
    _STACK.close()
    shutil.rmtree(_FOLDER, ignore_errors=True)
