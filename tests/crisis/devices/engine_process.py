"""A responder's engine of scripts and nothing else, in a process of its own: to be killed at any instant."""

from __future__ import annotations

import time

import django


def main() -> None:
    """Look at what is due, again and again."""
    django.setup()
    from crisis.devices import engine

    print("ready", flush=True)
    while True:
        engine.tick()
        time.sleep(0.05)


if __name__ == "__main__":
    main()
