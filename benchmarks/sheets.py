"""Sheets of many documents, beside a queue of whatever length.

    python -m benchmarks.sheets [--open 20000] [--sheets 10] [--size 24]

Starts a PostgreSQL of its own, which syncs to disk, in a scratch folder, fills it with
made-up cases of two doubtful fields each (benchmarks/queue_cases.py), and says p50 and
the slowest, in milliseconds:

    offer     the fields of which many wait, as the queue's page asks for them
    take      a sheet's tasks held in one transaction
    lay out   all that its page shows
    answer    all of it confirmed, each answer in a transaction of its own
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from django.contrib.auth.models import User

T = TypeVar("T")


def timed(taken: list[float], act: Callable[[], T]) -> T:
    begin = time.perf_counter()
    found = act()
    taken.append((time.perf_counter() - begin) * 1000)
    return found


def run(asked: argparse.Namespace) -> None:
    import django

    from config import postgres

    postgres.ensure_running(Path(os.environ["PALIMPSEST_HOME"]))
    django.setup()
    from django.core.management import call_command

    from benchmarks import queue_cases

    call_command("migrate", verbosity=0)
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    tenant = queue_cases.tenant_named("bench")
    [user] = queue_cases.people(1, tenant)
    queue_cases.grow(tenant, first=1, last=asked.open, fields=2)
    measure(user, asked.sheets, asked.size)


def measure(user: User, sheets: int, size: int) -> None:
    from reviewer import services, sheet_page
    from reviewer.models import Verdict, scopes_of
    from reviewer.names import FieldNames
    from reviewer.narrowing import Narrowing
    from reviewer.services import Answer, SheetAnswer

    taken: dict[str, list[float]]
    taken = {"offer": [], "take": [], "lay out": [], "answer": []}
    for _ in range(sheets):
        timed(
            taken["offer"],
            lambda: sheet_page.choices(
                user, scopes_of(user), Narrowing(), FieldNames.now()
            ),
        )
        sheet = timed(
            taken["take"],
            lambda: services.take_sheet(user=user, slot="date", size=size),
        )
        if sheet is None:
            raise SystemExit("Too few cases are open: ask for more with --open.")
        page = timed(taken["lay out"], partial(sheet_page.lay_out, sheet, "date"))
        answers = [
            SheetAnswer(c.task.pk, Answer(uuid.uuid4(), "date", Verdict.CONFIRM))
            for c in page.cells
        ]
        confirm = partial(
            services.answer_sheet,
            user=user,
            token=sheet.token,
            answers=answers,
            active_ms=60_000,
        )
        outcome = timed(taken["answer"], confirm)
        if len(outcome.decisions) < len(answers):
            raise SystemExit(f"Not all were stored: {outcome.refused}")
    for name, ms in taken.items():
        print(f"{name:8}  {statistics.median(ms):8.1f}  {max(ms):8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sheets")
    parser.add_argument("--open", type=int, default=20_000)
    parser.add_argument("--sheets", type=int, default=10)
    parser.add_argument("--size", type=int, default=24)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="palimpsest-sheets-") as scratch:
        os.environ["PALIMPSEST_HOME"] = scratch
        os.environ["PALIMPSEST_ENV_FILE"] = os.devnull
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        try:
            run(asked)
        finally:
            from django.db import connections

            from config import postgres

            connections.close_all()
            postgres.release(Path(scratch))


if __name__ == "__main__":
    main()
