"""What the database refuses around erasures, on the application's own connection."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from catalog.ids import new_id
from catalog.models import (
    DerivedArtifact,
    ErasedArtifact,
    Erasure,
    Generation,
    GoldenValue,
    SourceMedia,
)
from catalog.services import (
    begin_erasure,
    erase,
    file_golden_value,
    place_hold,
)
from tests.factories import make_generation, make_source

pytestmark = pytest.mark.django_db

NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
EMPTY = (
    "UPDATE derived_artifact SET payload = NULL, payload_uri = 'erased',"  # noqa: S608
    f" payload_hash = '\\x{NOTHING}', memo_key = NULL, region = NULL"
)


def run(sql: str) -> None:
    """One statement with all that is checked at the end of a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(sql: str, why: str = "refused|only|kept|Cannot|violates|row") -> None:
    with pytest.raises(DatabaseError, match=why):
        run(sql)


@pytest.fixture
def generation(db: None) -> Generation:
    return make_generation()


@pytest.fixture
def begun(generation: Generation) -> Erasure:
    """An erasure that has not emptied anything yet."""
    source = generation.source
    return Erasure.objects.create(
        tenant=source.tenant, source=source, basis="request", fingerprint="0" * 64
    )


@pytest.fixture
def done(generation: Generation) -> Erasure:
    return erase(source=generation.source, basis="request")


def test_an_artifact_is_not_emptied_without_an_erasure(generation: Generation) -> None:
    refused(EMPTY, "only an erasure")


def test_nor_where_the_erasure_does_not_cover_it(begun: Erasure) -> None:
    refused(EMPTY, "only an erasure")


@pytest.mark.parametrize(
    "change",
    [
        "slot = 'other'",
        "payload = '{}'",
        "payload_uri = 'elsewhere', payload = NULL",
        "payload_hash = '\\x00'",
        "model_id = 'other'",
        "pipeline_version = '9.9.9'",
        "created_at = now()",
    ],
)
def test_an_erasure_empties_and_writes_nothing(begun: Erasure, change: str) -> None:
    artifacts = DerivedArtifact.objects.filter(source=begun.source_id)
    ErasedArtifact.objects.bulk_create(
        [ErasedArtifact(artifact_id=a.pk, erasure=begun) for a in artifacts]
    )

    refused(f"UPDATE derived_artifact SET {change}")  # noqa: S608 - fixed words
    run(EMPTY)


@pytest.mark.parametrize(
    "change",
    [
        "mime_type = 'text/plain'",
        "bytes = 0",
        "name = 'other'",
        "uri = 'other'",
        "content_hash = repeat('1', 64)",
    ],
)
def test_an_original_is_emptied_and_not_rewritten(begun: Erasure, change: str) -> None:
    refused(f"UPDATE source_media SET {change}", "only an erasure")  # noqa: S608 - fixed words


def test_a_generation_is_not_erased_without_an_erasure(generation: Generation) -> None:
    refused("UPDATE generation SET state = 'erased'", "only an erasure")
    refused("UPDATE generation SET steps = '[]', template_key = ''", "only an erasure")


def test_a_finished_erasure_empties_nothing_more(done: Erasure) -> None:
    refused("UPDATE source_media SET content_hash = repeat('0', 64)", "only an erasure")
    refused("UPDATE source_media SET erased_at = NULL", "only an erasure")


def test_lineage_is_kept(generation: Generation) -> None:
    refused("UPDATE artifact_input SET input_hash = '\\x00'", "only an erasure")
    refused("DELETE FROM artifact_input")


def test_a_golden_value_is_kept(generation: Generation) -> None:
    value = GoldenValue(slot="total", value_type="money", value="21.20")
    file_golden_value(generation=generation, value=value, slices={})

    refused("DELETE FROM golden_value", "only an erasure")
    refused("UPDATE golden_value SET value = '1'")


@pytest.mark.parametrize(
    "change",
    [
        "basis = 'retention'",
        "reference = 'other'",
        "fingerprint = '\\x00'",
        "at = now() - interval '1 year'",
        "actor_id = NULL, entry = 1",
    ],
)
def test_a_tombstone_never_changes(begun: Erasure, change: str) -> None:
    refused(f"UPDATE erasure SET {change}")  # noqa: S608 - fixed words


