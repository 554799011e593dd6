from __future__ import annotations

import hmac
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from catalog.erasing.fingerprint import fingerprint
from catalog.hashing import sha256_of_file
from catalog.models import Erasure


class Command(BaseCommand):
    help = "Says whether a file's bytes are those that an erasure erased."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("erasure", type=UUID)
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        erasure = Erasure.objects.filter(pk=options["erasure"]).first()
        if erasure is None:
            raise CommandError("There is no erasure of this id: check it.")
        try:
            content_hash = sha256_of_file(options["file"])
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from error
        now = fingerprint(
            tenant_id=erasure.tenant_id,
            source_id=erasure.source_id,
            content_hash=content_hash,
        )
        if not hmac.compare_digest(now, erasure.fingerprint):
            raise CommandError(
                "These bytes are not the erased ones, or the key is another one."
            )
        self.stdout.write(
            f"These bytes are the erased ones: erased {erasure.at:%Y-%m-%d %H:%M} UTC,"
            f" basis {erasure.basis}, reference {erasure.reference or 'none'},"
            f" ledger entry {erasure.entry}."
        )
