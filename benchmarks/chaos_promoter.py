"""Promotes, corrects and rolls back without end; benchmarks.chaos kills it.

What it was told is done, it writes to promoter.log: `batch ID SIZE`, `answer ID`. A
line that is there is a promise of the database; what is not there may be done or not.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import django

django.setup()

from django.contrib.auth.models import User
from django.db import DatabaseError, InterfaceError, connection

from catalog.ids import new_id
from catalog.models import (
    DerivedArtifact,
    Generation,
    Promotion,
    PromotionBatch,
)
from catalog.services import (
    HumanValue,
    NewArtifact,
    PromotionRefused,
    Reading,
    compare_by_hash,
    promote,
    record_human_artifact,
    roll_back,
    store_generation,
)
from pipeline.models import PipelineVersion

VERSION = "99.0.{0}"
BATCH = 20


def say(*words: object) -> None:
    path = Path(os.environ["PALIMPSEST_HOME"]) / "promoter.log"
    with path.open("a") as log:
        log.write(" ".join(map(str, words)) + "\n")


def version_named(number: int) -> str:
    active = PipelineVersion.objects.active().get()
    name = VERSION.format(number)
    PipelineVersion.objects.get_or_create(
        name=active.name,
        version=name,
        defaults={
            "manifest": active.manifest,
            "digest": active.digest,
            "state": PipelineVersion.State.RELEASED,
        },
    )
    return name


def candidate_for(old: Generation, version: str) -> Generation:
    """A later version's reading: the fields of what is current, the total another."""
    said = DerivedArtifact.objects.live_in(old).filter(kind="field")
    fields = [
        NewArtifact(
            kind="field",
            slot=artifact.slot,
            step="verify",
            payload={**(artifact.payload or {}), "confidence": random.random()},  # noqa: S311
            region=artifact.region,
        )
        for artifact in said
    ]
    page = NewArtifact(
        kind="search_text",
        slot="page=1",
        step="index",
        payload={"page": 1, "text": "total " * 1000},
    )
    return store_generation(
        source=old.source,
        reading=Reading(
            pipeline_name=old.pipeline_name,
            pipeline_version=version,
            complete=True,
            disposition=old.disposition,
            reason=old.reason,
            document_type=old.document_type,
            template_key=old.template_key,
            artifacts=[page, *fields],
        ),
    )


def one_batch(actor: User) -> None:
    number = int(time.time())
    version = version_named(number)
    current = Generation.objects.current().select_related("source").order_by("?")
    new = [candidate_for(old, version) for old in current[:BATCH]]
    chosen = Generation.objects.filter(pk__in=[g.pk for g in new])
    compare_by_hash(candidates=chosen)
    done = promote(candidates=chosen, actor=actor, selection={"size": len(new)})
    say("batch", done.batch.pk, done.generations)


def one_answer(actor: User) -> None:
    generation = Generation.objects.current().order_by("?").first()
    if generation is None:
        return
    fields = DerivedArtifact.objects.live_in(generation).filter(kind="field")
    said = fields.order_by("?").first()
    if said is None:
        return
    answer = record_human_artifact(
        generation=generation,
        answer=HumanValue(
            slot=said.slot,
            payload={**(said.payload or {}), "status": "verified"},
            region=None,
            decision_id=new_id(),
            actor=actor,
        ),
    )
    say("answer", answer.pk)


def one_rollback(actor: User) -> None:
    batch = PromotionBatch.objects.order_by("?").first()
    if batch is None:
        return
    still = Promotion.objects.filter(batch=batch).undoable()
    size = still.count()
    try:
        done = roll_back(promotions=still, actor=actor, selection={"size": size})
    except PromotionRefused:
        return
    say("batch", done.batch.pk, done.generations)


def main() -> None:
    while True:
        try:
            actor = User.objects.get(username="chaos")
            one_batch(actor)
            for _ in range(3):
                one_answer(actor)
            if random.random() < 0.5:  # noqa: S311
                one_rollback(actor)
        except PromotionRefused:
            time.sleep(1)
        except (DatabaseError, InterfaceError) as error:
            print("promoter:", type(error).__name__, error, flush=True)
            connection.close()
            time.sleep(0.5)
        time.sleep(0.2)


if __name__ == "__main__":
    main()
