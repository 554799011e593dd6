"""A role that runs the product, and is refused the rest even without any trigger."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from catalog.ids import new_id
from catalog.models import (
    Erasure,
    Generation,
    GoldenValue,
    LedgerEntry,
    Promotion,
    RetentionClass,
    SourceMedia,
    VersionTally,
)
from catalog.services import (
    compare_by_hash,
    erase,
    off_board,
    place_hold,
    promote,
    record_delivery,
    roll_back,
)
from config.runtime_role import changeable, is_deletable, statements
from pipeline import queue, reprocessing, services, tasks, work
from pipeline.gate import measure, open_gate, promote_passing, sign
from pipeline.models import Stage
from pipeline.versions import activate, ensure_built_in
from reviewer import services as desk
from reviewer.answers import Answer
from reviewer.models import ReviewTask, Verdict
from tests.documents import pdf_of
from tests.factories import (
    DOUBTFUL,
    make_generation,
    make_source,
    make_task,
    make_tenant,
    make_user,
)
from tests.pipeline.gated import make_items, make_reprocess
from tests.pipeline.reprocess_world import Reader, begin, corpus, states, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def role(db: None) -> str:
    """Made for one test and gone with its transaction."""
    name = f"runner_{new_id().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{name}"')
    call_command("runtime_role", name, stdout=io.StringIO())
    return name


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{role}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def settle() -> None:
    """What is checked at the end of a transaction is checked as the role, now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def answer_all(user: User, task: ReviewTask) -> None:
    held = desk.reserve(user=user, task_id=task.pk)
    token = held.reservation_token
    assert token is not None
    for item in task.items.all():
        given = Answer(
            decision_id=new_id(),
            slot=item.slot,
            verdict=Verdict.CORRECT,
            value="77.77" if item.slot == "total" else "2018-01-12",
            region=None,
        )
        desk.decide(user=user, task_id=task.pk, token=token, answer=given)


def test_a_document_goes_its_whole_way_under_the_role(role: str) -> None:
    with acting_as(role):
        version = ensure_built_in()
        source = make_source(make_tenant("harbour"), data=pdf_of())
        services.ensure(source=source, version=version, lane="batch")
        run = work.take(lane="batch")
        assert run is not None
        assert work.execute_run(run).state == "finished"
        settle()
        erasure = erase(source=source, basis="request")
        settle()

    assert erasure.finished_at is not None
    assert Erasure.objects.get().residue["total"] == 0  # type: ignore[index]


def test_people_and_promotions_work_under_the_role(role: str) -> None:
    with acting_as(role):
        alice = make_user("alice", make_tenant("harbour"), role="admin")
        task = make_task(make_tenant("harbour"))
        answer_all(alice, task)
        assert GoldenValue.objects.exists()
        settle()
        make_generation(task.source, version="1.1.0", fields=DOUBTFUL)
        chosen = Generation.objects.filter(state="candidate")
        compare_by_hash(candidates=chosen)
        promote(candidates=chosen, actor=alice)
        roll_back(promotions=Promotion.objects.replacements(), actor=alice)
        settle()
        current = Generation.objects.get(state="current")
        values = current.artifacts.filter(kind="field", superseded_by=None)
        record_delivery(
            tenant=task.tenant,
            recipient=alice,
            form="csv",
            artifact_ids=[value.pk for value in values],
        )
        VersionTally.objects.compact()
        erase(source=task.source, basis="request", actor=alice)
        make_source(task.tenant)
        off_board(tenant=task.tenant)
        settle()

    assert not SourceMedia.objects.kept().exists()


def test_operators_work_under_the_role(role: str) -> None:
    with acting_as(role):
        make_generation()
        queue.every_minute("pipeline.tasks.sweep", lane="interactive")
        queue.enqueue("pipeline.tasks.drain", "batch", lane="batch")
        tasks.sweep()
        RetentionClass.objects.create(name="month", keep_days=30, action="erase")
        place_hold(tenant=make_tenant("harbour"), reference="CASE-1")


def test_a_reprocess_works_under_the_role(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "execute", Reader())
    with acting_as(role):
        sources = corpus(4)
        reprocess = begin(until_stage=1)
        reprocessing.pause(reprocess=reprocess)
        reprocessing.resume(reprocess=reprocess)
        work_off(reprocess)
        reprocessing.go_on(reprocess=reprocess, until_stage=Stage.ALL)
        work_off(reprocess)
        erase(source=sources[0], basis="request")
        settle()

    assert states(reprocess) == {"done": 4}


def test_a_gate_is_measured_signed_and_used_under_the_role(role: str) -> None:
    with acting_as(role):
        olive = make_user("olive", is_superuser=True)
        reprocess = make_reprocess()
        make_items(reprocess, ["same"] * 60)
        gate = measure(gate=open_gate(reprocess=reprocess, actor=olive))
        gate = sign(gate=measure(gate=gate), actor=olive)
        promote_passing(gate=gate, actor=olive)
        activate(version=reprocess.pipeline_version, actor=olive, gate=gate)
        settle()

    assert Generation.objects.current().filter(pipeline_version="1.1.0").count() == 60


