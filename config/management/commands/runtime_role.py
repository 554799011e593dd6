from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from config.runtime_role import statements


class Command(BaseCommand):
    help = "Gives a database role what it needs to run the product, and nothing else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="made before, with CREATE ROLE ... LOGIN")
        parser.add_argument("--sql", action="store_true", help="only print the grants")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sql"]:
            self.stdout.write(";\n".join(statements(options["role"])) + ";")
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s",
                [options["role"]],
            )
            found = cursor.fetchone()
            if found is None:
                raise CommandError("There is no such role: CREATE ROLE it first.")
            if found[0]:
                raise CommandError("This role is a superuser: no grant binds it.")
            for statement in statements(options["role"]):
                cursor.execute(statement)
        self.stdout.write(f"{options['role']} may run the product now.")
