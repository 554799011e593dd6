from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from pytest_django import Settings

from catalog import blobs
from catalog.models import Kind, SourceMedia
from pipeline.manifest import Manifest, StepEntry
from pipeline.memo import installed
from pipeline.memo.explain import StepExplained, Verdict, explain
from pipeline.memo.recipe import Recipe, recipe_of
from pipeline.memo.revocations import Which, revoke_memo
from pipeline.models import PipelineVersion
from pipeline.steps.base import Step
from pipeline.versions import ensure_built_in
from tests.pipeline.memo_engines import FixedOcr
from tests.pipeline.memo_readings import (
    KEPT,
    generation_of,
    ocr_named,
    params_of,
    picture_source,
    read,
    spared,
    version_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _stand_in(settings: Settings) -> None:
    settings.ENGINES = ocr_named("fixed-1")


@pytest.fixture
def version(_stand_in: None) -> PipelineVersion:
    return ensure_built_in()


@pytest.fixture
def source() -> SourceMedia:
    return picture_source()


def steps(source: SourceMedia, version: PipelineVersion) -> dict[str, StepExplained]:
    explained = explain(source=source, version=version)
    return {step.step: step for step in explained.steps}


def verdicts(source: SourceMedia, version: PipelineVersion) -> dict[str, Verdict]:
    return {name: step.verdict for name, step in steps(source, version).items()}


def test_what_was_never_read_was_never_run(
    source: SourceMedia, version: PipelineVersion
) -> None:
    found = steps(source, version)

    assert found["ocr"].verdict == Verdict.MISS
    assert {found[name].causes for name in KEPT} == {("never run",)}
    assert found["input_gate"].verdict == Verdict.ALWAYS


def test_what_was_read_would_be_taken_over(
    source: SourceMedia, version: PipelineVersion
) -> None:
    generation = generation_of(read(source, version))

    found = steps(source, version)

    assert {found[name].verdict for name in KEPT} == {Verdict.HIT}
    assert found["ocr"].generation_id == generation.pk
    assert found["ocr"].pipeline_version == version.version


def test_a_parameter_is_named_and_what_follows_is_open(
    source: SourceMedia, version: PipelineVersion
) -> None:
    read(source, version)
    sharper = version_with(
        version, "1.9.0", lambda m: params_of(m, "normalize").update(jpeg_quality=91)
    )

    found = steps(source, sharper)

    assert found["normalize"].verdict == Verdict.MISS
    assert found["normalize"].causes == ("params:jpeg_quality",)
    assert found["normalize"].pipeline_version == version.version
    assert found["ocr"].verdict == Verdict.OPEN
    assert found["ocr"].causes == ("inputs:page_image",)
    assert found["layout"].causes == ("inputs:ocr",)


def test_an_explanation_foretells_the_run(
    source: SourceMedia, version: PipelineVersion, settings: Settings
) -> None:
    read(source, version)
    settings.ENGINES = ocr_named("fixed-2")
    upgraded = version_with(version, "1.9.0")

    foretold = verdicts(source, upgraded)
    done = spared(read(source, upgraded))

    hits = {name for name, verdict in foretold.items() if verdict == Verdict.HIT}
    open_ = {name for name, verdict in foretold.items() if verdict == Verdict.OPEN}
    assert hits == {"normalize", "thumbnail"}
    assert hits <= done <= hits | open_


def test_a_model_an_option_and_a_type_are_named(
    source: SourceMedia, version: PipelineVersion, settings: Settings
) -> None:
    read(source, version)
    settings.ENGINES = ocr_named("fixed-2", "Total 27.20")

    def change(manifest: dict[str, Any]) -> None:
        invoice = manifest["document_types"][0]
        assert invoice["name"] == "invoice"
        invoice["keywords"] = [*invoice["keywords"], "chit"]

    found = steps(source, version_with(version, "1.9.0", change))

    assert found["ocr"].causes == (
        *("engine_options:name", "engine_options:text", "model"),
    )
    assert found["extract"].verdict == Verdict.MISS
    assert found["extract"].causes == ("document_types:invoice",)
    assert found["verify"].causes == ("document_types:invoice",)
    assert found["layout"].verdict == Verdict.OPEN


def test_a_package_is_named(
    source: SourceMedia, version: PipelineVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(source, version)
    known = installed.version_of
    newer = {"pillow": "99.0"}
    monkeypatch.setattr(installed, "version_of", lambda n: newer.get(n) or known(n))

    assert steps(source, version)["thumbnail"].causes == ("environment:pillow",)


def test_code_is_named_by_its_module(
    source: SourceMedia, version: PipelineVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(source, version)

    def edited(manifest: Manifest, entry: StepEntry, step: Step) -> Recipe:
        components = dict(recipe_of(manifest, entry, step).components)
        if "code:pipeline.layout.tables" in components:
            components["code:pipeline.layout.tables"] = "0" * 64
        return Recipe(components, "0" * 64)

    monkeypatch.setattr("pipeline.memo.explain.recipe_of", edited)

    assert steps(source, version)["layout"].causes == ("code:pipeline.layout.tables",)


def test_an_input_is_named(
    source: SourceMedia, version: PipelineVersion, settings: Settings
) -> None:
    read(source, version)
    settings.ENGINES = ocr_named("fixed-2", "Total 27.20")
    upgraded = version_with(version, "1.9.0")
    read(source, upgraded)
    # As the second version read it, but with the first one's layout only.
    revoke_memo(
        which=Which(step="layout", pipeline_version="1.9.0"), reason="slipped lines"
    )

    layout = steps(source, upgraded)["layout"]

    assert (layout.verdict, layout.causes) == (Verdict.MISS, ("revoked",))
    against_first = explain(
        source=source,
        version=upgraded,
        against=source.generations.get(pipeline_version=version.version),
    )
    (layout,) = (step for step in against_first.steps if step.step == "layout")
    assert layout.causes == ("inputs:ocr/page=1",)


def test_revoked_missing_and_failed_are_told(
    source: SourceMedia, version: PipelineVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FixedOcr, "broken", True)
    read(source, version)
    assert steps(source, version)["ocr"].causes == ("failed before",)
    monkeypatch.setattr(FixedOcr, "broken", False)
    generation = generation_of(read(source, version))
    picture = generation.artifacts.get(kind=Kind.THUMBNAIL)
    Path(storages["blobs"].path(blobs.key_of(picture.payload_hash))).unlink()
    revoke_memo(which=Which(step="ocr"), reason="bad weights")

    found = steps(source, version)

    assert found["thumbnail"].causes == ("blob missing",)
    assert found["ocr"].causes == ("revoked",)


def test_the_command_prints_and_answers_in_json(
    source: SourceMedia, version: PipelineVersion
) -> None:
    generation = generation_of(read(source, version))
    artifact = generation.artifacts.filter(kind=Kind.OCR).get()

    text, data = StringIO(), StringIO()
    call_command("explain", str(source.pk), stdout=text)
    call_command("explain", str(artifact.pk), "--json", stdout=data)

    assert f"ocr           taken over from {version.version}" in text.getvalue()
    assert "disposition   runs every time" in text.getvalue()
    answer = json.loads(data.getvalue())
    assert answer["source_id"] == str(source.pk)
    assert {s["verdict"] for s in answer["steps"]} == {"hit", "always"}
    with pytest.raises(CommandError, match="neither"):
        call_command("explain", str(uuid4()))
    with pytest.raises(CommandError, match="no pipeline version"):
        call_command("explain", str(source.pk), "--pipeline", "doc-extract@9.9.9")
