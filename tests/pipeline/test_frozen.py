"""Steps' code is frozen with their versions."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from pipeline import frozen
from pipeline.frozen import Digests, changed, digests_here, digests_kept
from pipeline.memo.recipe import process_closure
from pipeline.models import PipelineVersion
from pipeline.steps.registry import VARIANT, Earlier, all_steps, step_named
from tests.factories import make_version
from tests.pipeline.memo_readings import version_with


def test_no_steps_code_changed_without_its_version() -> None:
    found = changed(digests_kept(), digests_here())

    assert not found, "\n" + "\n".join(one.advice for one in found)


OCR = {"version": "1.1.0", "code": "a" * 64}


def test_changed_code_under_the_same_version_says_what_to_do() -> None:
    now = {**OCR, "code": "b" * 64}

    (found,) = changed(Digests({"ocr": OCR}, {}), Digests({"ocr": now}, {}))

    assert not found.raised
    assert "Raise the version in pipeline/steps/ocr.py" in found.advice
    assert "keep 1.1.0 runnable" in found.advice


def test_a_raised_version_only_wants_to_be_written() -> None:
    now = {"version": "1.2.0", "code": "b" * 64}

    (found,) = changed(Digests({"ocr": OCR}, {}), Digests({"ocr": now}, {}))

    assert found.raised
    assert "step_digests --write" in found.advice


def test_an_engine_stands_apart() -> None:
    module = "pipeline.engines.rules"
    kept = Digests({}, {module: {"code": "a" * 64}})

    (found,) = changed(kept, Digests({}, {module: {"code": "b" * 64}}))

    assert "model_id" in found.advice
    for step in all_steps():
        # A variant is the code of one family of engines.
        if not isinstance(step, Earlier) and VARIANT not in step.version:
            code = process_closure(type(step).__module__).code
            assert not [name for name in code if name.startswith("pipeline.engines.")]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file as it is, but that ocr was another code."""
    data = json.loads(frozen.FILE.read_text())
    data["steps"]["ocr"]["code"] = "0" * 64
    path = tmp_path / "digests.json"
    path.write_text(json.dumps(data))
    monkeypatch.setattr(frozen, "FILE", path)
    monkeypatch.setattr(frozen.digests_kept, "__defaults__", (path,))
    monkeypatch.setattr(frozen.write, "__defaults__", (path,))
    return path


def test_the_command_does_not_write_what_was_not_raised(file: Path) -> None:
    before = file.read_text()

    with pytest.raises(CommandError, match="ocr changed, but its version is still"):
        call_command("step_digests", "--write")

    assert file.read_text() == before


def test_the_command_writes_what_somebody_answers_for(file: Path) -> None:
    out = io.StringIO()

    call_command("step_digests", "--write", "--same", "ocr", stdout=out)

    assert digests_kept(file) == digests_here()
    call_command("step_digests", stdout=out)
    with pytest.raises(CommandError, match="no step"):
        call_command("step_digests", "--write", "--same", "ocd")


def test_earlier_versions_of_steps_stay_runnable() -> None:
    assert step_named("verify", "1.0.0").version == "1.0.0"
    assert step_named("ocr", "1.0.0").version == "1.0.0"


def lost(version: str) -> PipelineVersion:
    return version_with(
        make_version(), version, lambda m: m["steps"][0].update(version="0.3.0")
    )


@pytest.mark.django_db
def test_a_released_version_whose_code_is_gone_is_told() -> None:
    lost("2.0.0")

    told = [m for m in run_checks() if m.id == "palimpsest.W020"]

    assert [m.msg for m in told] == [
        "doc-extract@2.0.0 names code that is not here: input_gate 0.3.0."
    ]
    out = io.StringIO()
    call_command("ensure_pipeline", stdout=out)
    assert "doc-extract@2.0.0 names code that is not here" in out.getvalue()
