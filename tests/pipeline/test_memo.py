"""What is not run again, and what is: versions that differ in one thing at a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import storages
from django.utils import timezone
from pytest_django import Settings

from catalog import blobs
from catalog.models import DerivedArtifact, Generation, Kind, SearchPage, SourceMedia
from pipeline.memo.revocations import Which, revoke_memo
from pipeline.models import MemoRecipe, PipelineVersion
from pipeline.steps.base import Output, StepError, StepInput, StepResult
from pipeline.steps.index import IndexStep
from pipeline.versions import ensure_built_in
from tests.documents import pdf_of
from tests.factories import make_source, make_tenant
from tests.pipeline.memo_engines import FixedOcr
from tests.pipeline.memo_readings import (
    KEPT,
    generation_of,
    ocr_named,
    params_of,
    picture_source,
    read,
    spared,
    steps_of,
    version_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _stand_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ENGINES = ocr_named("fixed-1")
    monkeypatch.setattr(FixedOcr, "calls", 0)


@pytest.fixture
def version(_stand_in: None) -> PipelineVersion:
    return ensure_built_in()


@pytest.fixture
def stricter(version: PipelineVersion) -> PipelineVersion:
    """Differs in the disposition's parameters only."""
    return version_with(
        version,
        "1.9.0",
        lambda m: params_of(m, "disposition").update(type_confidence=0.99),
    )


@pytest.fixture
def source() -> SourceMedia:
    return picture_source()


def path_of(artifact: DerivedArtifact) -> Path:
    return Path(storages["blobs"].path(blobs.key_of(artifact.payload_hash)))


def artifact_of(generation: Generation, kind: Kind) -> DerivedArtifact:
    artifact = generation.artifacts.filter(kind=kind).first()
    assert artifact is not None
    return artifact


def damage(artifact: DerivedArtifact) -> None:
    """Other bytes of the same length under the key."""
    path = path_of(artifact)
    path.chmod(0o640)
    path.write_bytes(bytes(path.stat().st_size))


def rows(generation: Generation) -> set[tuple[object, ...]]:
    return {
        (
            *(a.kind, a.slot, a.payload_hash, str(a.payload), a.payload_uri),
            *(a.media_type, str(a.region), a.memo_key, a.step, a.model_id),
        )
        for a in generation.artifacts.all()
    }


def lineage(generation: Generation) -> set[tuple[object, ...]]:
    return set(
        generation.artifacts.values_list(
            "kind",
            "slot",
            "inputs__input_hash",
            "inputs__input_artifact__kind",
            "inputs__input_artifact__slot",
            "inputs__input_artifact__generation",
        )
    )


def test_a_version_that_only_decides_otherwise_runs_no_ocr(
    source: SourceMedia, version: PipelineVersion, stricter: PipelineVersion
) -> None:
    first = read(source, version)
    second = read(source, stricter)

    assert FixedOcr.calls == 1
    assert spared(second) == set(KEPT)
    one, other = generation_of(first), generation_of(second)
    assert one.artifacts.count() > 5
    assert rows(one) == rows(other)
    assert (one.document_type, one.template_key, one.model_id) == (
        other.document_type,
        other.template_key,
        other.model_id,
    )
    assert set(other.artifacts.values_list("pipeline_version", flat=True)) == {"1.9.0"}


def test_lineage_and_search_stay_within_the_generation(
    version: PipelineVersion, stricter: PipelineVersion
) -> None:
    source = make_source(data=pdf_of())
    one = generation_of(read(source, version))
    other = generation_of(read(source, stricter))

    assert {row[:5] for row in lineage(one)} == {row[:5] for row in lineage(other)}
    assert {row[5] for row in lineage(other)} == {None, other.pk}
    pages = SearchPage.objects.filter(artifact__generation=other)
    assert pages.count() == 1
    assert SearchPage.objects.matching("TW-20417").count() >= 1


def test_an_event_says_what_was_taken_over_and_that_it_cost_nothing(
    source: SourceMedia, version: PipelineVersion, stricter: PipelineVersion
) -> None:
    first, second = steps_of(read(source, version)), steps_of(read(source, stricter))

    for name in KEPT:
        once, again = dict(first[name]), dict(second[name])
        assert again.pop("memo") is True
        assert "memo" not in once
        assert (again["vision_tokens"], again["cost_usd"]) == (0, 0)
        del once["ms"], again["ms"]
        assert again == once
    assert second["input_gate"]["outcome"] == "accept"
    assert "memo" not in second["disposition"]


