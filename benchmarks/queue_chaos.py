"""Reviewers at work while all is killed: is an answer lost, doubled, overwritten?

    python -m benchmarks.queue_chaos [--decisions 10000] [--people 100] [--kills 100]
        [--seed N]

Starts script/server's processes with a PostgreSQL that syncs to disk. People answer
over HTTP as the page does. Meanwhile web workers and PostgreSQL are killed (-9) and
come back, answers of the server are thrown away and the same answer is sent again, some
are sent twice although they were acknowledged, reservations run out under the hands of
those who hold them, and some people answer the same case in two tabs. A client that was
told nothing sends the same answer again until it is told something. Then every word
that was given is held against the database.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.queue_http import Person, session_of, start_server

FIELDS = 3
PATIENCE = 120.0  # seconds that one answer is sent again
DROPPED, REPLAYED, TWO_TABS = 0.1, 0.1, 0.15
EXPIRED_EVERY = 0.5  # seconds at least
EXPIRED_AFTER = 10  # acknowledged answers


@dataclass
class Word:
    """What a client was told of one answer."""

    user: int
    slot: str
    value: str
    told: str  # "decided" or "beside"


@dataclass
class Story:
    home: Path
    port: int
    seed: int
    wanted: int
    kills: int
    words: dict[str, Word] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopping: threading.Event = field(default_factory=threading.Event)

    def note(self, number: str, word: Word) -> None:
        with self.lock:
            known = self.words.get(number)
            if known is not None and known.told != word.told:
                self.counts["! told two things of one answer"] += 1
            self.words.setdefault(number, word)

    def count(self, name: str) -> None:
        with self.lock:
            self.counts[name] += 1

    @property
    def enough(self) -> bool:
        return len(self.words) >= self.wanted or self.stopping.is_set()


class Reviewer:
    def __init__(self, story: Story, user: int, session: str) -> None:
        self.story, self.user = story, user
        self.dice = random.Random(f"{story.seed}-{user}")  # noqa: S311 - no secrets
        self.tabs = [Person(story.port, session), Person(story.port, session)]
        self.made = 0

    def work(self) -> None:
        while not self.story.enough:
            with suppress(OSError, http.client.HTTPException):
                if not self.tabs[0].start():
                    self.story.count("got no case: asked again")
                    time.sleep(0.5)
                    continue
                self.case()
                continue
            time.sleep(0.2)

    def case(self) -> None:
        """Answer what the page asks, in one tab or in two."""
        tabs = self.tabs[:1]
        if self.dice.random() < TWO_TABS:
            _, _, page = self.tabs[1].ask("GET", f"/review/{self.tabs[0].task}/")
            if self.tabs[1].see(page):
                self.story.count("cases in two tabs")
                tabs = self.tabs
        slots = list(self.tabs[0].slots)
        for slot in slots:
            for tab in tabs:
                if not self.answer(tab, slot):
                    return

    def answer(self, tab: Person, slot: str) -> bool:
        """Send it until something is told; whether to go on with the case."""
        self.made += 1
        number = str(uuid.uuid4())
        value = self.value(slot)
        more = {"choice": "correct", "value": value, "seen": "0", "shown": "x"}
        if slot == "date":
            more = {"choice": "confirm", "seen": "0", "shown": "2026-02-11"}
        if self.dice.random() < DROPPED:
            self.drop(tab, slot, number, more)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            told = self.send(tab, slot, number, more)
            if told is not None:
                self.story.note(number, Word(self.user, slot, value, told))
                if self.dice.random() < REPLAYED:
                    again = self.send(tab, slot, number, more)
                    self.story.count("sent again after it was acknowledged")
                    if again is not None:
                        self.story.note(number, Word(self.user, slot, value, again))
                return told == "decided" or len(self.tabs) > 1
            time.sleep(self.dice.uniform(0.05, 0.5))
        self.story.count("! never told anything")
        return False

    def value(self, slot: str) -> str:
        if slot == "date":
            return "2026-02-11"
        if slot == "total":
            return f"{self.user}.{self.made % 100:02}"
        return f"Harbour {self.user} {self.made}"

    def drop(self, tab: Person, slot: str, number: str, more: dict[str, str]) -> None:
        """Send it and hang up before the answer comes."""
        lost = Person(tab.port, tab.session, task=tab.task, token=tab.token)
        with suppress(OSError, http.client.HTTPException):
            lost.connection = http.client.HTTPConnection(
                "127.0.0.1", tab.port, timeout=self.dice.choice([0.002, 0.02, 0.1])
            )
            lost.decide(slot, number, **more)
        if lost.connection is not None:
            lost.connection.close()
        self.story.count("answers of the server thrown away")

    def send(
        self, tab: Person, slot: str, number: str, more: dict[str, str]
    ) -> str | None:
        try:
            status, told = tab.decide(slot, number, **more)
        except (OSError, ValueError, http.client.HTTPException):
            self.story.count("no answer: sent again")
            return None
        if status == 200:
            if told.get("decision_id") != number:
                self.story.count("! told of another answer")
            return "decided"
        if status == 409 and told.get("kept"):
            return "beside"
        self.story.count(f"status {status}: sent again")
        return None


def kill_things(story: Story, server: subprocess.Popen[bytes]) -> None:
    """One after every so many acknowledged answers, so that all is seen to recover."""
    dice = random.Random(story.seed)  # noqa: S311 - moments, not secrets
    pace = max(story.wanted // max(story.kills, 1), 1)
    after = pace
    while not story.stopping.wait(0.1):
        if len(story.words) < after or not story.kills:
            continue
        after += pace
        time.sleep(dice.uniform(0, 1))
        kind = dice.choice(["web worker"] * 4 + ["PostgreSQL"])
        found = _victims(story, server, kind)
        if not found:
            continue
        with suppress(psutil.Error):
            dice.choice(found).send_signal(signal.SIGKILL)
            story.count(f"kill -9 of {kind}")


def _victims(
    story: Story, server: subprocess.Popen[bytes], kind: str
) -> list[psutil.Process]:
    with suppress(psutil.Error, OSError, ValueError, IndexError):
        if kind == "PostgreSQL":
            file = story.home / "postgres" / "postmaster.pid"
            return [psutil.Process(int(file.read_text().splitlines()[0]))]
        processes = psutil.Process(server.pid).children(recursive=True)
        web = [p for p in processes if "gunicorn" in " ".join(p.cmdline())]
        pids = {p.pid for p in web}
        return [p for p in web if p.ppid() in pids and not p.children()]
    return []


def end_reservations(story: Story) -> None:
    """As if their time were over: of a few held ones, now and then."""
    import psycopg
    from django.db import connection

    parameters: dict[str, Any] = connection.get_connection_params()
    wanted = {k: parameters[k] for k in ("dbname", "user", "host") if k in parameters}
    before = 0
    while not story.stopping.wait(EXPIRED_EVERY):
        if len(story.words) < before + EXPIRED_AFTER:
            continue
        before = len(story.words)
        with suppress(psycopg.Error), psycopg.connect(**wanted, autocommit=True) as db:
            done = db.execute(
                "UPDATE review_task SET reserved_until = now() - interval '1 second'"
                " WHERE task_id IN (SELECT task_id FROM review_task"
                " WHERE state = 'open' AND reserved_until > now()"
                " ORDER BY random() LIMIT 2)"
            )
            with story.lock:
                story.counts["reservations that ran out"] += done.rowcount


def storm(story: Story, reviewers: list[Reviewer], server: Any) -> None:
    helpers = [
        threading.Thread(target=kill_things, args=(story, server)),
        threading.Thread(target=end_reservations, args=(story,)),
    ]
    for helper in helpers:
        helper.start()
    with ThreadPoolExecutor(len(reviewers)) as pool:
        done = [pool.submit(reviewer.work) for reviewer in reviewers]
        try:
            while not all(one.done() for one in done):
                time.sleep(5)
                print(f"  {len(story.words)} acknowledged", flush=True)
        finally:
            story.stopping.set()
    for helper in helpers:
        helper.join()
    for one in done:
        one.result()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue_chaos")
    parser.add_argument("--decisions", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="palimpsest-queue-chaos-"))
    os.environ["PALIMPSEST_HOME"] = str(home)
    os.environ["PALIMPSEST_ENV_FILE"] = os.devnull
    os.environ["PALIMPSEST_POSTGRES_OPTIONS"] = ""
    os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    print(f"seed {asked.seed}", flush=True)
    server, port = start_server(home)
    bad = 1
    try:
        import django

        django.setup()
        from django.db import connections

        from benchmarks import queue_cases
        from benchmarks.queue_chaos_audit import audit

        tenant = queue_cases.tenant_named("chaos")
        users = queue_cases.people(asked.people, tenant)
        cases = asked.decisions // FIELDS * 2 + 20 * asked.people
        queue_cases.grow(tenant, first=1, last=cases, fields=FIELDS)
        story = Story(home, port, asked.seed, asked.decisions, asked.kills)
        people = [Reviewer(story, user.pk, session_of(user)) for user in users]
        connections.close_all()
        storm(story, people, server)
        connections.close_all()
        bad = audit(story)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(90)
        shutil.rmtree(home, ignore_errors=True)
    raise SystemExit(min(bad, 1))


if __name__ == "__main__":
    main()
