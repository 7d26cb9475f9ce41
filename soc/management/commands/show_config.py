"""Prints what an operator may set in the environment."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from typing_extensions import override

from soc.config import describe


class Command(BaseCommand):
    help = "Prints every environment variable that Vigie reads, its value now (secrets stay hidden) and what it does."
    requires_system_checks = ()

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        self.stdout.write(describe())