def test_the_generation_keeps_what_a_later_reading_needs(
    source: SourceMedia, version: PipelineVersion
) -> None:
    generation = generation_of(read(source, version))

    kept = {entry["step"]: entry for entry in generation.steps}
    assert [e["step"] for e in generation.steps] == [e["step"] for e in version.steps]
    assert all(kept[name]["memo_key"] and kept[name]["recipe"] for name in KEPT)
    assert not kept["input_gate"]["memo_key"]
    assert not kept["disposition"]["memo_key"]
    recipes = MemoRecipe.objects.in_bulk([kept[name]["recipe"] for name in KEPT])
    assert len(recipes) == len(KEPT)
    assert "21.20" not in str(generation.steps)


def test_equal_words_of_another_engine_spare_what_comes_after(
    source: SourceMedia, version: PipelineVersion, settings: Settings
) -> None:
    read(source, version)
    settings.ENGINES = ocr_named("fixed-2")
    upgraded = read(source, version_with(version, "1.9.0"))

    assert FixedOcr.calls == 2
    assert spared(upgraded) == set(KEPT) - {"ocr"}
    generation = generation_of(upgraded)
    assert artifact_of(generation, Kind.OCR).model_id == "fixed-2"
    assert "fixed-2" in generation.model_id


def test_other_words_of_another_engine_spare_nothing_after_them(
    source: SourceMedia, version: PipelineVersion, settings: Settings
) -> None:
    read(source, version)
    settings.ENGINES = ocr_named("fixed-2", "Total 27.20")
    upgraded = read(source, version_with(version, "1.9.0"))

    assert spared(upgraded) == {"normalize", "thumbnail"}


def test_a_fresh_run_takes_nothing_over(
    source: SourceMedia, version: PipelineVersion, stricter: PipelineVersion
) -> None:
    read(source, version)
    assert spared(read(source, stricter, fresh=True)) == set()
    assert FixedOcr.calls == 2


def test_the_same_bytes_of_another_tenant_are_read_anew(
    version: PipelineVersion, stricter: PipelineVersion
) -> None:
    ours, theirs = (picture_source(make_tenant(t)) for t in ("harbour", "meadow"))
    assert ours.content_hash == theirs.content_hash
    read(ours, version)

    assert spared(read(theirs, stricter)) == set()
    assert FixedOcr.calls == 2


