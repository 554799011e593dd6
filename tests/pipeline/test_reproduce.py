"""Making an artifact again, and what comes of it: each verdict by what leads to it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from pytest_django import Settings

from catalog.models import DerivedArtifact, Generation, Kind, Origin, SourceMedia
from catalog.services import HumanValue, compare_by_hash, erase, promote, roll_back
from catalog.services.corrections import record_human_artifact
from pipeline.claims import Extraction
from pipeline.models import MemoRecipe, ModelEntry, PipelineVersion, ReplayObservation
from pipeline.reproducing import replaying, reproduce, reproduce_sample
from pipeline.reproducing.wording import sentence
from pipeline.versions import ensure_built_in
from tests.factories import make_user
from tests.pipeline.memo_readings import (
    generation_of,
    ocr_named,
    params_of,
    picture_source,
    read,
    version_with,
)

pytestmark = pytest.mark.django_db


TEXT = "Receipt Cash Subtotal Total 21.20"


def engine_of(backend: str, name: str = "fixed-1") -> dict[str, Any]:
    found = ocr_named(name, TEXT)
    return {**found, "ocr": {**found["ocr"], "BACKEND": backend}}


def wavering(name: str) -> dict[str, Any]:
    return engine_of(f"tests.pipeline.wavering_engines.{name}")


@pytest.fixture
def source(settings: Settings) -> SourceMedia:
    settings.ENGINES = ocr_named("fixed-1", TEXT)
    return picture_source()


@pytest.fixture
def generation(source: SourceMedia) -> Generation:
    return generation_of(read(source, ensure_built_in()))


def one(generation: Generation, kind: Kind) -> DerivedArtifact:
    found = generation.artifacts.filter(kind=kind).first()
    assert found is not None
    return found


def verdicts_of(generation: Generation) -> dict[str, str]:
    """Of the first artifact of each kind, made again once."""
    kinds = dict.fromkeys(generation.artifacts.values_list("kind", flat=True))
    return {k: reproduce(artifact=one(generation, Kind(k))).verdict for k in kinds}


def counts() -> dict[str, int]:
    """Rows of every table of ours."""
    models = [m for m in apps.get_models() if m._meta.managed]
    return {m._meta.label: m._default_manager.count() for m in models}


def test_everything_that_was_read_comes_out_again(generation: Generation) -> None:
    assert set(verdicts_of(generation).values()) == {"SAME_BYTES"}


def test_nothing_is_stored_but_that_it_was_tried(generation: Generation) -> None:
    before = counts()

    found = reproduce(artifact=one(generation, Kind.OCR), times=2)

    before["pipeline.ReplayObservation"] += 1
    assert counts() == before
    observation = ReplayObservation.objects.get()
    assert (observation.times, observation.same) == (2, 2) == (found.times, found.same)


def test_a_step_taken_over_is_made_again_all_the_same(
    source: SourceMedia, generation: Generation
) -> None:
    stricter = version_with(
        ensure_built_in(),
        "1.9.0",
        lambda m: params_of(m, "disposition").update(type_confidence=0.99),
    )
    later = generation_of(read(source, stricter))

    assert verdicts_of(later)["ocr"] == "SAME_BYTES"


def test_small_movements_are_within_the_tolerance(
    settings: Settings, source: SourceMedia
) -> None:
    settings.ENGINES = wavering("Drifting")
    generation = generation_of(read(source, ensure_built_in()))

    verdicts = verdicts_of(generation)

    assert verdicts["page_image"] == "SAME_BYTES"
    assert verdicts["ocr"] == "WITHIN_TOLERANCE"
    # Made from the words: no exacter than they are.
    assert verdicts["layout"] == "WITHIN_TOLERANCE"


def test_what_promised_nothing_may_differ(
    settings: Settings, source: SourceMedia
) -> None:
    settings.ENGINES = wavering("Dreaming")
    generation = generation_of(read(source, ensure_built_in()))

    found = reproduce(artifact=one(generation, Kind.LAYOUT), times=3)

    assert found.verdict == "DIFFERS_STOCHASTIC"
    assert found.detail["step"] == "ocr"
    assert (found.times, found.same) == (3, 0)


def test_a_broken_promise_is_unexplained(
    settings: Settings, source: SourceMedia
) -> None:
    settings.ENGINES = wavering("Lying")
    generation = generation_of(read(source, ensure_built_in()))

    found = reproduce(artifact=one(generation, Kind.FIELD), times=2)
    ocr = reproduce(artifact=one(generation, Kind.OCR), times=2)

    assert ocr.verdict == "UNEXPLAINED"
    assert ocr.detail["step"] == "ocr"
    # Its box moved with the words, and the blame is where that began.
    assert (found.verdict, found.detail["step"]) == ("UNEXPLAINED", "ocr")


def test_another_environment_is_named(
    settings: Settings, source: SourceMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENGINES = wavering("Lying")
    generation = generation_of(read(source, ensure_built_in()))
    # Another package than the one that it was made with.
    entry = next(e for e in generation.steps if e["step"] == "ocr")
    kept = MemoRecipe.objects.get(digest=entry["recipe"]).components
    then = {**kept, "environment:pillow": "0.9"}
    MemoRecipe.objects.create(digest="f" * 64, components=then)
    monkeypatch.setitem(entry, "recipe", "f" * 64)
    artifact = one(generation, Kind.OCR)
    artifact.generation = generation

    found = reproduce(artifact=artifact)

    assert found.verdict == "DIFFERS_ENV"
    assert found.detail["fields"] == ["ocr: environment:pillow"]
    assert "environment:pillow" in sentence(ReplayObservation.objects.get())


def test_an_engine_that_is_not_here_only_stops_what_needs_it(
    settings: Settings, generation: Generation
) -> None:
    settings.ENGINES = engine_of("tests.pipeline.memo_engines.Other")
    picture, words = one(generation, Kind.PAGE_IMAGE), one(generation, Kind.OCR)

    assert reproduce(artifact=picture).verdict == "SAME_BYTES"
    found = reproduce(artifact=words)
    assert (found.verdict, found.detail["why"]) == ("NOT_RUNNABLE", "engine_changed")
    assert found.detail["names"] == ["ocr"]


def test_a_retired_model_cannot_be_asked(generation: Generation) -> None:
    ModelEntry.objects.create(
        model_id="fixed-1", kind="local", retires_at=date(2026, 1, 1)
    )

    found = reproduce(artifact=one(generation, Kind.OCR))

    assert found.detail == {"why": "model_retired", "names": ["fixed-1"]}


def test_a_retired_model_is_replayed_from_its_kept_answers(
    generation: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    extraction = one(generation, Kind.EXTRACTION)
    pages = one(generation, Kind.OCR)
    pages.pk, pages.kind, pages.slot = None, Kind.MODEL_ANSWER, "page=1"
    pages.artifact_id = uuid4()
    pages.save(force_insert=True)
    kept = Extraction.from_json(extraction.payload or {})
    monkeypatch.setattr(replaying, "replay", lambda *given: kept)
    ModelEntry.objects.create(
        model_id="fixed-1", kind="local", retires_at=date(2026, 1, 1)
    )

    found = reproduce(artifact=extraction)

    assert (found.verdict, found.replayed) == ("SAME_CANONICAL", True)
    told = ReplayObservation.objects.get()
    assert told.replayed
    assert "from the kept answers: its model is retired" in sentence(told)
    monkeypatch.setattr(
        replaying, "replay", lambda *given: replace(kept, type_confidence=0)
    )
    assert reproduce(artifact=extraction).verdict == "NOT_RUNNABLE"


def test_what_was_erased_is_gone(source: SourceMedia, generation: Generation) -> None:
    artifact = one(generation, Kind.OCR)
    erase(source=source, basis="request")
    artifact = DerivedArtifact.objects.select_related("source").get(pk=artifact.pk)

    found = reproduce(artifact=artifact)

    assert (found.verdict, found.detail) == ("NOT_RUNNABLE", {"why": "source_erased"})


def test_a_version_that_nobody_knows(generation: Generation) -> None:
    artifact = one(generation, Kind.OCR)
    artifact.generation.pipeline_version = "0.0.1"

    assert reproduce(artifact=artifact).detail["why"] == "version_unknown"


def answered(generation: Generation, by: str) -> DerivedArtifact:
    field = one(generation, Kind.FIELD)
    answer = HumanValue(
        slot=field.slot,
        payload={**(field.payload or {}), "value": "77.00"},
        region=None,
        decision_id=uuid4(),
        actor=make_user(by),
    )
    said = record_human_artifact(generation=generation, answer=answer)
    return DerivedArtifact.objects.get(pk=said.pk)


def test_what_a_person_said_is_told_with_who_and_when(generation: Generation) -> None:
    found = reproduce(artifact=answered(generation, "alice"))

    assert found.verdict == "NOT_RUNNABLE"
    assert found.detail["why"] == "person"
    assert found.detail["by"] == "alice"
    assert "alice said it, on 20" in sentence(ReplayObservation.objects.get())


def test_what_came_back_is_made_again_as_what_it_restores(
    source: SourceMedia, generation: Generation
) -> None:
    said = answered(generation, "alice")
    newer = generation_of(
        read(
            source,
            version_with(
                ensure_built_in(),
                "1.9.0",
                lambda m: params_of(m, "thumbnail").update(width=100),
            ),
        )
    )
    chosen = Generation.objects.filter(pk=newer.pk)
    compare_by_hash(candidates=chosen)
    done = promote(candidates=chosen)
    roll_back(promotions=done.batch.promotions.all())
    back = Generation.objects.get(restores=generation)

    words = one(back, Kind.OCR)
    human = back.artifacts.get(origin=Origin.HUMAN, slot=said.slot)

    found = reproduce(artifact=words)
    assert words.origin == Origin.RESTORE
    assert found.verdict == "SAME_BYTES"
    assert found.of == one(generation, Kind.OCR)
    assert reproduce(artifact=human).detail["by"] == "alice"


def test_every_artifact_of_a_corpus_is_explained(
    source: SourceMedia, generation: Generation
) -> None:
    answered(generation, "alice")
    erased = picture_source()
    generation_of(read(erased, ensure_built_in()))
    erase(source=erased, basis="request")

    found = list(reproduce_sample())

    assert len(found) == DerivedArtifact.objects.count()
    assert ReplayObservation.objects.count() == len(found)
    told = {one.verdict for one in found}
    assert told == {"SAME_BYTES", "NOT_RUNNABLE"}


def test_times_are_bounded(generation: Generation) -> None:
    with pytest.raises(ValueError, match="1 to 20"):
        reproduce(artifact=one(generation, Kind.OCR), times=21)


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("reproduce", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_says_it_in_words_and_in_json(generation: Generation) -> None:
    artifact = one(generation, Kind.OCR)

    text = run(artifact.pk, "--times", 2)
    data = json.loads(run(artifact.pk, "--json"))

    assert "SAME_BYTES  The same, byte by byte." in text
    assert "2 of 2 times the same" in text
    assert (data["artifact_id"], data["verdict"]) == (str(artifact.pk), "SAME_BYTES")


def test_the_command_tables_all(generation: Generation) -> None:
    assert "SAME_BYTES  ocr" in run("--all")
    assert json.loads(run("--all", "--sample", 1, "--json"))["counts"]["SAME_BYTES"]


def test_the_command_fails_where_anything_is_unexplained(
    settings: Settings, source: SourceMedia
) -> None:
    settings.ENGINES = wavering("Lying")
    read(source, ensure_built_in())

    with pytest.raises(CommandError, match="are unexplained"):
        run("--all")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Give the id"),
        ((uuid4(),), "no artifact"),
        ((uuid4(), "--all"), "or --all"),
    ],
)
def test_the_command_refuses_in_words(
    db: None, arguments: tuple[Any, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)


def test_an_older_verify_goes_by_the_clock_and_says_so(source: SourceMedia) -> None:
    base = ensure_built_in()

    def older(manifest: dict[str, Any]) -> None:
        entry = next(e for e in manifest["steps"] if e["step"] == "verify")
        entry["version"] = "1.0.0"

    version: PipelineVersion = version_with(base, "0.9.0", older)
    generation = generation_of(read(source, version))

    entry = next(e for e in generation.steps if e["step"] == "verify")
    assert entry["memo_key"] == ""
    found = reproduce(artifact=one(generation, Kind.FIELD))
    assert found.detail["promised"] == "stochastic"
