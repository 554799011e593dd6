"""What is foreseen is what happens, but for early cutoff; nothing is done for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from catalog.models import Generation
from pipeline import reprocessing
from pipeline.memo.revocations import Which, revoke_memo
from pipeline.models import PipelineVersion, Reprocess, ReprocessItem, Run, Stage
from pipeline.reprocessing import Plan, ReprocessRefused, Selection, dry_run
from pipeline.reprocessing.dry_run import Forecast, forecast
from pipeline.reprocessing.measured import Figures, total
from pipeline.versions import ensure_built_in
from tests.pipeline.memo_engines import FixedOcr
from tests.pipeline.memo_readings import (
    KEPT,
    ocr_named,
    params_of,
    picture_source,
    read,
    version_with,
)
from tests.pipeline.reprocess_world import work_off

pytestmark = pytest.mark.django_db
ALWAYS = {"input_gate", "disposition"}


@pytest.fixture
def base(settings: Settings) -> PipelineVersion:
    """The built-in version, which has read two pictures."""
    settings.ENGINES = ocr_named("fixed-1")
    FixedOcr.calls, FixedOcr.broken = 0, False
    version = ensure_built_in()
    for _ in range(2):
        read(picture_source(), version)
    return version


def changed(step: str) -> Callable[[dict[str, Any]], None]:
    return lambda manifest: params_of(manifest, step).update(benchmark=1)


def runs(found: Forecast) -> set[str]:
    return {step.step for step in found.steps if step.run}


def seen(version: PipelineVersion) -> Forecast:
    return forecast(version=version, selection=Selection())


def test_a_version_that_changes_one_step_runs_it_and_what_sees_its_results(
    base: PipelineVersion,
) -> None:
    found = seen(version_with(base, "7.0.0", changed("extract")))

    assert runs(found) == ALWAYS | {"extract", "ground", "verify"}
    assert (found.sources, found.looked_at, found.exact) == (2, 2, True)
    assert found.run == 2 * 5
    assert found.run + found.spared == 2 * len(base.steps)


@pytest.mark.parametrize("step", ["ocr", "layout", "extract", "thumbnail", "normalize"])
def test_what_is_foreseen_is_never_less_than_what_runs(
    base: PipelineVersion, step: str
) -> None:
    version = version_with(base, "7.0.0", changed(step))
    found = seen(version)

    reprocess = reprocessing.start(
        version=version, selection=Selection(), plan=Plan(until_stage=Stage.ALL)
    )
    work_off(reprocess)

    happened = ReprocessItem.objects.filter(reprocess=reprocess).totals()
    assert found.run >= happened["steps_run"]
    assert found.run + found.spared == happened["steps_run"] + happened["steps_spared"]
    assert step in runs(found)


def test_everything_runs_where_everything_differs(base: PipelineVersion) -> None:
    def all_of_them(manifest: dict[str, Any]) -> None:
        for entry in manifest["steps"]:
            entry["params"]["benchmark"] = 1

    found = seen(version_with(base, "7.0.0", all_of_them))

    assert found.spared == 0
    assert runs(found) >= set(KEPT)


def test_results_of_two_earlier_versions_are_not_mixed(base: PipelineVersion) -> None:
    """OCR as in one, layout as in the other: no layout was made of those words."""
    other = version_with(base, "6.0.0", changed("ocr"))
    for source in Generation.objects.current().select_related("source"):
        read(source.source, other)

    def both(manifest: dict[str, Any]) -> None:
        params_of(manifest, "ocr").update(benchmark=1)
        params_of(manifest, "extract").update(benchmark=1)

    found = seen(version_with(base, "7.0.0", both))

    assert "ocr" not in runs(found)
    assert "layout" not in runs(found)
    assert "extract" in runs(found)


def test_disowned_results_are_not_counted_on(base: PipelineVersion) -> None:
    revoke_memo(which=Which(step="ocr"), reason="the page was upside down")

    found = seen(version_with(base, "7.0.0"))

    assert runs(found) == ALWAYS | {
        "ocr",
        "layout",
        "extract",
        "ground",
        "verify",
        "index",
    }


def test_what_the_version_has_read_runs_no_step(base: PipelineVersion) -> None:
    version = version_with(base, "7.0.0", changed("extract"))
    current = Generation.objects.current().select_related("source").first()
    assert current is not None
    read(current.source, version)

    found = seen(version)

    assert (found.sources, found.read, found.run) == (2, 1, 5)


def test_nothing_is_done(base: PipelineVersion) -> None:
    before = Run.objects.count(), Generation.objects.count(), FixedOcr.calls

    seen(version_with(base, "7.0.0", changed("ocr")))

    assert before == (Run.objects.count(), Generation.objects.count(), FixedOcr.calls)
    assert not Reprocess.objects.exists()


def test_what_was_never_measured_is_not_made_up(base: PipelineVersion) -> None:
    found = seen(version_with(base, "7.0.0", changed("extract")))

    assert found.ms is None
    assert found.micro_usd is None
    assert "extract" in found.unknown


def test_time_and_price_come_from_what_was_measured(base: PipelineVersion) -> None:
    for _ in range(5):
        read(picture_source(), base)

    found = seen(version_with(base, "7.0.0", changed("extract")))

    assert found.ms is not None
    assert found.elapsed_ms is not None
    assert 0 <= found.ms.low <= found.ms.value <= found.ms.high
    assert found.elapsed_ms.value == pytest.approx(found.ms.value / found.workers)
    assert found.micro_usd is not None
    assert found.micro_usd.value == 0


def test_another_model_was_not_measured(
    base: PipelineVersion, settings: Settings
) -> None:
    for _ in range(5):
        read(picture_source(), base)
    settings.ENGINES = ocr_named("fixed-2")

    found = seen(version_with(base, "7.0.0"))

    assert found.unknown == ["ocr"]
    assert found.ms is None


def test_a_large_selection_is_sampled_and_says_so(
    base: PipelineVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "EXACT_UP_TO", 10)
    for _ in range(38):
        read(picture_source(), base)

    found = seen(version_with(base, "7.0.0", changed("extract")))

    assert not found.exact
    assert 0 < found.looked_at < found.sources == 40
    assert runs(found) == ALWAYS | {"extract", "ground", "verify"}
    assert all(step.run + step.spared == 40 for step in found.steps)


def test_an_empty_selection_is_said(base: PipelineVersion) -> None:
    with pytest.raises(ReprocessRefused, match="Nothing is chosen"):
        seen(base)


def test_sums_of_estimates() -> None:
    """By hand: 4 of mean 10 and deviation 2, known from 16, t(15) = 2.13145."""
    about = Figures(count=16, mean=10, deviation=2).of(4)

    half = 2.13145 * 2 * (4 + 16 / 16) ** 0.5
    assert about.value == 40
    assert about.high == pytest.approx(40 + half, abs=1e-3)
    both = total([about, about])
    assert both.high - both.value == pytest.approx(half * 2**0.5, abs=1e-3)
