"""The product's questions, asked as the product asks them, with their times."""

from __future__ import annotations

import random
import statistics
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection

from catalog.models import (
    DerivedArtifact,
    Generation,
    Kind,
    SourceMedia,
    Tenant,
    VersionTally,
)
from catalog.services import NewArtifact, Reading, store_generation
from catalog.slices import Slice
from pipeline.memo.memory import Memory

LOOK_UPS = 2000
REPEATS = 5
# A template of the middle of the crowd.
TEMPLATE = "t-000000000190"
RARE, COMMON = "2.3.0", "2.1.0"


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _spread(times: list[float]) -> str:
    times.sort()
    p99 = times[round(0.99 * (len(times) - 1))]
    return f"{statistics.median(times):.2f} / {p99:.2f} ms"


def _each(keys: list[Any], ask: Callable[[Any], object]) -> str:
    """p50 / p99 over the keys, after a tenth of them as a warm-up."""
    for key in keys[: len(keys) // 10]:
        ask(key)
    return _spread([_milliseconds(partial(ask, key)) for key in keys])


def _often(ask: Callable[[], object]) -> str:
    """The median and the largest of a few."""
    times = [_milliseconds(ask) for _ in range(REPEATS)]
    return f"{statistics.median(times):,.0f} (max {max(times):,.0f}) ms"


def some_sources(count: int) -> list[dict[str, Any]]:
    """Sources from all over the table, by chance but the same ones each time."""
    chance = random.Random(7)  # noqa: S311 - no secret
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_id, content_hash, tenant_id FROM source_media"
            " TABLESAMPLE bernoulli(%s) REPEATABLE (7)",
            [min(100.0, 400.0 * count / max(_rows("source_media"), 1))],
        )
        found = [
            dict(zip(("source", "hash", "tenant"), row, strict=True))
            for row in cursor.fetchall()
        ]
    chance.shuffle(found)
    return found[:count]


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE relname = %s", [table]
        )
        return int(cursor.fetchone()[0])


def seeds(count: int) -> list[uuid.UUID]:
    words = DerivedArtifact.objects.filter(kind=Kind.OCR).order_by("artifact_id")
    return list(words.values_list("artifact_id", flat=True)[:count])


def asked(sources: int) -> dict[str, str]:
    found = some_sources(LOOK_UPS)
    tenant = Tenant.objects.get(slug="bench-7")
    slice_of = Slice(pipeline_version=RARE, template_key=TEMPLATE)
    roots = seeds(sources // 20)
    memos = _memos(found)
    answers: dict[str, Callable[[], str]] = {
        "current values of a source, p50 / p99": lambda: _each(
            [f["source"] for f in found],
            lambda source: list(
                DerivedArtifact.objects.current().filter(source=source, kind="field")
            ),
        ),
        "memo look-up, p50 / p99": lambda: _each(memos, _remembered),
        "content-hash look-up, p50 / p99": lambda: _each(
            found,
            lambda f: SourceMedia.objects.filter(
                tenant=f["tenant"], content_hash=f["hash"]
            ).first(),
        ),
        "blast radius of a slice": lambda: _often(
            lambda: Generation.objects.blast_radius(slice_of)
        ),
        "  sources in it": lambda: (
            f"{SourceMedia.objects.in_slice(slice_of).count():,}"
        ),
        "blast radius of a whole version": lambda: _often(
            lambda: Generation.objects.blast_radius(Slice(pipeline_version=COMMON))
        ),
        "matrix by tenant": lambda: _often(
            lambda: VersionTally.objects.all().matrix("tenant")
        ),
        "matrix by template": lambda: _often(
            lambda: VersionTally.objects.all().matrix("template")
        ),
        "sources with mixed versions, whole corpus": lambda: _often(
            lambda: SourceMedia.objects.with_mixed_versions().count()
        ),
        "sources with mixed versions, one tenant": lambda: _often(
            lambda: SourceMedia.objects.with_mixed_versions([tenant.pk]).count()
        ),
        "all that was made from one artifact": lambda: _each(
            roots[:200], lambda seed: DerivedArtifact.objects.made_from(seed).count()
        ),
        "closure of a twentieth of the sources' words": lambda: _often(
            lambda: DerivedArtifact.objects.count_made_from(*roots)
        ),
        "  artifacts in it": lambda: (
            f"{DerivedArtifact.objects.count_made_from(*roots):,}"
        ),
        "the same, each artifact looked at": lambda: _often(
            lambda: DerivedArtifact.objects.made_from(*roots).count()
        ),
    }
    return {name: answer() for name, answer in answers.items()}


def _memos(found: list[dict[str, Any]]) -> list[tuple[SourceMedia, str]]:
    """Sources, and the key under which their three fields were made."""
    rows = DerivedArtifact.objects.filter(
        source__in=[f["source"] for f in found], slot="total"
    )
    return [(row.source, str(row.memo_key)) for row in rows.select_related("source")]


def _remembered(place: tuple[SourceMedia, str]) -> None:
    source, key = place
    if Memory(source).find("verify", key) is None:
        raise LookupError("the made-up reading must be found")


def inserted(count: int = 300) -> list[tuple[str, str]]:
    """store_generation, one transaction each, five artifacts that all fit in rows."""
    sources = [f["source"] for f in some_sources(count)]
    chosen = list(SourceMedia.objects.filter(pk__in=sources))
    began = time.perf_counter()
    for source in chosen:
        store_generation(source=source, reading=_reading())
    spent = time.perf_counter() - began
    return [
        (
            "store_generation, one client",
            f"{len(chosen) / spent:,.0f} readings/s, {len(chosen) * 5 / spent:,.0f}/s",
        )
    ]


def _reading() -> Reading:
    fields = [
        NewArtifact(
            kind="field",
            slot=f"field-{number}",
            step="verify",
            payload={"value": str(number), "confidence": 0.9},
        )
        for number in range(5)
    ]
    return Reading(
        pipeline_name="doc-extract",
        pipeline_version="9.0.0",
        complete=True,
        disposition="auto_accept",
        reason="all_critical_verified",
        artifacts=fields,
    )
