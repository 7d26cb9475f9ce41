#!/usr/bin/env python
"""Runs Django's commands with Vigie's settings."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soc.settings")
    if sys.argv[1:] == ["show_config"]:  # also before anything is set, when the settings would refuse to load
        from soc.config import describe

        sys.stdout.write(describe() + "\n")
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
