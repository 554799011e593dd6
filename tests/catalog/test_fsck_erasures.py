"""What fsck says of a store in which sources were erased."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from catalog import fsck
from catalog.services import begin_erasure, erase
from tests.catalog.damage import Damage, forced
from tests.catalog.stores import Store, make_store, settle

pytestmark = pytest.mark.django_db

DAMAGES = [
    Damage(
        "payload_came_back",
        {"erased_not_empty", "payload_differs"},
        forced(
            """UPDATE derived_artifact SET payload = '{{}}', payload_uri = 'inline'
            WHERE source_id = {back_source} AND slot = 'total'"""
        ),
    ),
    Damage(
        "template_came_back",
        {"erased_not_empty"},
        forced(
            "UPDATE generation SET template_key = 't' WHERE source_id = {back_source}"
        ),
    ),
    Damage(
        "tombstone_deleted",
        {"erased_without_record", "ledger_rows", "row_without_parent"},
        forced("DELETE FROM erasure WHERE source_id = {back_source}"),
    ),
    Damage(
        "tombstone_changed",
        {"ledger_rows"},
        forced("UPDATE erasure SET reference = 'x' WHERE source_id = {back_source}"),
    ),
    Damage(
        "source_came_back",
        {"erasure_undone", "source_key", "blob_missing"},
        forced(
            "UPDATE source_media SET erased_at = NULL WHERE source_id = {back_source}"
        ),
    ),
]


@pytest.fixture
def storage(settings: Settings, tmp_path: Path) -> Path:
    """A blob storage that holds this test's bytes alone."""
    place = tmp_path / "blobs"
    blobs = {**settings.STORAGES["blobs"], "OPTIONS": {"location": str(place)}}
    settings.STORAGES = {**settings.STORAGES, "blobs": blobs}
    return place


@pytest.fixture
def store(storage: Path) -> Store:
    """With two sources erased, one of them after a promotion was taken back."""
    store = make_store()
    for generation in (store.promoted, store.back):
        erase(source=generation.source, basis="request", reference="17")
    settle()
    return store


def found() -> set[str]:
    run = fsck.begin(mode="full", afresh=True)
    assert fsck.go_on(run, grace=timedelta())
    return set(run.found)


@pytest.mark.usefixtures("store")
def test_what_was_erased_raises_no_alarm() -> None:
    assert found() == set()


@pytest.mark.usefixtures("storage")
def test_an_erasure_at_work_raises_no_alarm() -> None:
    store = make_store()

    begin_erasure(source=store.back.source, basis="request")

    assert found() == set()


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damaged_erasure_is_found(
    damage: Damage, store: Store, storage: Path
) -> None:
    damage.do(store, storage)

    assert found() == damage.found
