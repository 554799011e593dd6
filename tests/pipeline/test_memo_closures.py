"""What the recipes of the real steps hold, and when they are not to be trusted."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pipeline.definitions.doc_extract import STEPS
from pipeline.engines.rules import RulesEngine
from pipeline.manifest import Manifest, StepEntry
from pipeline.memo.closure import Closure
from pipeline.memo.environment import environment_of
from pipeline.memo.fonts import fonts_digest
from pipeline.memo.recipe import process_closure, readable, recipe_of
from pipeline.memo.spelling import parsed, spelled
from pipeline.steps.registry import latest_versions, step_named
from tests.pipeline.memo_world import Made, World

NAMES = [name for name, _ in STEPS]


def closure_of(module: str) -> Closure:
    return process_closure(module)


def closure_of_step(name: str) -> Closure:
    step = step_named(name, latest_versions()[name])
    return closure_of(type(step).__module__)


@pytest.mark.parametrize("name", NAMES)
def test_a_step_hangs_on_no_database_and_on_no_bookkeeping(name: str) -> None:
    closure = closure_of_step(name)

    rooms = {part.split(":")[0] for part in closure.code}
    assert not {n for n in rooms if n.startswith(("catalog.m", "catalog.s"))}
    assert not rooms & {"pipeline.runner", "pipeline.models", "pipeline.manifest"}
    assert "django" not in closure.imported
    assert "pipeline.steps.base" in rooms


@pytest.mark.parametrize("engine", ["rapidocr", "rules"])
def test_an_engine_does_not_hang_on_django(engine: str) -> None:
    assert "django" not in closure_of(f"pipeline.engines.{engine}").imported


@pytest.mark.parametrize("name", ["normalize", "ocr"])
def test_what_runs_in_the_sandbox_counts(name: str) -> None:
    closure = closure_of_step(name)

    assert {"pipeline.reading.jobs", "pipeline.sandbox.zygote"} <= closure.code.keys()
    assert closure.programs == {"pdftoppm"}
    assert {"pillow", "pdftoppm", "machine"} <= environment_of(closure).keys()


def test_the_runtime_of_the_models_counts_and_the_progress_bar_does_not() -> None:
    environment = environment_of(closure_of("pipeline.engines.rapidocr"))

    assert {"onnxruntime", "numpy", "rapidocr", "shapely"} <= environment.keys()
    assert not {"tqdm", "requests", "certifi"} & environment.keys()


def test_an_engine_from_elsewhere_counts_with_its_own_code() -> None:
    closure = closure_of("tests.pipeline.memo_engines")

    assert "tests.pipeline.memo_engines" in closure.code
    assert "pipeline.words" in closure.code


def test_code_of_no_distribution_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loose_engine.py").write_text("import loose_helper\nimport numpy\n")
    (tmp_path / "loose_helper.py").write_text("FACTOR = 2\n")
    monkeypatch.syspath_prepend(tmp_path)

    closure = closure_of("loose_engine")

    assert closure.code.keys() == {"loose_engine", "loose_helper"}
    assert closure.imported == {"numpy"}


def test_a_compiled_module_has_no_closure() -> None:
    with pytest.raises(LookupError):
        closure_of("_socket")


def test_an_engine_without_source_is_not_to_be_trusted(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.engine["backend"] = "_socket.socket"
    manifest = world.parsed()

    recipe = recipe_of(manifest, manifest.steps[0], world.step, sources=world.sources())

    assert not recipe.trusted


def test_the_fonts_of_the_machine_count(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(b"1")
    before = fonts_digest((str(tmp_path),))
    fonts_digest.cache_clear()
    (tmp_path / "b.ttf").write_bytes(b"1")

    assert fonts_digest((str(tmp_path),)) != before
    assert "fonts" in environment_of(closure_of_step("normalize"))


def test_code_that_changed_under_a_running_process_decides_nothing(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    manifest, sources = world.parsed(), world.sources()
    time.sleep(0.05)
    started = time.time()
    time.sleep(0.05)

    def trusted() -> bool:
        return recipe_of(
            manifest,
            manifest.steps[0],
            world.step,
            sources=sources,
            loading_since=started,
        ).trusted

    closure = sources.closure("toy.steps.read")
    assert trusted()
    assert closure.unchanged_since(started)
    path = world.root / "toy" / "helper.py"
    world.edit("toy/helper.py", "Helps.", "Helped.")
    os.utime(path, (1, 1))
    assert not trusted(), "a time that was set by hand hides nothing"
    path.unlink()
    assert not closure.unchanged_since(started)


def test_a_step_is_shown_what_it_reads_in_one_order(tmp_path: Path) -> None:
    pages = [Made("ocr", f"page={n}", "a" * 64) for n in (10, 2, 1)]
    other = Made("layout", "document", "b" * 64)

    shown = readable(World(tmp_path).step, [other, *pages])

    assert [one.slot for one in shown] == ["page=1", "page=2", "page=10"]


def test_the_weights_of_the_rules_are_their_code() -> None:
    assert len(RulesEngine().weights_digest) == 64
    same = (b"a = 1  # one\r\nb = 2\r\n", b'"""Doc."""\na = 1\n\n\nb = 2')
    assert spelled(parsed(same[0])) == spelled(parsed(same[1]))
    assert spelled(parsed(b"a = 1")) != spelled(parsed(b"a = 2"))


def test_an_earlier_step_counts_with_its_own_code_and_with_what_it_was() -> None:
    manifest = Manifest(
        steps=(StepEntry("layout", "1.0.0", "", {}),), engines={}, document_types=()
    )
    components = recipe_of(
        manifest, manifest.steps[0], step_named("layout", "1.0.0")
    ).components

    assert components["params:template"] == '"steps"'
    assert "code:pipeline.steps.layout" in components
    assert "code:pipeline.steps.ocr" not in components
