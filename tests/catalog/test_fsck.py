"""fsck finds nothing in a healthy store, and whatever is wrong in a damaged one."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from catalog import fsck
from catalog.hashing import digest_of
from catalog.models import LedgerEntry, ScrubRun
from tests.catalog import damaged_artifacts, damaged_bytes, damaged_promotions
from tests.catalog.damage import Damage
from tests.catalog.stores import Store, make_store

pytestmark = pytest.mark.django_db
DAMAGES = [
    *damaged_bytes.DAMAGES,
    *damaged_artifacts.DAMAGES,
    *damaged_promotions.DAMAGES,
]


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> Path:
    """A blob storage that holds this test's bytes alone."""
    place = tmp_path / "blobs"
    blobs = {
        "BACKEND": "catalog.stores.disk.DiskStore",
        "OPTIONS": {"location": str(place)},
    }
    settings.STORAGES = {**settings.STORAGES, "blobs": blobs}
    return place


@pytest.fixture
def store(storage: Path) -> Store:
    return make_store()


def checked(mode: str = "full", **options: Any) -> ScrubRun:
    run = fsck.begin(mode=mode, **options)
    assert fsck.go_on(run, grace=timedelta())
    return run


def command(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("fsck", *arguments, "--grace", "0", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.usefixtures("store")
def test_a_healthy_store_raises_no_alarm() -> None:
    run = checked()

    assert fsck.result_of(run)["findings"] == []
    # Nothing was passed over.
    assert all(run.checked[c.name] for c in fsck.checks() if c.name != "erasures")


@pytest.mark.usefixtures("db")
def test_an_empty_store_raises_no_alarm() -> None:
    assert checked().found == {}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_it_finds_every_damage_and_nothing_else(
    damage: Damage, store: Store, storage: Path
) -> None:
    damage.do(store, storage)

    assert set(checked().found) == damage.found


def test_every_word_is_in_the_operators_page() -> None:
    page = Path("docs/fsck.md").read_text()

    assert [word for word in fsck.words() if f"`{word}`" not in page] == []


def test_a_source_is_checked_alone(store: Store, storage: Path) -> None:
    (damage,) = (d for d in DAMAGES if d.name == "payload_of_plain")
    damage.do(store, storage)

    def found(source_id: Any) -> dict[str, int]:
        return checked("source", source_id=source_id).found

    assert found(store.plain.source_id) == {"payload_differs": 1}
    assert found(store.back.source_id) == {}


@pytest.mark.usefixtures("store")
def test_a_sample_looks_at_a_part_and_at_the_whole_ledger() -> None:
    full, sample = checked(), checked("sample", share=1e-6)

    assert sample.checked["ledger"] == full.checked["ledger"]
    assert sample.checked.get("artifacts", 0) < full.checked["artifacts"]


@pytest.mark.usefixtures("store")
def test_samples_differ_from_run_to_run() -> None:
    looked_at = {
        sample.checked.get("artifacts", 0)
        for sample in (checked("sample", share=0.5) for _ in range(20))
    }

    assert len(looked_at) > 1


def test_a_run_that_was_cut_off_goes_on_where_it_was(
    store: Store, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for damage in DAMAGES:
        if damage.name in ("payload_of_plain", "ledger_entry_changed"):
            damage.do(store, storage)
    monkeypatch.setattr("catalog.fsck.base.BATCH", 1)
    monkeypatch.setattr("catalog.fsck.base.FETCHED", 1)
    whole = checked().found

    run = fsck.begin(mode="full")
    rounds = 1
    while not fsck.go_on(run, grace=timedelta(), seconds=1e-9):
        rounds += 1
        assert fsck.begin(mode="full") == run

    assert rounds > 20
    assert run.found == whole
    assert run.findings.count() == sum(whole.values())


@pytest.mark.usefixtures("store")
def test_two_at_a_time_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*args: Any, **kwargs: Any) -> bool:
        raise fsck.Busy

    monkeypatch.setattr(fsck, "go_on", busy)
    with pytest.raises(CommandError, match="Another fsck"):
        command()


@pytest.mark.usefixtures("store")
def test_the_command_says_what_it_saw() -> None:
    head = LedgerEntry.objects.all().head()
    assert head is not None

    status, text = command()

    assert status == 0
    assert "Found nothing amiss." in text
    assert f"{head.sequence}:{head.hash}" in text
    assert command("--head", f"{head.sequence}:{head.hash}")[0] == 0
    status, text = command("--head", f"{head.sequence}:{'0' * 64}")
    assert status == 1
    assert "ledger_head" in text


def test_the_command_fails_where_something_is_wrong(
    store: Store, storage: Path
) -> None:
    (damage,) = (d for d in DAMAGES if d.name == "payload_of_plain")
    damage.do(store, storage)

    status, text = command("--full", "--json")

    assert status == 1
    result = json.loads(text)
    assert result["found"] == {"payload_differs": 1}
    assert "21.20" not in text
    assert command("--source", str(store.plain.source_id))[0] == 1
    assert command("--source", str(store.back.source_id))[0] == 0
    assert command("--sample", "100%", "--rate", "1000")[0] == 1


def test_numbers_hash_as_the_database_gives_them_back() -> None:
    # jsonb knows no negative zero and writes large floats out.
    assert digest_of({"x": [-0.0, 1e22]}) == digest_of({"x": [0.0, 10**22]})
