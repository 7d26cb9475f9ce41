"""Makes the demo organisation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from typing_extensions import override

from soc.embedded import demo


class Command(BaseCommand):
    help = "Makes the demo organisation with its members, cameras and rules, unless it is there."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address that demo.json names."""
        parser.add_argument("--address", default="http://127.0.0.1:8000", help="Where the console is, for demo.json.")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and print the accounts."""
        for account in demo.make(options["address"]):
            self.stdout.write(f"{account.role:<14} {account.name:<14} {account.password}")
