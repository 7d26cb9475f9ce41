"""Starts the web process: uvicorn with the settings that were measured to serve many sockets, and our logs.

python -m soc.web
"""

from __future__ import annotations

import os

import uvicorn

from soc.config import config
from soc.embedded.process import raise_open_files

# How long open requests may take to end after a stop; sockets are closed at once.
_STOP_GRACE_S = 5


def main() -> None:
    """Serve pages, API and sockets until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soc.settings")
    raise_open_files()
    uvicorn.run(
        "soc.asgi:application",
        host=config().host,
        port=config().port,
        ssl_certfile=config().tls_certificate,
        ssl_keyfile=config().tls_key,
        # Measured against granian, daphne and hypercorn with 9,500 sockets; deflate doubles the CPU of a message.
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=65_536,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_STOP_GRACE_S,
    )


if __name__ == "__main__":
    main()