def test_the_months_of_events_are_made_by_their_owner(role: str) -> None:
    with acting_as(role), connection.cursor() as cursor:
        cursor.execute("SELECT ensure_event_partitions(40)")


REFUSED = [
    "UPDATE source_media SET mime_type = 'text/plain'",
    "UPDATE source_media SET tenant_id = tenant_id",
    "UPDATE derived_artifact SET slot = 'other'",
    "UPDATE derived_artifact SET model_id = 'other'",
    "UPDATE generation SET pipeline_version = '9'",
    "UPDATE generation SET document_type = 'other'",
    "UPDATE golden_value SET value = '1'",
    "UPDATE correction SET new_value = '1'",
    "UPDATE decision SET verdict = 'confirm'",
    "UPDATE second_opinion SET verdict = 'confirm'",
    "UPDATE task_note SET kind = 'comment'",
    "UPDATE unanswered_time SET active_ms = 1",
    "UPDATE golden_retirement SET act = 'restore'",
    "UPDATE promotion SET reason = 'first'",
    "UPDATE promotion_batch SET note = ''",
    "UPDATE ledger_entry SET rows = 2",
    "UPDATE erasure SET reference = 'other'",
    "UPDATE erased_artifact SET erasure_id = erasure_id",
    "UPDATE comparison SET verdict = 'identical'",
    "UPDATE artifact_input SET artifact_id = artifact_id",
    "UPDATE reprocess SET selection = '{}'",
    "UPDATE reprocess_item SET source_id = source_id",
    "UPDATE reprocess_item SET position = 0",
    "UPDATE activation SET reason = 'first'",
    "UPDATE activation SET transaction = 1",
    "UPDATE golden_set SET digest = ''",
    "UPDATE golden_set_value SET value_id = value_id",
    "UPDATE model_price SET input_micro_usd = 0",
    "UPDATE token_formula SET params = '{}'",
    "UPDATE replay_observation SET verdict = 'SAME_BYTES'",
    "UPDATE acceptance_proof SET proven = true",
    "UPDATE delivery SET at = now()",
    "UPDATE delivered_artifact SET delivery_id = delivery_id",
    "UPDATE legal_hold SET reference = 'other'",
    *(
        f"DELETE FROM {table}"  # noqa: S608 - fixed names
        for table in (
            *("source_media", "generation", "derived_artifact", "artifact_input"),
            *("promotion", "promotion_batch", "comparison", "ledger_entry"),
            *("erasure", "erased_artifact", "legal_hold", "retention_class"),
            *("golden_case", "decision", "delivery", "delivered_artifact", "tenant"),
            *("run", "review_task", "review_item", "second_opinion", "task_note"),
            *("reprocess", "reprocess_item", "unanswered_time", "golden_retirement"),
            *("gate", "activation", "golden_set", "acceptance_proof"),
            *("model_entry", "model_price", "token_formula", "replay_observation"),
        )
    ),
    "TRUNCATE version_tally",
    "TRUNCATE search_page",
    "CREATE TABLE other (id int)",
    "ALTER TABLE source_media DISABLE TRIGGER USER",
    "DROP TABLE search_page",
    "CREATE FUNCTION other() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "SET session_replication_role = replica",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_the_rest_is_refused_by_grants_alone(role: str, sql: str) -> None:
    make_generation()
    with (
        acting_as(role),
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_the_ledger_takes_no_forged_entry_of_the_role(role: str) -> None:
    make_generation()
    head = LedgerEntry.objects.head()
    assert head is not None
    with (
        acting_as(role),
        pytest.raises(DatabaseError, match="write the ledger"),
        transaction.atomic(),
    ):
        LedgerEntry.objects.create(
            sequence=head.sequence + 1, subject="erasure", rows=1, digest="0" * 64
        )


def test_what_may_change_is_read_off_the_models() -> None:
    assert changeable(SourceMedia) == [
        *("content_hash", "uri", "name", "uploaded_by_id", "erased_at")
    ]
    assert changeable(Erasure) == ["erased", "residue", "finished_at"]
    assert changeable(Promotion) == changeable(LedgerEntry) == []
    assert "state" in changeable(Generation)
    assert "pipeline_version" not in changeable(Generation)
    assert is_deletable(GoldenValue)
    assert not is_deletable(Promotion)


def test_the_grants_are_printed_for_whoever_applies_them() -> None:
    out = io.StringIO()

    call_command("runtime_role", "palimpsest_run", "--sql", stdout=out)

    assert out.getvalue().count(";\n") == len(list(statements("x")))
    assert 'GRANT INSERT ON "source_media" TO "palimpsest_run";' in out.getvalue()


def test_a_role_must_be_there_and_be_no_superuser() -> None:
    with pytest.raises(CommandError, match="no such role"):
        call_command("runtime_role", "nobody")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE too_mighty SUPERUSER")
    with pytest.raises(CommandError, match="superuser"):
        call_command("runtime_role", "too_mighty")
