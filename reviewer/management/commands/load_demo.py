from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from tqdm import tqdm

from pipeline.worker_setup import be_quiet
from reviewer.demo import load


class Command(BaseCommand):
    help = "Draw the demo's invoices and receipts, read them, and tell the incident."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 4))

    def handle(self, *args: Any, **options: Any) -> None:
        be_quiet()
        # `str` in place of Django's style: on a terminal its stderr is red.
        self.stderr.write("Drawing the demo's documents", str)
        read = load.load(workers=options["workers"], progress=_bar)
        self.stderr.write(f"{read} documents read.", str)
        people = "\n".join(
            f"  {name} / {load.PASSWORD}   {what}" for name, what in load.log_ins()
        )
        # script/server shows them at every start.
        (settings.HOME / "demo-logins.txt").write_text(people + "\n")


def _bar(rows: Iterable[Any], total: int, what: str) -> Iterable[Any]:
    bar: Iterable[Any] = tqdm(
        rows, total=total, unit="document", file=sys.stderr, desc=what
    )
    return bar
