"""A document with a telling string in everything that can hold one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from catalog.ids import new_id
from catalog.models import (
    DerivedArtifact,
    Generation,
    GoldenValue,
    SourceMedia,
)
from catalog.services import (
    HumanValue,
    NewArtifact,
    Reading,
    compare_by_hash,
    file_golden_value,
    freeze_golden_set,
    promote,
    record_delivery,
    record_human_artifact,
    store_generation,
)
from pipeline import queue
from pipeline.events import Reported, StepRecord, write_event
from pipeline.models import Run
from reviewer.models import Correction, Decision, ReviewItem, ReviewTask
from tests.factories import (
    PDF,
    field_artifact,
    make_source,
    make_tenant,
    make_version,
    ocr_artifact,
)

CANARY = "canary-7f3a"
WORDS = ("Invoice", f"{CANARY}-word", f"{CANARY}-search")


def big_ocr() -> NewArtifact:
    """Too large for a row: it goes to the blob storage."""
    return ocr_artifact([*WORDS, *(f"filler{i}" for i in range(400))])


def search_text() -> NewArtifact:
    return NewArtifact(
        kind="search_text",
        slot="page=1",
        step="index",
        payload={"page": 1, "text": " ".join(WORDS)},
    )


def canary_source(user: User, tmp_path: Path) -> SourceMedia:
    """A source with the canary in everything that can hold it."""
    source = make_source(
        make_tenant("harbour"),
        data=PDF + CANARY.encode(),
        name=f"{CANARY}-name.pdf",
    )
    picture = tmp_path / "page.png"
    picture.write_bytes(b"\x89PNG " + CANARY.encode())
    thumbnail = NewArtifact(
        kind="thumbnail", slot="page=1", step="x", file=picture, media_type="image/png"
    )
    old = store_generation(
        source=source,
        reading=reading(
            "1.0.0",
            [
                big_ocr(),
                search_text(),
                thumbnail,
                field_artifact("invoice_number", f"{CANARY}-value", value_type="id"),
            ],
        ),
    )
    human = record_human_artifact(generation=old, answer=human_value(user))
    say_why(human, user)
    tell_of_the_run(old)
    golden = GoldenValue(
        slot="invoice_number", value_type="id", value=f"{CANARY}-golden"
    )
    file_golden_value(generation=old, value=golden, slices={"template": "t-1"})
    freeze_golden_set()
    new = store_generation(
        source=source,
        reading=reading(
            "1.1.0", [big_ocr(), field_artifact("total", f"{CANARY}-other")]
        ),
    )
    chosen = Generation.objects.filter(pk=new.pk)
    compare_by_hash(candidates=chosen)
    promote(candidates=chosen)
    carried = DerivedArtifact.objects.filter(generation=old).values_list(
        "pk", flat=True
    )
    record_delivery(
        tenant=source.tenant, recipient=user, form="csv", artifact_ids=list(carried)
    )
    return source


def say_why(human: DerivedArtifact, user: User) -> None:
    """The decision of a person, with the values before and after."""
    task = ReviewTask.objects.create(
        tenant=human.source.tenant,
        source=human.source,
        generation=human.generation,
        stakes=1,
        priority=1,
        reason="sum_of_lines",
    )
    item = ReviewItem.objects.create(
        task=task, position=0, slot=human.slot, value_type="id", critical=True
    )
    decision = Decision.objects.create(
        decision_id=new_id(),
        item=item,
        sequence=1,
        reviewer=user,
        verdict="correct",
        artifact=human,
    )
    Correction.objects.create(
        decision=decision,
        how="typed",
        old_value=f"{CANARY}-old",
        new_value=f"{CANARY}-human",
    )


def tell_of_the_run(generation: Generation) -> None:
    """A run with its event, and a task of the queue that names it."""
    run = Run.objects.create(
        source=generation.source,
        pipeline_version=make_version(),
        lane="batch",
        state="finished",
        generation=generation,
        finished_at=timezone.now(),
    )
    step = StepRecord("ocr", "ok", 1, quality={"note": CANARY}, detail={"note": CANARY})
    reported = Reported("invoice", "t-1", "auto_accept", "all_critical", 1)
    write_event(run=run, steps=[step], reported=reported, at=timezone.now())
    queue.enqueue("pipeline.tasks.some", str(run.pk), lane="batch")


def reading(version: str, artifacts: list[NewArtifact]) -> Reading:
    return Reading(
        pipeline_name="doc-extract",
        pipeline_version=version,
        complete=True,
        disposition="auto_accept",
        reason="all_critical",
        document_type="invoice",
        template_key="t-000000000001",
        steps=[{"step": "ocr", "memo": CANARY}],
        artifacts=artifacts,
    )


def human_value(user: User) -> HumanValue:
    value = f"{CANARY}-human"
    return HumanValue(
        slot="invoice_number",
        payload={"slot": "invoice_number", "value": value, "raw": value},
        region={"page": 1, "bbox": [0.1, 0.1, 0.2, 0.2]},
        decision_id=new_id(),
        actor=user,
    )


def everything_in_tables() -> Iterator[str]:
    """All rows of all tables as text, bytes in hex."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema()::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - from the database
            yield from (f"{table}: {row}" for (row,) in cursor.fetchall())


def tables_holding(*needles: str) -> list[str]:
    spelled = [form for n in needles for form in (n, n.encode().hex())]
    return [row for row in everything_in_tables() if any(one in row for one in spelled)]


def blobs_holding(needle: str) -> list[Path]:
    root = Path(settings.STORAGES["blobs"]["OPTIONS"]["location"])
    return [
        path
        for path in root.rglob("*")
        if path.is_file() and needle.encode() in path.read_bytes()
    ]


def settle() -> None:
    """What is checked at the end of a transaction is checked now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
