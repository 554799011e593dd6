"""fsck computes every memo key again, and finds those that are not what they say."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from pytest_django import Settings

from catalog import fsck
from catalog.models import Generation
from pipeline.memo.recomputed import MEMO_KEYS
from pipeline.versions import ensure_built_in
from tests.pipeline.memo_readings import (
    generation_of,
    ocr_named,
    params_of,
    picture_source,
    read,
    version_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def readings(settings: Settings) -> list[Generation]:
    """Two of one source; the second took most of the first one over."""
    settings.ENGINES = ocr_named("fixed-1")
    version = ensure_built_in()
    stricter = version_with(
        version,
        "1.9.0",
        lambda m: params_of(m, "disposition").update(type_confidence=0.99),
    )
    source = picture_source()
    return [generation_of(read(source, one)) for one in (version, stricter)]


def found() -> set[tuple[str, str]]:
    return {
        (finding.check, finding.subject)
        for step in MEMO_KEYS.steps(fsck.Scope(), None)
        for finding in step.findings
    }


def forced(statement: str, *parameters: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, parameters)
        assert cursor.rowcount
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_keys_recompute_also_of_what_was_taken_over(
    readings: list[Generation],
) -> None:
    assert any(entry["memo_key"] for entry in readings[1].steps)
    assert any(entry.get("taken_from") for entry in readings[1].steps)
    assert found() == set()


def test_another_result_upstream_is_found(readings: list[Generation]) -> None:
    forced(
        "UPDATE derived_artifact SET payload_hash = sha256('x')"
        " WHERE generation_id = %s AND kind = 'ocr'",
        readings[0].pk,
    )

    assert found() == {("memo_key_differs", str(readings[0].pk))}


def test_another_key_on_an_artifact_is_found(readings: list[Generation]) -> None:
    forced(
        "UPDATE derived_artifact SET memo_key = sha256('x')"
        " WHERE generation_id = %s AND kind = 'layout'",
        readings[1].pk,
    )

    assert found() == {("memo_key_differs", str(readings[1].pk))}


def test_a_changed_recipe_is_found(readings: list[Generation]) -> None:
    forced('UPDATE memo_recipe SET components = components || \'{"x": "y"}\'')

    assert {word for word, _ in found()} == {"memo_recipe_missing"}
