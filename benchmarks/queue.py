"""Claim and confirm, with a thousand, a hundred thousand and a million open cases.

    python -m benchmarks.queue [--sizes 1000,100000,1000000] [--people 50] [--turns 500]
        [--seconds 20] [--plans FILE]

Starts a PostgreSQL of its own, which syncs to disk, in a scratch folder (about 8 GB at
a million) and fills it with made-up cases of one doubtful field. At each size:

    claim        the claiming statement by itself, and given up again
    turn alone   the people take turns one after the other, each holding a case and one
                 kept ahead: the answer in, the next case out, in one transaction
    turn paced   ten turns a second in all, everybody at once: five seconds a case
    Label Studio its next-task logic as bare SQL (benchmarks/queue_label_studio.py), on
                 a table of the same size, the same people, one after the other

Then the product over HTTP, as script/server starts it, with the people at once and no
pause (benchmarks/queue_http.py). Client and server share the machine's cores.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

LABEL_STUDIO_SECONDS = 30.0  # of a size at most
WARMING = 7  # turns of each connection; statements are planned for good at the sixth


def quantiles(seconds: Sequence[float]) -> str:
    """p50, p95 and p99 in milliseconds."""
    if len(seconds) < 2:
        return "too few"
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return " / ".join(f"{cuts[n] * 1000:.1f}" for n in (49, 94, 98))


def timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


class Bench:
    def __init__(self, people: int, turns: int) -> None:
        from benchmarks import queue_cases

        self.tenant = queue_cases.tenant_named("bench")
        self.people = queue_cases.people(people, self.tenant)
        self.turns = turns
        self.made = 0

    def grow(self, cases: int) -> None:
        """To so many open ones."""
        from benchmarks import queue_cases
        from reviewer.models import ReviewTask

        missing = cases - ReviewTask.objects.filter(tenant=self.tenant).open().count()
        if missing > 0:
            queue_cases.grow(
                self.tenant, first=self.made + 1, last=self.made + missing, fields=1
            )
            self.made += missing

    def begin(self) -> dict[int, Any]:
        """Everybody holds a case and has one ahead."""
        from reviewer import services

        held = {}
        for user in self.people:
            task = services.reserve_next(user=user)
            if task is None:
                raise SystemExit("there are too few cases")
            services.reserve_ahead(user=user, shown=task)
            held[user.pk] = task
        return held

    def turn(self, user: Any, held: dict[int, Any]) -> None:
        from reviewer import services
        from reviewer.models import Verdict

        task = held[user.pk]
        turn = services.decide_and_go_on(
            user=user,
            task_id=task.pk,
            token=task.reservation_token,
            answer=services.Answer(uuid.uuid4(), "total", Verdict.CONFIRM),
            keeps_ahead=False,  # as the page, which asks for it afterwards
        )
        if turn.following is None:
            raise SystemExit("there are too few cases")
        held[user.pk] = turn.following

    def alone(self) -> list[float]:
        held = self.begin()
        chosen = [self.people[n % len(self.people)] for n in range(self.turns)]
        return [timed(partial(self.turn, user, held)) for user in chosen]

    def paced(self, a_second: float = 10.0) -> list[float]:
        """Each person once in len(people) / a_second seconds, at some moment."""
        from django.db import connection

        held = self.begin()
        rounds = max(self.turns // len(self.people), 2)
        length = len(self.people) / a_second
        times: list[float] = []
        dice = random.Random(1)  # noqa: S311 - moments, not secrets
        starts = {u.pk: dice.uniform(0, length) for u in self.people}
        ready = threading.Barrier(len(self.people))

        def work(user: Any) -> None:
            # As a server's connections, which have planned a turn's statements before.
            for _ in range(WARMING):
                self.turn(user, held)
            ready.wait()
            begin = time.perf_counter()
            for number in range(rounds):
                due = begin + starts[user.pk] + number * length
                time.sleep(max(due - time.perf_counter(), 0))
                times.append(timed(partial(self.turn, user, held)))
            connection.close()

        with ThreadPoolExecutor(len(self.people)) as pool:
            list(pool.map(work, self.people))
        return times[len(self.people) :]

    def cpu(self, act: Callable[[], object]) -> str:
        """What act() costs in processors, which other work does not lengthen: in this
        process, and in its backend of PostgreSQL.
        """
        import psutil
        from django.db import connection

        connection.ensure_connection()
        backend = psutil.Process(connection.connection.info.backend_pid)
        before = time.process_time(), sum(backend.cpu_times()[:2])
        act()
        python = time.process_time() - before[0]
        postgres = sum(backend.cpu_times()[:2]) - before[1]
        ms = [1000 * seconds / self.turns for seconds in (python, postgres)]
        return f"CPU {ms[0]:.1f} ms in Python, {ms[1]:.1f} in PostgreSQL"

    def claim(self) -> Any:
        from django.utils import timezone

        from catalog.ids import new_id
        from reviewer.claiming import Claim
        from reviewer.models import scopes_of
        from reviewer.narrowing import Narrowing

        return Claim(
            user_id=self.people[0].pk,
            token=new_id(),
            now=timezone.now(),
            scopes=scopes_of(self.people[0]),
            narrowing=Narrowing(),
            length=timedelta(seconds=120),
            resume=False,
        )

    def claims(self) -> list[float]:
        from django.db import transaction

        from reviewer.claiming import claim

        times = []
        for _ in range(self.turns):
            with transaction.atomic():
                wanted = self.claim()
                times.append(timed(partial(claim, wanted)))
                transaction.set_rollback(True)
        return times

    def label_studio(self, cases: int) -> tuple[list[float], list[float]]:
        """Of next alone, and of a whole turn."""
        from django.db import connection, transaction

        from benchmarks import queue_label_studio as theirs

        nexts: list[float] = []
        turns: list[float] = []
        with connection.cursor() as cursor:
            theirs.fill(cursor, cases)
            held = {}
            for user in self.people:
                with transaction.atomic():
                    held[user.pk] = theirs.next_task(cursor, user.pk)
            until = time.perf_counter() + LABEL_STUDIO_SECONDS
            for number in range(self.turns):
                user = self.people[number % len(self.people)]
                begin = time.perf_counter()
                task = held[user.pk]
                with transaction.atomic():
                    theirs.submit(cursor, user.pk, task or 0)
                middle = time.perf_counter()
                with transaction.atomic():
                    held[user.pk] = theirs.next_task(cursor, user.pk)
                end = time.perf_counter()
                nexts.append(end - middle)
                turns.append(end - begin)
                if end > until:
                    break
            cursor.execute("DROP TABLE ls_annotation, ls_lock, ls_task")
        return nexts, turns

    def plan(self) -> str:
        from django.db import connection, transaction

        from reviewer.claiming import claim_sql

        statement, values = claim_sql(self.claim())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", values)
            lines = [line for (line,) in cursor.fetchall()]
            transaction.set_rollback(True)
        return "\n".join(lines)


def statements(bench: Bench) -> list[str]:
    """Those of one turn, in order."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    held = bench.begin()
    with CaptureQueriesContext(connection) as captured:
        bench.turn(bench.people[0], held)
    return [f"{q['time']} {q['sql'][:300]}" for q in captured.captured_queries]


