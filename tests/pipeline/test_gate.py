"""From documents that were read twice to what moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import DerivedArtifact, Generation, Promotion, State
from catalog.services import roll_back
from pipeline import versions
from pipeline.gate import (
    GateRefused,
    measure,
    open_gate,
    promote_passing,
    report_digest,
    sign,
)
from pipeline.models import Gate, GateSlice, Reprocess, ReprocessItem, Stage
from tests.factories import make_tenant, make_user, make_version
from tests.pipeline.compared_readings import answer, know
from tests.pipeline.gated import TRUE, make_item, make_items, make_reprocess

pytestmark = pytest.mark.django_db


@pytest.fixture
def olive(db: None) -> User:
    return make_user("olive", is_superuser=True)


def measured(reprocess: Reprocess, **given: object) -> Gate:
    gate = open_gate(reprocess=reprocess, **given)  # type: ignore[arg-type]
    return measure(gate=gate)


def slice_of(gate: Gate, dimension: str = "", key: str = "") -> GateSlice:
    return gate.slices.get(dimension=dimension, key=key)


def test_it_counts_what_was_compared_and_what_people_know() -> None:
    reprocess = make_reprocess()
    outcomes = ["same"] * 4 + ["better", "worse", "worse", "both wrong", "undecided"]
    make_items(reprocess, outcomes)
    whole = slice_of(measured(reprocess))
    assert (whole.population, whole.compared, whole.disagreeing) == (9, 9, 5)
    assert (whole.labelled, whole.better, whole.worse) == (4, 1, 2)
    assert not whole.exact


def test_a_golden_case_that_was_known_before_counts_once_and_is_no_draw() -> None:
    reprocess = make_reprocess()
    make_item(reprocess, "worse", known_before=True)
    make_item(reprocess, "undecided")
    gate = measured(reprocess)
    whole = slice_of(gate)
    assert (whole.labelled, whole.worse) == (1, 1)
    assert whole.at_least == -1
    assert gate.figures["golden"]["cases"] == 1
    assert gate.figures["golden"]["worse"] == 1


def test_golden_cases_in_a_canary_are_no_random_sample() -> None:
    reprocess = make_reprocess()
    make_items(reprocess, ["same"] * 3)
    make_item(reprocess, "undecided", stage=Stage.ALL)
    late = make_item(reprocess, "worse", stage=Stage.CANARY)
    gate = measured(reprocess)
    assert late.position > 3
    assert gate.figures["activation"]["undecided"] == 0
    assert slice_of(gate).difference == 0


def test_documents_that_were_not_compared_are_said() -> None:
    reprocess = make_reprocess()
    make_item(reprocess)
    make_item(reprocess, template="t-2", state="waiting")
    gate = measured(reprocess)
    assert slice_of(gate).population == 2
    assert not slice_of(gate).exact
    other = slice_of(gate, "template", "t-000000000001")
    assert (other.compared, other.verdict, other.why) == (
        0, "insufficient", "compare_more",
    )  # fmt: skip


def test_a_bad_template_stays_and_the_others_move(olive: User) -> None:
    reprocess = make_reprocess()
    good = make_items(reprocess, ["same"] * 10 + ["better"], template="good")
    bad = make_items(reprocess, ["same"] * 4 + ["worse"] * 8, template="bad")
    lost = make_item(reprocess, "worse", template="large")
    large = make_items(reprocess, ["same"] * 24, template="large")
    gate = measured(reprocess)
    assert slice_of(gate, "template", "bad").verdict == "block"
    assert slice_of(gate, "template", "large").verdict == "pass"
    sign(gate=gate, actor=olive)
    done = promote_passing(gate=gate, actor=olive, note="what passed")

    moved = {one.source_id for one in (*good, *large)}
    assert done.generations == len(moved) == 35
    assert done.stayed == len(bad) + 1
    promoted = Promotion.objects.filter(batch=done.batch)
    assert {one.source_id for one in promoted} == moved
    assert lost.source_id not in moved
    assert done.batch.selection["gate"] == str(gate.pk)
    assert {"dimension": "template", "key": "bad"} in done.batch.selection["held"]


def test_what_was_promoted_can_be_taken_back_slice_by_slice(olive: User) -> None:
    reprocess = make_reprocess()
    make_items(reprocess, ["same"] * 3)
    kept = make_item(reprocess, "undecided")
    answer(kept.old_generation, olive, "total", TRUE)  # type: ignore[arg-type]
    know(kept.source, total="2.12")
    gate = measured(reprocess)
    sign(gate=gate, actor=olive)
    batch = promote_passing(gate=gate, actor=olive).batch
    assert Generation.objects.current().filter(pipeline_version="1.1.0").count() == 4
    standing = DerivedArtifact.objects.get(
        generation__source=kept.source, generation__state=State.CURRENT, slot="total",
        superseded_by=None,
    )  # fmt: skip
    assert (standing.origin, (standing.payload or {})["value"]) == ("human", TRUE)

    back = roll_back(
        promotions=Promotion.objects.filter(batch=batch, source=kept.source),
        of_batch=batch,
        actor=olive,
    )
    assert back.generations == 1
    assert Generation.objects.current().filter(pipeline_version="1.1.0").count() == 3


def test_only_the_tenants_that_were_asked_for_move(olive: User) -> None:
    reprocess = make_reprocess()
    harbour, meadow = make_tenant("harbour"), make_tenant("meadow")
    make_items(reprocess, ["same"] * 2, tenant=harbour)
    make_items(reprocess, ["same"] * 3, tenant=meadow)
    gate = measured(reprocess)
    sign(gate=gate, actor=olive)
    done = promote_passing(gate=gate, actor=olive, tenants=[harbour.pk])
    assert (done.generations, done.stayed) == (2, 0)


def test_what_somebody_learned_after_the_signature_stays_too(olive: User) -> None:
    reprocess = make_reprocess()
    make_items(reprocess, ["same"] * 40)
    item = make_item(reprocess, "undecided")
    gate = measured(reprocess)
    sign(gate=gate, actor=olive)
    know(item.source, total=TRUE)
    assert promote_passing(gate=gate, actor=olive).stayed == 1


def test_nothing_moves_unsigned_or_twice(olive: User) -> None:
    reprocess = make_reprocess()
    make_item(reprocess)
    gate = measured(reprocess)
    with pytest.raises(GateRefused, match="Nobody has signed"):
        promote_passing(gate=gate, actor=olive)
    sign(gate=gate, actor=olive)
    promote_passing(gate=gate, actor=olive)
    with pytest.raises(GateRefused, match="Nothing of this gate can move"):
        promote_passing(gate=gate, actor=olive)


def test_a_signature_freezes_the_gate_in_the_database(olive: User) -> None:
    reprocess = make_reprocess()
    make_item(reprocess)
    gate = sign(gate=measured(reprocess), actor=olive)
    assert gate.report_digest == report_digest(gate)
    with pytest.raises(GateRefused, match="is a record"):
        measure(gate=gate)
    for sql in (
        "UPDATE gate SET fit_to_activate = true",
        "UPDATE gate SET signed_at = NULL, signed_by_id = NULL, report_digest = ''",
        "UPDATE gate_slice SET verdict = 'pass'",
        "DELETE FROM gate_slice",
        "DELETE FROM gate",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_nobody_signs_what_is_not_so_any_more(olive: User) -> None:
    reprocess = make_reprocess()
    item = make_item(reprocess, "undecided")
    gate = measured(reprocess)
    know(item.source, total=TRUE)
    with pytest.raises(GateRefused, match="measured anew"):
        sign(gate=gate, actor=olive)
    gate.refresh_from_db()
    assert slice_of(gate).worse == 1
    sign(gate=gate, actor=olive)


def test_an_unmeasured_or_moving_gate_is_not_signed(olive: User) -> None:
    reprocess = make_reprocess(state="running", why="")
    make_item(reprocess)
    gate = open_gate(reprocess=reprocess)
    with pytest.raises(GateRefused, match="not measured yet"):
        sign(gate=gate, actor=olive)
    with pytest.raises(GateRefused, match="at work still"):
        sign(gate=measure(gate=gate), actor=olive)


def test_what_is_being_read_is_measured_before_anybody_signs(olive: User) -> None:
    reprocess = make_reprocess()
    make_item(reprocess)
    late = make_item(reprocess, "worse", state="waiting", template="late")
    ReprocessItem.objects.filter(pk=late.pk).update(
        state="working", lease_until=timezone.now() + timedelta(minutes=1)
    )
    gate = measured(reprocess)
    with pytest.raises(GateRefused, match="being read at this moment"):
        sign(gate=gate, actor=olive)
    ReprocessItem.objects.filter(pk=late.pk).update(lease_until=timezone.now())
    assert sign(gate=gate, actor=olive).signed_at


def test_margins_are_stated_before_anybody_looks() -> None:
    reprocess = make_reprocess()
    gate = measured(reprocess, margins={"": 0.02, "template": 0.1})
    assert slice_of(gate).margin == 0.02
    with pytest.raises(GateRefused, match="as they were stated"):
        open_gate(reprocess=reprocess, margins={"": 0.2})
    with pytest.raises(DatabaseError), transaction.atomic():
        Gate.objects.update(margins={"": 0.2})
    assert open_gate(reprocess=reprocess, margins={"": 0.02}) == gate


@pytest.mark.parametrize("margins", [{"colour": 0.1}, {"": 1.5}, {"cost": 0.1}])
def test_margins_that_are_none_are_refused(margins: dict[str, object]) -> None:
    with pytest.raises(GateRefused):
        open_gate(reprocess=make_reprocess(), margins=margins)


def test_a_canary_of_harm_stops(olive: User) -> None:
    reprocess = make_reprocess()
    make_items(reprocess, ["worse"] * 10, stage=Stage.CANARY)
    make_items(reprocess, ["same"] * 300)
    gate = measured(reprocess)
    canary = gate.figures["canary"]
    assert canary["largest"] == pytest.approx(186.09, rel=1e-4)
    assert canary["stops"]
    assert (slice_of(gate).verdict, slice_of(gate).why) == ("block", "canary")
    assert gate.figures["activation"]["why"][0] == "canary"


def test_a_version_that_passed_is_activated_through_its_gate(olive: User) -> None:
    reprocess = make_reprocess()
    make_items(reprocess, ["same"] * 59)
    version = make_version(version="1.1.0", active=False)
    gate = measured(reprocess)
    assert gate.fit_to_activate
    with pytest.raises(versions.VersionRefused):
        versions.activate(version=version, actor=olive, gate=gate)
    gate = sign(gate=gate, actor=olive)
    assert versions.activate(version=version, actor=olive, gate=gate).active


def test_what_failed_counts_against_what_comes() -> None:
    reprocess = make_reprocess()
    make_items(reprocess, ["same"] * 3, state="failed")
    make_items(reprocess, ["same"] * 59)
    gate = measured(reprocess)
    assert not gate.fit_to_activate
    assert gate.figures["activation"]["failed"] == 3


def test_the_number_of_questions_does_not_grow_with_the_items() -> None:
    def queries(count: int) -> int:
        reprocess = make_reprocess()
        make_items(reprocess, ["worse", "same", "undecided"] * count)
        gate = open_gate(reprocess=reprocess)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            measure(gate=gate)
        return len(captured)

    assert queries(2) == queries(6)
