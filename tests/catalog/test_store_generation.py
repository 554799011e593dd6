from __future__ import annotations

import pytest
from django.db import IntegrityError

from catalog import blobs
from catalog.hashing import canonical_json, digest_of
from catalog.models import DerivedArtifact, Generation, Promotion, SearchPage, State
from catalog.services import NewArtifact, Reading, store_generation
from tests.factories import field_artifact, make_generation, make_source, ocr_artifact

pytestmark = pytest.mark.django_db


def reading(*artifacts: NewArtifact, version: str = "1.0.0") -> Reading:
    return Reading(
        pipeline_name="doc-extract",
        pipeline_version=version,
        complete=True,
        disposition="human_review",
        reason="verify_conflict",
        artifacts=artifacts,
    )


def test_the_first_reading_is_current_at_once() -> None:
    generation = make_generation()

    assert generation.state == State.CURRENT
    promotion = Promotion.objects.get(new_generation=generation)
    assert (promotion.reason, promotion.old_generation) == ("first", None)


def test_a_later_reading_waits_as_a_candidate() -> None:
    first = make_generation()

    second = make_generation(first.source, version="1.1.0")

    first.refresh_from_db()
    assert (first.state, second.state) == (State.CURRENT, State.CANDIDATE)
    assert {a.state for a in second.artifacts.all()} == {"candidate"}


def test_a_rejected_reading_is_never_current_and_does_not_count_as_first() -> None:
    rejected = make_generation(disposition="rejected", reason="blank", fields=())

    later = make_generation(rejected.source, version="1.1.0")

    assert (rejected.state, later.state) == (State.REJECTED, State.CURRENT)


def test_every_artifact_carries_version_model_and_hash_of_its_source() -> None:
    generation = make_generation()

    for artifact in DerivedArtifact.objects.filter(generation=generation):
        assert artifact.pipeline_version == "1.0.0"
        assert artifact.source_hash == generation.source.content_hash
    assert set(
        DerivedArtifact.objects.filter(kind="field").values_list("model_id", flat=True)
    ) == {"rules-1.0.0"}


def test_lineage_goes_back_to_the_original() -> None:
    generation = make_generation()
    field = generation.artifacts.get(slot="total")

    (ocr_edge,) = field.inputs.all()
    assert ocr_edge.input_artifact is not None
    (source_edge,) = ocr_edge.input_artifact.inputs.all()

    assert ocr_edge.input_artifact == generation.artifacts.get(kind="ocr")
    assert source_edge.input_artifact is None
    assert source_edge.input_hash == generation.source.content_hash


def test_large_payloads_go_to_the_blob_storage() -> None:
    words = ocr_artifact(tuple(f"word{n}" for n in range(4)))
    long = NewArtifact(
        kind="extraction", slot="document", step="extract", payload={"x": "y" * 5000}
    )

    generation = store_generation(source=make_source(), reading=reading(words, long))

    small = generation.artifacts.get(kind="ocr")
    large = generation.artifacts.get(kind="extraction")
    assert small.payload_uri == "inline"
    assert small.payload_hash == digest_of(small.payload)
    assert large.payload is None
    assert blobs.read_verified(large.payload_hash) == canonical_json(long.payload)


def test_pages_can_be_searched_once_they_are_current() -> None:
    text = NewArtifact(
        kind="search_text",
        slot="page=1",
        step="index",
        payload={"page": 1, "text": "Freight charge 12.50"},
    )
    source = make_source()

    store_generation(source=source, reading=reading(text))
    store_generation(source=source, reading=reading(text, version="1.1.0"))

    assert SearchPage.objects.matching("freight charge").count() == 1
    assert not SearchPage.objects.matching("freight insurance").exists()


def test_a_reading_is_stored_whole_or_not_at_all() -> None:
    twice = [field_artifact("total", "1.00"), field_artifact("total", "2.00")]

    with pytest.raises(IntegrityError):
        store_generation(source=make_source(), reading=reading(ocr_artifact(), *twice))

    assert not Generation.objects.exists()