def let_all_go() -> None:
    """Nobody holds anything; the next measurement begins as the last one did."""
    from reviewer.models import ReviewTask

    ReviewTask.objects.filter(reserver__isnull=False).update(
        reserver=None, reservation_token=None, reserved_until=None, ahead=False
    )


def measure(bench: Bench, cases: int) -> None:
    bench.grow(cases)
    rows = [("claim", bench.claims())]
    let_all_go()
    alone: list[float] = []
    cost = bench.cpu(lambda: alone.extend(bench.alone()))
    rows.append(("turn alone", alone))
    let_all_go()
    bench.grow(cases)
    rows.append(("turn paced", bench.paced()))
    nexts, turns = bench.label_studio(cases)
    rows += [("Label Studio: next", nexts), ("Label Studio: turn", turns)]
    for name, times in rows:
        figures = f"{quantiles(times):>24}  n={len(times)}"
        print(f"{cases:>9,}  {name:20} {figures}", flush=True)
    print(f"{cases:>9,}  a turn alone: {cost}", flush=True)


def run(asked: argparse.Namespace) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    from config.postgres import ensure_running

    ensure_running(settings.HOME)
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("ensure_pipeline", verbosity=0)
    bench = Bench(asked.people, asked.turns)
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    print(f"{'open':>9}  {'':20} {'p50 / p95 / p99 ms':>24}")
    for cases in (int(size) for size in asked.sizes.split(",") if size):
        measure(bench, cases)
        if asked.plans:
            with Path(asked.plans).open("a") as file:
                let_all_go()
                file.write(f"== {cases} open\n{bench.plan()}\n")
                file.write("\n".join(statements(bench)) + "\n")
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")
    if asked.seconds:
        from benchmarks.queue_http import over_http

        over_http(people=asked.people, seconds=asked.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue")
    parser.add_argument("--sizes", default="1000,100000,1000000")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--turns", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=20, help="over HTTP; 0: not")
    parser.add_argument("--plans", metavar="FILE", help="write plans and statements")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="palimpsest-queue-") as scratch:
        os.environ["PALIMPSEST_HOME"] = scratch
        os.environ["PALIMPSEST_ENV_FILE"] = os.devnull
        os.environ.pop("DATABASE_URL", None)
        os.environ.setdefault(
            "PALIMPSEST_POSTGRES_OPTIONS", "shared_buffers=1GB max_wal_size=4GB"
        )
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