def test_a_failure_satisfies_nobody(
    source: SourceMedia,
    version: PipelineVersion,
    stricter: PipelineVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(FixedOcr, "broken", True)
    failed = read(source, version)
    assert (failed.disposition, failed.reason) == ("rejected", "engine_failed")
    monkeypatch.setattr(FixedOcr, "broken", False)

    again = read(source, version)
    other = read(source, stricter)

    # What went well before the failure is taken over, even by the same version.
    assert spared(again) == {"normalize"}
    assert again.disposition != "rejected"
    assert spared(other) == set(KEPT)
    kept = {entry["step"]: entry for entry in generation_of(failed).steps}
    assert (kept["ocr"]["outcome"], kept["ocr"]["memo_key"]) == ("failed", "")


def test_a_step_that_breaks_off_leaves_nothing_to_take_over(
    source: SourceMedia,
    version: PipelineVersion,
    stricter: PipelineVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(self: IndexStep, given: StepInput) -> StepResult:
        raise StepError("no_disk", "the disk is full", permanent=False)

    monkeypatch.setattr(IndexStep, "run", broken)
    assert read(source, version).state == "queued"
    monkeypatch.undo()

    assert spared(read(source, stricter)) == set()


def test_a_result_of_the_machine_satisfies_nobody(
    source: SourceMedia,
    version: PipelineVersion,
    stricter: PipelineVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hurried(self: IndexStep, given: StepInput) -> StepResult:
        output = Output("search_text", "page=1", {"page": 1, "text": "half of it"})
        return StepResult(outputs=(output,), repeatable=False)

    with monkeypatch.context() as patch:
        patch.setattr(IndexStep, "run", hurried)
        first = read(source, version)

    assert spared(read(source, stricter)) == set(KEPT) - {"index"}
    assert artifact_of(generation_of(first), Kind.SEARCH_TEXT).memo_key is None


@pytest.mark.parametrize(
    ("kind", "step"),
    [(Kind.PAGE_IMAGE, "normalize"), (Kind.THUMBNAIL, "thumbnail")],
)
def test_a_missing_blob_is_no_hit(
    kind: Kind,
    step: str,
    source: SourceMedia,
    version: PipelineVersion,
    stricter: PipelineVersion,
) -> None:
    one = generation_of(read(source, version))
    path_of(artifact_of(one, kind)).unlink()

    again = read(source, stricter)

    assert spared(again) == set(KEPT) - {step}
    assert path_of(artifact_of(generation_of(again), kind)).exists()


def test_a_damaged_blob_has_its_step_run_again(
    source: SourceMedia, version: PipelineVersion, settings: Settings
) -> None:
    one = generation_of(read(source, version))
    damage(artifact_of(one, Kind.PAGE_IMAGE))
    settings.ENGINES = ocr_named("fixed-2")

    again = read(source, version_with(version, "1.9.0"))

    # OCR wanted to see the picture, and so the picture was drawn again.
    assert spared(again) == set(KEPT) - {"normalize", "ocr"}
    redrawn = artifact_of(generation_of(again), Kind.PAGE_IMAGE)
    assert blobs.read_verified(redrawn.payload_hash)
    assert list(path_of(redrawn).parent.glob("*.damaged-*"))


def test_revoked_results_are_made_again_and_stay_where_they_are(
    source: SourceMedia, version: PipelineVersion, stricter: PipelineVersion
) -> None:
    one = generation_of(read(source, version))
    count = one.artifacts.count()
    revoke_memo(which=Which(step="ocr"), reason="bad weights")

    again = read(source, stricter)

    assert FixedOcr.calls == 2
    # The same words came out, so what was made of them holds.
    assert spared(again) == set(KEPT) - {"ocr"}
    assert one.artifacts.count() == count
    # What was made after the revocation is good.
    third = read(source, version_with(version, "1.9.1"))
    assert spared(third) == set(KEPT)


def test_a_revocation_reaches_what_was_taken_over_since(
    source: SourceMedia, version: PipelineVersion, stricter: PipelineVersion
) -> None:
    read(source, version)
    read(source, stricter)
    revoke_memo(which=Which(step="ocr", pipeline_version=version.version), reason="bad")

    third = read(source, version_with(version, "1.9.1"))

    assert spared(third) == set(KEPT) - {"ocr"}


def test_what_a_person_corrected_is_taken_over_as_the_machine_said_it(
    version: PipelineVersion, stricter: PipelineVersion
) -> None:
    source = make_source(data=pdf_of())
    one = generation_of(read(source, version))
    field = artifact_of(one, Kind.FIELD)
    answer = DerivedArtifact.objects.create(
        source=source,
        source_hash=source.content_hash,
        generation=one,
        kind=Kind.FIELD,
        slot="a_persons",
        step="review",
        pipeline_name=one.pipeline_name,
        pipeline_version=one.pipeline_version,
        origin="human",
        payload={"value": "by hand"},
        payload_uri="inline",
        payload_hash="0" * 64,
    )

    other = generation_of(read(source, stricter))

    assert other.artifacts.filter(slot=field.slot).count() == 1
    assert not other.artifacts.filter(slot=answer.slot).exists()


def test_a_reading_does_not_depend_on_the_day_it_is_made(
    version: PipelineVersion, stricter: PipelineVersion
) -> None:
    source = make_source(data=pdf_of())
    one = generation_of(read(source, version))
    with time_machine.travel(timezone.now() + timedelta(days=365 * 40), tick=True):
        other = generation_of(read(source, stricter, fresh=True))

    assert rows(one) == rows(other)


def test_an_engine_that_the_version_does_not_name_is_refused(
    source: SourceMedia, version: PipelineVersion
) -> None:
    def unnamed(manifest: dict[str, Any]) -> None:
        (ocr,) = (entry for entry in manifest["steps"] if entry["step"] == "ocr")
        ocr.update(engine=None)

    run = read(source, version_with(version, "1.9.0", unnamed))

    assert run.state == "queued", "a defect, to be tried again"
    assert FixedOcr.calls == 0
