"""Holds what was promised during benchmarks.chaos against the store, as a table."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.contrib.auth.models import User
from django.db.models import Count, Q
from rest_framework.authtoken.models import Token

from benchmarks.upload import invoice
from catalog import blobs, fsck
from catalog.models import (
    DerivedArtifact,
    Generation,
    Origin,
    PromotionBatch,
    SourceMedia,
    Tenant,
)
from pipeline.models import Run

SETTLED_AFTER = 300


def prepare() -> None:
    user = User.objects.create_superuser("chaos", password=None)
    Tenant.objects.get_or_create(slug="default", defaults={"name": "Default"})
    print(Token.objects.create(user=user).key)


def wait_for_runs() -> float:
    """Seconds until nothing waits any more, uploads without a run included."""
    begin = time.monotonic()
    while time.monotonic() - begin < SETTLED_AFTER:
        waits = Run.objects.open().exists()
        if not waits and not SourceMedia.objects.filter(runs__isnull=True).exists():
            break
        time.sleep(1)
    return time.monotonic() - begin


def kept(told: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Of acknowledged uploads: how many there are, and how many in which way wrong."""
    sources = SourceMedia.objects.filter(content_hash__in=told)
    once = dict(sources.values_list("content_hash").annotate(n=Count("pk")))
    yield "uploads acknowledged", len(told)
    yield "! lost", sum(1 for one in told if one not in once)
    yield "! doubled", sum(1 for n in once.values() if n > 1)
    yield (
        "! with other bytes",
        sum(blobs.read_verified(h) != invoice(n)[0] for h, n in told.items()),
    )
    finished = Count("runs", filter=Q(runs__state="finished"))
    failed = Count("runs", filter=Q(runs__state="failed"))
    runs = sources.annotate(finished=finished, failed=failed)
    unread = runs.filter(finished=0, failed=0)
    yield "! without a finished or failed run", unread.count()
    yield "! read twice", runs.filter(finished__gt=1).count()
    yield "given up after three killed workers", runs.filter(failed__gt=0).count()
    now = Count("generations", filter=Q(generations__state="current"))
    one = sources.filter(runs__state="finished").annotate(now=now)
    yield "! without exactly one current reading", one.exclude(now=1).count()


def promoted(lines: list[list[str]]) -> Iterator[tuple[str, int]]:
    batches = PromotionBatch.objects.in_bulk()
    told = {words[1]: int(words[2]) for words in lines if words[0] == "batch"}
    counted = PromotionBatch.objects.annotate(n=Count("promotions"))
    sizes = {str(pk): n for pk, n in counted.values_list("pk", "n")}
    yield "batches acknowledged", len(told)
    yield "! lost or of another size", sum(sizes.get(b) != n for b, n in told.items())
    yield "batches in the store", len(batches)
    yield (
        "! not whole",
        sum(b.selection["size"] != sizes[str(pk)] for pk, b in batches.items()),
    )
    answers = [words[1] for words in lines if words[0] == "answer"]
    yield "answers acknowledged", len(answers)
    yield "! lost", len(answers) - len(_still_said(answers))


def _still_said(answers: list[str]) -> set[str]:
    """Answers whose chain of people's answers ends in what is current."""
    said = set()
    for answer in DerivedArtifact.objects.filter(pk__in=answers):
        at = answer
        while at.superseded_by is not None and at.superseded_by.origin == Origin.HUMAN:
            at = at.superseded_by
        if at.superseded_by is None and at.generation.state == "current":
            said.add(str(answer.pk))
    return said


def store() -> Iterator[tuple[str, int]]:
    yield "sources in the store", SourceMedia.objects.count()
    yield "generations", Generation.objects.count()
    yield "artifacts", DerivedArtifact.objects.count()
    run = fsck.begin(mode="full", afresh=True)
    fsck.go_on(run)
    yield "! findings of fsck --full", sum(run.found.values())
    for word, count in run.found.items():
        yield f"! {word}", count
    again = fsck.begin(mode="full", afresh=True)
    fsck.go_on(again, grace=timedelta())
    left = again.found.get("blob_unclaimed", 0)
    yield "bytes that killed processes left, younger than a day", left


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("--told", type=Path)
    options = parser.parse_args()
    if options.prepare:
        prepare()
        return
    waited = wait_for_runs()
    told = dict(line.split() for line in options.told.read_text().splitlines())
    log = Path(os.environ["PALIMPSEST_HOME"]) / "promoter.log"
    lines = [line.split() for line in log.read_text().splitlines()]
    rows = [("seconds until nothing waited", round(waited))]
    rows += kept({content_hash: int(number) for content_hash, number in told.items()})
    rows += promoted(lines)
    rows += store()
    wrong = 0
    for what, count in rows:
        bad = what.startswith("!") and count
        wrong += bool(bad)
        print(f"{count:8}  {what.removeprefix('! ')}{'   WRONG' if bad else ''}")
    print("Something is wrong." if wrong else "Nothing lost, doubled or mixed.")


if __name__ == "__main__":
    main()