def test_a_finished_erasure_stays_so(done: Erasure) -> None:
    refused("UPDATE erasure SET finished_at = NULL")
    refused("UPDATE erasure SET residue = '{}'")
    refused("DELETE FROM erasure")


def test_an_erasure_ends_only_with_its_figures(begun: Erasure) -> None:
    refused("UPDATE erasure SET finished_at = now()", "finished_erasure_says_what")


def test_what_was_covered_stays_covered(done: Erasure) -> None:
    refused("DELETE FROM erased_artifact")
    refused("UPDATE erased_artifact SET artifact_id = gen_random_uuid()")


def test_an_erasure_covers_nothing_else(begun: Erasure) -> None:
    other = DerivedArtifact.objects.filter(generation=make_generation())[0]

    with pytest.raises(DatabaseError, match="covers its source"), transaction.atomic():
        ErasedArtifact.objects.create(artifact_id=other.pk, erasure=begun)
    with pytest.raises(DatabaseError, match="covers its source"), transaction.atomic():
        ErasedArtifact.objects.create(artifact_id=new_id(), erasure=begun)


def test_an_old_erasure_covers_nothing_new(done: Erasure) -> None:
    other = DerivedArtifact.objects.filter(generation=make_generation())[0]

    with pytest.raises(DatabaseError, match="covers its source"), transaction.atomic():
        ErasedArtifact.objects.create(artifact_id=other.pk, erasure=done)


def test_no_erasure_under_a_hold() -> None:
    source = make_source()
    place_hold(tenant=source.tenant, reference="CASE-1")

    with pytest.raises(DatabaseError, match="legal hold"), transaction.atomic():
        Erasure.objects.create(
            tenant=source.tenant, source=source, basis="request", fingerprint="0" * 64
        )


def test_no_erasure_of_another_tenants_source() -> None:
    source = make_source()

    with pytest.raises(DatabaseError, match="not of this tenant"), transaction.atomic():
        Erasure.objects.create(
            tenant=make_source().tenant,
            source=source,
            basis="request",
            fingerprint="0" * 64,
        )


def test_a_hold_is_lifted_once_and_never_moved() -> None:
    source = make_source()
    place_hold(tenant=source.tenant, reference="CASE-2")

    refused("UPDATE legal_hold SET reference = 'other'")
    refused("DELETE FROM legal_hold")
    run("UPDATE legal_hold SET lifted_at = now()")
    refused("UPDATE legal_hold SET lifted_at = NULL")


@pytest.mark.parametrize("table", ["ledger_entry", "promotion", "erasure"])
def test_the_ledger_is_not_rewritten(done: Erasure, table: str) -> None:
    refused(f"DELETE FROM {table}")  # noqa: S608 - fixed names
    refused(f"UPDATE {table} SET at = now()")  # noqa: S608 - fixed names


def test_only_what_it_seals_writes_the_ledger(done: Erasure) -> None:
    forged = "INSERT INTO ledger_entry (sequence, subject, rows, digest) VALUES"

    for sequence in (1, 99, done.entry + 1):
        refused(f"{forged} ({sequence}, 'erasure', 1, '\\x00')", "write the ledger")


def test_nothing_is_read_after_an_erasure(done: Erasure) -> None:
    with pytest.raises(DatabaseError, match="was erased"), transaction.atomic():
        Generation.objects.create(
            source_id=done.source_id,
            pipeline_name="doc-extract",
            pipeline_version="9.9.9",
            complete=False,
            state="rejected",
            disposition="rejected",
            reason="blank",
        )


def test_nothing_is_made_from_what_was_erased(done: Erasure) -> None:
    other = DerivedArtifact.objects.filter(generation=make_generation())[0]
    gone = DerivedArtifact.objects.filter(source=done.source_id)[0]

    refused(
        "INSERT INTO artifact_input (artifact_id, input_artifact_id, input_hash)"  # noqa: S608 - ids
        f" VALUES ('{other.pk}', '{gone.pk}', '\\x00')",
        "made from what was erased",
    )


def test_begun_is_all_or_nothing(alice: User, generation: Generation) -> None:
    def broken_off() -> None:
        with transaction.atomic():
            begin_erasure(source=generation.source, basis="request")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()

    assert SourceMedia.objects.kept().filter(pk=generation.source_id).exists()
    assert not ErasedArtifact.objects.exists()
