"""Putting generations in place, one or many, and back again."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from catalog.ids import new_id
from catalog.models import (
    DerivedArtifact,
    Generation,
    Kind,
    LedgerEntry,
    Promotion,
    State,
    VersionTally,
)
from catalog.services import (
    HumanValue,
    Promoted,
    PromotionRefused,
    Reading,
    compare_by_hash,
    promote,
    record_human_artifact,
    roll_back,
    store_generation,
)
from tests.factories import field_artifact, make_generation, make_source, make_user

pytestmark = pytest.mark.django_db

OTHER = (
    field_artifact("total", "22.20"),
    field_artifact("date", "2018-01-11", value_type="date"),
    field_artifact("tax", "1.00"),
)


def candidates_for(*sources: Generation) -> list[Generation]:
    return [
        make_generation(old.source, version="1.1.0", fields=OTHER) for old in sources
    ]


def promoted(*new: Generation) -> Promoted:
    chosen = Generation.objects.filter(pk__in=[g.pk for g in new])
    compare_by_hash(candidates=chosen)
    done = promote(candidates=chosen)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return done


def values(generation: Generation) -> dict[str, str]:
    fields = DerivedArtifact.objects.live_in(generation).of_kind(Kind.FIELD)
    return {a.slot: a.payload["value"] for a in fields if a.payload}


def correct(generation: Generation, slot: str, value: str) -> DerivedArtifact:
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


def test_a_batch_takes_the_place_of_what_was_current() -> None:
    old = [make_generation() for _ in range(3)]
    new = candidates_for(*old)

    done = promoted(*new)

    assert done.generations == 3
    for was, now in zip(old, new, strict=True):
        was.refresh_from_db()
        now.refresh_from_db()
        assert (was.state, now.state) == (State.SUPERSEDED, State.CURRENT)
    assert not DerivedArtifact.objects.filter(
        generation__in=old, superseded_by__isnull=True
    ).exists()
    total = DerivedArtifact.objects.get(generation=old[0], slot="total")
    assert total.superseded_by is not None
    assert (total.superseded_by.generation, total.superseded_by.slot) == (
        new[0],
        "total",
    )


def test_what_was_said_before_can_still_be_read() -> None:
    old = make_generation()
    before = values(old)
    promoted(*candidates_for(old))

    assert values(old) == before


def test_a_candidate_that_was_not_compared_is_refused() -> None:
    new = candidates_for(make_generation(), make_generation())
    chosen = Generation.objects.filter(pk__in=[g.pk for g in new])
    compare_by_hash(candidates=chosen.filter(pk=new[0].pk))

    with pytest.raises(PromotionRefused, match="1 of them were not compared"):
        promote(candidates=chosen)

    assert not Generation.objects.filter(pk__in=[g.pk for g in new]).current().exists()


def test_what_is_current_or_incomplete_is_refused() -> None:
    current = make_generation()

    with pytest.raises(PromotionRefused, match="no complete candidates"):
        promote(candidates=Generation.objects.filter(pk=current.pk))


def test_two_candidates_of_one_source_are_refused() -> None:
    old = make_generation()
    new = [
        make_generation(old.source, version="1.1.0"),
        make_generation(old.source, version="1.2.0"),
    ]
    chosen = Generation.objects.filter(pk__in=[g.pk for g in new])
    compare_by_hash(candidates=chosen)

    with pytest.raises(PromotionRefused, match="one candidate a source"):
        promote(candidates=chosen)


def test_the_comparison_says_what_differs_without_saying_values() -> None:
    old = make_generation()
    (new,) = candidates_for(old)
    compare_by_hash(candidates=Generation.objects.filter(pk=new.pk))

    comparison = new.compared_as_new.get()

    assert comparison.verdict == "changed"
    assert comparison.differences == {
        "field:total": "changed",
        "field:date": "changed",
        "field:tax": "added",
        "field:company": "removed",
    }


def test_an_answer_of_a_person_goes_on() -> None:
    old = make_generation()
    answer = correct(old, "total", "99.00")
    (new,) = candidates_for(old)

    promoted(new)

    carried = DerivedArtifact.objects.live_in(new).get(slot="total")
    assert (carried.origin, carried.payload) == ("human", answer.payload)
    answer.refresh_from_db()
    assert answer.superseded_by_id == carried.pk
    machine = DerivedArtifact.objects.get(
        generation=new, slot="total", origin="machine"
    )
    assert machine.superseded_by_id == carried.pk


def test_an_answer_that_comes_late_goes_to_what_is_current_now() -> None:
    old = make_generation()
    (new,) = candidates_for(old)
    promoted(new)

    answer = correct(old, "total", "99.00")

    assert answer.generation_id == new.pk
    assert values(new)["total"] == "99.00"


def test_a_rollback_brings_the_old_payloads_back_without_a_copy() -> None:
    old = make_generation()
    before = {
        (a.kind, a.slot): a.payload_hash for a in DerivedArtifact.objects.live_in(old)
    }
    (new,) = candidates_for(old)
    done = promoted(new)

    back = roll_back(
        promotions=done.batch.promotions.all(), of_batch=done.batch, note="worse"
    )

    now = Generation.objects.current().get(source=old.source)
    assert (now.restores_id, now.pipeline_version) == (old.pk, "1.0.0")
    assert before == {
        (a.kind, a.slot): a.payload_hash for a in DerivedArtifact.objects.live_in(now)
    }
    assert set(now.artifacts.values_list("origin", flat=True)) == {"restore"}
    assert back.batch.undoes == done.batch
    new.refresh_from_db()
    assert new.state == State.SUPERSEDED


def test_a_rollback_keeps_what_people_said_in_between() -> None:
    old = make_generation()
    (new,) = candidates_for(old)
    done = promoted(new)
    correct(new, "total", "99.00")

    roll_back(promotions=done.batch.promotions.all())

    now = Generation.objects.current().get(source=old.source)
    assert values(now)["total"] == "99.00"
    assert values(now)["company"] == "Gin Kee"


def test_a_slice_of_a_batch_is_taken_back_the_rest_stays() -> None:
    old = [make_generation() for _ in range(2)]
    new = candidates_for(*old)
    done = promoted(*new)

    roll_back(promotions=done.batch.promotions.filter(source=old[0].source))

    current = Generation.objects.current()
    assert current.get(source=old[0].source).restores_id == old[0].pk
    assert current.get(source=old[1].source) == new[1]


def test_a_rollback_can_be_taken_back_itself() -> None:
    old = make_generation()
    (new,) = candidates_for(old)
    done = promoted(new)
    back = roll_back(promotions=done.batch.promotions.all())

    roll_back(promotions=back.batch.promotions.all())

    now = Generation.objects.current().get(source=old.source)
    assert now.restores_id == new.pk
    assert values(now) == values(new)


def test_a_promotion_is_taken_back_once() -> None:
    done = promoted(*candidates_for(make_generation()))
    roll_back(promotions=done.batch.promotions.all())

    with pytest.raises(PromotionRefused, match="they were before"):
        roll_back(promotions=done.batch.promotions.all())


def test_released_values_stay_released() -> None:
    old = make_generation(disposition="auto_accept", reason="all_critical")
    new = make_generation(old.source, version="1.1.0")

    promoted(new)

    new.refresh_from_db()
    assert new.released_at is not None


def test_a_reading_that_holds_nothing_takes_no_place() -> None:
    old = make_generation()
    empty = Reading(
        pipeline_name="doc-extract",
        pipeline_version="1.1.0",
        complete=True,
        disposition="auto_accept",
        reason="all_critical",
    )
    new = store_generation(source=old.source, reading=empty)
    chosen = Generation.objects.filter(pk=new.pk)
    compare_by_hash(candidates=chosen)

    with pytest.raises(PromotionRefused, match="hold nothing"):
        promote(candidates=chosen)


def test_nothing_chosen_is_said() -> None:
    with pytest.raises(PromotionRefused, match="Nothing is chosen"):
        promote(candidates=Generation.objects.none())


def test_the_matrix_counts_what_is_current() -> None:
    old = [make_generation() for _ in range(2)]
    done = promoted(*candidates_for(old[0]))

    def counts() -> dict[str, int]:
        rows = VersionTally.objects.all().counted("pipeline_version")
        return {str(r["pipeline_version"]): int(str(r["count"])) for r in rows}

    assert counts() == {"1.0.0": 1, "1.1.0": 1}
    roll_back(promotions=done.batch.promotions.all())
    assert counts() == {"1.0.0": 2}
    VersionTally.objects.all().compact()
    assert counts() == {"1.0.0": 2}
    # A row a tenant, and none for what no longer counts.
    assert VersionTally.objects.count() == 2


def test_a_long_tally_is_worth_adding_up(monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_generation().source
    for number in range(3):
        make_generation(make_source(source.tenant), version=f"1.{number}.0")
    assert not VersionTally.objects.all().is_long()

    monkeypatch.setattr("catalog.models.version_tally.SHORT", 0)
    assert not VersionTally.objects.all().is_long()
    for _ in range(9):
        make_generation(make_source(source.tenant))
    assert VersionTally.objects.all().is_long()


def test_one_entry_of_the_ledger_seals_a_whole_batch() -> None:
    old = [make_generation() for _ in range(3)]
    before = LedgerEntry.objects.count()

    done = promoted(*candidates_for(*old))

    entries = list(LedgerEntry.objects.order_by("sequence"))
    assert len(entries) == before + 1
    assert entries[-1].rows == 3
    assert {p.entry for p in done.batch.promotions.all()} == {entries[-1].sequence}
    assert entries[-1].previous == entries[-2].hash


def test_first_generations_need_no_batch() -> None:
    promotion = Promotion.objects.get(new_generation=make_generation(make_source()))

    assert (promotion.reason, promotion.batch) == ("first", None)


@pytest.mark.django_db(transaction=True)
def test_a_promotion_that_breaks_off_changes_nothing() -> None:
    old = make_generation()
    (new,) = candidates_for(old)
    chosen = Generation.objects.filter(pk=new.pk)
    compare_by_hash(candidates=chosen)

    def broken_off() -> None:
        with transaction.atomic():
            promote(candidates=chosen)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()

    old.refresh_from_db()
    assert old.state == State.CURRENT
