"""Makes database, static files and, where wanted, the demo ready, in one process."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from typing_extensions import override

from soc.config import config
from soc.embedded.schema import KeptSchema, SchemaFault


class Command(BaseCommand):
    help = "Migrates the database and collects the static files; with --demo or --begin also an organisation."
    requires_system_checks = ()

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address that makes the demo wanted."""
        parser.add_argument("--demo", metavar="ADDRESS", help="Make the demo, whose console is at this address.")
        parser.add_argument(
            "--begin",
            nargs=2,
            metavar=("ORGANISATION", "ADDRESS"),
            help="Begin with this organisation, unless there is a member already; its console is at this address.",
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is needed, and say what was done."""
        self._migrate()
        call_command("collectstatic", verbosity=0, interactive=False)
        if options["demo"]:
            call_command("make_demo", address=options["demo"], stdout=self.stdout)
        if options["begin"]:
            name, address = options["begin"]
            call_command("make_organisation", name, address=address, if_empty=True, stdout=self.stdout)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        kept = KeptSchema.of(config()) if plan and not executor.loader.applied_migrations else None
        if kept is not None and self._taken(kept):
            self.stdout.write("database: as the migrations made it before")
        elif plan:
            self.stdout.write(f"database: {len(plan)} migrations")
            call_command("migrate", verbosity=0, interactive=False)
            if kept is not None:
                self._keep(kept)

    def _taken(self, kept: KeptSchema) -> bool:
        try:
            return kept.take(config().database_url.get_secret_value())
        except SchemaFault as fault:
            self.stdout.write(f"database: what was kept of its migrations cannot be used, so it is migrated. {fault}")
            return False

    def _keep(self, kept: KeptSchema) -> None:
        try:
            kept.keep(config().database_url.get_secret_value())
        except SchemaFault as fault:
            self.stdout.write(f"database: it is migrated; the next empty one will be so anew. {fault}")
