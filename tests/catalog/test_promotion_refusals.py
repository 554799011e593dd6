"""What the database itself refuses of promotions, whoever asks and in whatever SQL."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from catalog.ids import new_id
from catalog.models import (
    Comparison,
    DerivedArtifact,
    Generation,
    Promotion,
    PromotionBatch,
)
from catalog.services import HumanValue, compare_by_hash, promote, record_human_artifact
from tests.factories import make_generation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def old() -> Generation:
    return make_generation()


@pytest.fixture
def new(old: Generation) -> Generation:
    generation = make_generation(old.source, version="1.1.0")
    compare_by_hash(candidates=Generation.objects.filter(pk=generation.pk))
    return generation


def swap(old: Generation, new: Generation) -> None:
    Generation.objects.filter(pk=old.pk).update(state="superseded")
    Generation.objects.filter(pk=new.pk).update(state="current")


def claim(old: Generation, new: Generation, **changes: Any) -> Promotion:
    batch = PromotionBatch.objects.create(pipeline_name=new.pipeline_name)
    columns: dict[str, Any] = {
        "source": new.source,
        "pipeline_name": new.pipeline_name,
        "reason": "replacement",
        "old_generation": old,
        "new_generation": new,
        "comparison": Comparison.objects.filter(new_generation=new).first(),
        "batch": batch,
    }
    return Promotion.objects.create(**{**columns, **changes})


def checked() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def swap_and_claim(old: Generation, new: Generation, **changes: Any) -> None:
    swap(old, new)
    claim(old, new, **changes)
    checked()


@transaction.atomic
def supersede(artifact: DerivedArtifact, by: DerivedArtifact) -> None:
    DerivedArtifact.objects.filter(pk=artifact.pk).update(superseded_by=by)
    checked()


def answered(generation: Generation) -> DerivedArtifact:
    return record_human_artifact(
        generation=generation,
        answer=HumanValue(
            slot="total",
            payload={"value": "9.00"},
            region=None,
            decision_id=new_id(),
            actor=make_user("alice"),
        ),
    )


def test_a_true_claim_is_accepted(old: Generation, new: Generation) -> None:
    swap_and_claim(old, new)


def test_a_promotion_before_the_swap_is_refused(
    old: Generation, new: Generation
) -> None:
    with pytest.raises(DatabaseError, match="not current"), transaction.atomic():
        claim(old, new)


def test_another_comparison_is_refused(old: Generation, new: Generation) -> None:
    third = make_generation(old.source, version="1.2.0")
    compare_by_hash(candidates=Generation.objects.filter(pk=third.pk))

    with pytest.raises(DatabaseError, match="other generations"):
        swap_and_claim(
            old, new, comparison=Comparison.objects.get(new_generation=third)
        )


def test_another_source_is_refused(old: Generation, new: Generation) -> None:
    stranger = make_generation().source

    with pytest.raises(DatabaseError, match="this source"):
        swap_and_claim(old, new, source=stranger)


def test_an_answer_may_not_be_left_behind(old: Generation, new: Generation) -> None:
    answered(old)

    with pytest.raises(DatabaseError, match="answer of a person"):
        swap_and_claim(old, new)


def test_a_machine_may_not_supersede_a_person(old: Generation, new: Generation) -> None:
    answer = answered(old)
    machine = new.artifacts.get(slot="total")

    with pytest.raises(DatabaseError, match="supersede a person"):
        supersede(answer, by=machine)


def test_what_was_superseded_does_not_come_back_by_itself(
    old: Generation, new: Generation
) -> None:
    promote(candidates=Generation.objects.filter(pk=new.pk))

    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Generation.objects.filter(pk=old.pk).update(state="current")


def test_a_rollback_restores_what_was_taken_away(
    old: Generation, new: Generation
) -> None:
    done = promote(candidates=Generation.objects.filter(pk=new.pk))
    third = make_generation(old.source, version="1.2.0")
    undone = done.batch.promotions.get()

    with pytest.raises(DatabaseError, match="must restore"):
        swap_and_claim(
            new,
            third,
            reason="rollback",
            undoes=undone,
            comparison=undone.comparison,
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE promotion SET note = 'x'",
        "UPDATE promotion SET reason = 'decision'",
        "DELETE FROM promotion",
        "UPDATE promotion_batch SET note = 'x'",
        "DELETE FROM promotion_batch",
        "UPDATE ledger_entry SET rows = 7",
        "DELETE FROM ledger_entry",
        "INSERT INTO ledger_entry (sequence, subject, rows, digest)"
        " VALUES (99, 'promotion', 1, '\\x00')",
        "UPDATE comparison SET verdict = 'other'",
        "DELETE FROM comparison",
    ],
)
def test_the_ledger_is_not_rewritten(
    old: Generation, new: Generation, statement: str
) -> None:
    promote(candidates=Generation.objects.filter(pk=new.pk))

    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
