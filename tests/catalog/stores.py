"""A small store in which everything has happened that a store is for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from catalog.ids import new_id
from catalog.models import DerivedArtifact, Generation, GoldenValue, State
from catalog.services import (
    HumanValue,
    NewArtifact,
    Promoted,
    Reading,
    compare_by_hash,
    file_golden_value,
    freeze_golden_set,
    promote,
    record_delivery,
    record_human_artifact,
    roll_back,
    store_generation,
)
from tests.factories import (
    field_artifact,
    make_run,
    make_source,
    make_tenant,
    make_user,
    make_version,
    ocr_artifact,
)

# Enough words that the payload goes to the blob storage.
MANY_WORDS = [f"word{number}" for number in range(400)]


@dataclass(frozen=True)
class Store:
    """plain: current, never replaced; promoted: by a batch, a person's answer carried;
    back: promoted, answered and rolled back. Each is what is current now."""

    plain: Generation
    promoted: Generation
    back: Generation


def reading(version: str, total: str) -> Reading:
    """A complete reading with a large payload, fields and text for the search."""
    text = NewArtifact(
        kind="search_text",
        slot="page=1",
        step="index",
        payload={"page": 1, "text": f"total {total}"},
        inputs=(("ocr", "page=1"),),
    )
    return Reading(
        pipeline_name="doc-extract",
        pipeline_version=version,
        complete=True,
        disposition="human_review",
        reason="verify_conflict",
        document_type="receipt",
        template_key="t-000000000001",
        artifacts=[
            ocr_artifact([*MANY_WORDS, total]),
            text,
            field_artifact("total", total),
            field_artifact("date", "2018-01-11", value_type="date"),
        ],
    )


def answered(generation: Generation, slot: str, value: str) -> DerivedArtifact:
    return record_human_artifact(
        generation=generation,
        answer=HumanValue(
            slot=slot,
            payload=field_artifact(slot, value).payload or {},
            region=None,
            decision_id=new_id(),
            actor=make_user(f"person-{new_id()}"),
        ),
    )


def promoted(*candidates: Generation) -> Promoted:
    chosen = Generation.objects.filter(pk__in=[g.pk for g in candidates])
    compare_by_hash(candidates=chosen)
    return promote(candidates=chosen)


def make_store() -> Store:
    """Two tenants; one generation of each fate, a run, a golden case, a delivery."""
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        make_version(version=version, active=version == "1.0.0")
    harbour, meadow = make_tenant("harbour"), make_tenant("meadow")
    old = [
        store_generation(source=make_source(t), reading=reading("1.0.0", "21.20"))
        for t in (harbour, harbour, meadow)
    ]
    answered(old[1], "total", "99.00")
    # The person's answer once more: an answer over an answer.
    answered(old[1], "total", "98.00")
    new = [
        store_generation(source=g.source, reading=reading("1.1.0", "22.20"))
        for g in old[1:]
    ]
    done = promoted(*new)
    answered(new[1], "date", "2019-01-11")
    roll_back(promotions=done.batch.promotions.filter(source=old[2].source))
    # A reading that waits, one that was refused, and a run with all that goes with it.
    store_generation(source=old[0].source, reading=reading("1.2.0", "23.20"))
    make_run(make_source(harbour))
    make_run(make_source(meadow), disposition="rejected", reason="blank", fields=())
    value = GoldenValue(slot="total", value_type="money", value="98.00")
    file_golden_value(generation=new[0], value=value, slices={})
    freeze_golden_set()
    record_delivery(
        tenant=harbour,
        recipient=make_user("carol"),
        form="csv",
        artifact_ids=new[0].artifacts.values_list("pk", flat=True),
    )
    settle()
    current = Generation.objects.filter(state=State.CURRENT)
    return Store(*(current.get(source=g.source) for g in old))


def settle() -> None:
    """What is checked at the end of a transaction, now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
