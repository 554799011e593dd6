"""What the database itself refuses, whoever asks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from catalog.ids import new_id
from catalog.models import (
    ArtifactInput,
    DerivedArtifact,
    Generation,
    Promotion,
    State,
)
from pipeline.models import Activation, PipelineVersion
from tests.factories import make_generation, make_source, make_user, make_version

pytestmark = pytest.mark.django_db


def run(sql: str, *params: UUID | datetime) -> None:
    """One statement with all that is checked at the end of a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(sql: str, *params: UUID | datetime) -> None:
    with pytest.raises(DatabaseError):
        run(sql, *params)


def first_artifact(generation: Generation) -> DerivedArtifact:
    return DerivedArtifact.objects.filter(generation=generation)[0]


@pytest.mark.parametrize("column", ["content_hash", "name", "mime_type", "uri"])
def test_an_original_never_changes(column: str) -> None:
    source = make_source()

    refused(f"UPDATE source_media SET {column} = {column} || 'x'")  # noqa: S608 - fixed names

    source.refresh_from_db()


@pytest.mark.parametrize(
    "table",
    [
        "source_media",
        "generation",
        "derived_artifact",
        "artifact_input",
        "promotion",
    ],
)
def test_facts_are_never_deleted(table: str) -> None:
    make_generation()

    refused(f"DELETE FROM {table}")  # noqa: S608 - fixed names


@pytest.mark.parametrize("column", ["payload_hash", "slot", "pipeline_version"])
def test_an_artifact_never_changes(column: str) -> None:
    make_generation()

    refused(f"UPDATE derived_artifact SET {column} = 'other'")  # noqa: S608 - fixed names


def test_superseded_by_is_set_once() -> None:
    one, two, three = DerivedArtifact.objects.filter(generation=make_generation())[:3]
    DerivedArtifact.objects.filter(pk=one.pk).update(superseded_by=two)

    refused(
        "UPDATE derived_artifact SET superseded_by_id = %s WHERE artifact_id = %s",
        three.pk,
        one.pk,
    )


def test_source_hash_is_the_hash_of_the_source() -> None:
    generation = make_generation()
    artifact = first_artifact(generation)
    artifact.artifact_id = new_id()
    artifact.slot, artifact.source_hash = "other", "0" * 64

    with pytest.raises(DatabaseError), transaction.atomic():
        artifact.save(force_insert=True)


def test_one_current_generation_a_source() -> None:
    current = make_generation()
    other = make_generation(current.source, version="1.1.0")

    assert other.state == State.CANDIDATE
    refused(
        "UPDATE generation SET state = 'current' WHERE generation_id = %s", other.pk
    )


def test_nothing_becomes_current_without_a_promotion() -> None:
    current = make_generation()
    other = make_generation(current.source, version="1.1.0")

    with pytest.raises(DatabaseError, match="without a promotion"):
        swap(current, other)


def swap(current: Generation, other: Generation) -> None:
    become = "UPDATE generation SET state = %s WHERE generation_id = %s"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(become, ["superseded", current.pk])
        cursor.execute(become, ["current", other.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nothing_is_superseded_without_a_promotion() -> None:
    with pytest.raises(DatabaseError, match="without a promotion"):
        run(
            "UPDATE generation SET state = 'superseded' WHERE generation_id = %s",
            make_generation().pk,
        )


def test_an_incomplete_generation_never_becomes_current() -> None:
    rejected = make_generation(disposition="rejected", reason="blank", fields=())

    refused(
        "UPDATE generation SET state = 'current' WHERE generation_id = %s", rejected.pk
    )


@pytest.mark.parametrize("reason", ["replacement", "rollback"])
def test_a_replacement_names_its_comparison(reason: str) -> None:
    current = make_generation()
    other = make_generation(current.source, version="1.1.0")

    with pytest.raises(DatabaseError), transaction.atomic():
        Promotion.objects.create(
            source=current.source,
            pipeline_name="doc-extract",
            reason=reason,
            old_generation=current,
            new_generation=other,
        )


def test_first_is_only_once() -> None:
    current = make_generation()
    other = make_generation(current.source, version="1.1.0")

    with pytest.raises(DatabaseError, match="first"), transaction.atomic():
        Promotion.objects.create(
            source=current.source,
            pipeline_name="doc-extract",
            reason="first",
            new_generation=other,
        )


def test_a_released_version_is_frozen() -> None:
    make_version()

    refused("UPDATE pipeline_version SET manifest = '{}'")
    refused("UPDATE pipeline_version SET version = '9.9.9'")
    refused("DELETE FROM pipeline_version")


def test_one_active_version_a_name() -> None:
    make_version()

    make_version(version="1.1.0", active=False)
    Activation.objects.create(
        pipeline_version=PipelineVersion.objects.get(version="1.1.0"),
        reason="unguarded",
        note="a test",
        actor=make_user("olive"),
    )

    refused("UPDATE pipeline_version SET active = true WHERE version = '1.1.0'")


def test_a_version_becomes_active_by_an_activation() -> None:
    make_version()
    make_version(version="1.1.0", active=False)

    refused("UPDATE pipeline_version SET active = true WHERE version = '1.1.0'")
    refused(
        "INSERT INTO activation (activation_id, pipeline_version_id, reason, note, at)"
        " SELECT catalog_new_id(), version_id, 'return', '', now()"
        " FROM pipeline_version WHERE version = '1.1.0'"
    )
    refused("UPDATE activation SET note = 'another'")


def test_released_at_is_set_once() -> None:
    generation = make_generation(disposition="auto_accept", reason="all_critical")
    assert generation.released_at is not None

    refused("UPDATE generation SET released_at = %s", timezone.now())


def test_lineage_needs_both_ends() -> None:
    artifact = first_artifact(make_generation())

    with pytest.raises(DatabaseError), transaction.atomic():
        ArtifactInput.objects.create(
            artifact=artifact, input_artifact=artifact, input_hash="0" * 64
        )


def test_people_cannot_be_deleted_from_under_the_ledger() -> None:
    user = make_user("alice")
    source = make_source()
    row: Model = Promotion(
        source=source,
        pipeline_name="doc-extract",
        reason="decision",
        new_generation=make_generation(source),
        decision_ref=new_id(),
        actor=user,
    )
    row.save()

    with pytest.raises(DatabaseError):
        user.delete()


def test_no_setting_of_a_session_gets_around_the_refusals() -> None:
    artifact = first_artifact(make_generation())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(tgname) FROM pg_trigger"
            " WHERE tgrelid = 'derived_artifact'::regclass AND NOT tgisinternal"
        )
        (triggers,) = cursor.fetchone()
        named = ",".join(triggers)
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{named}}}"]
        )

    refused(
        "UPDATE derived_artifact SET slot = 'other' WHERE artifact_id = %s", artifact.pk
    )
