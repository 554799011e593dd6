"""A model without a price is not free: nobody knows what it costs, and all say so."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.models import SourceMedia
from pipeline import reprocessing
from pipeline.engines.tariff import Tariff
from pipeline.gate.costs import floors_of, spending_of
from pipeline.models import ModelEntry, ModelPrice, PipelineVersion, Reprocess, Stage
from pipeline.prices import tariff_of
from pipeline.reprocessing import Plan, ReprocessRefused, Selection
from pipeline.reprocessing.dispatching import work_for
from pipeline.reprocessing.dry_run import Forecast, forecast
from pipeline.reprocessing.measured import FEWEST, taken_by_step
from pipeline.reprocessing.progress import progress_of
from pipeline.reprocessing.telling import forecast_text, progress_text
from pipeline.versions import ensure_built_in
from tests.documents import pdf_of
from tests.factories import make_source
from tests.pipeline.chat.helped import extract_of
from tests.pipeline.chat_server import ChatServer
from tests.pipeline.memo_readings import read
from tests.pipeline.vision import MODEL, vision_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(source: SourceMedia, server: ChatServer) -> PipelineVersion:
    """The built-in version, which has read the source."""
    built_in = ensure_built_in()
    read(source, built_in)
    return built_in


def foretold(version: PipelineVersion) -> Forecast:
    return forecast(version=version, selection=Selection())


def test_the_dry_run_says_that_nobody_knows(base: PipelineVersion) -> None:
    found = foretold(vision_version(base))

    assert found.micro_usd is None
    assert found.unpriced == [MODEL]
    assert found.as_json()["micro_usd"] is None
    said = forecast_text(found)
    assert f"Price: nobody knows: no price for {MODEL} on {found.day.day} " in said
    assert "0.00 USD" not in said


def test_readings_without_a_price_measure_time_alone(base: PipelineVersion) -> None:
    version = vision_version(base)
    for _ in range(FEWEST):
        read(make_source(data=pdf_of()), version)

    taken = taken_by_step(version.name)["extract", MODEL]

    assert taken.ms.count == FEWEST
    assert taken.micro_usd is None
    # A price that is entered later does not say what those cost.
    entry = ModelEntry.objects.filter(model_id=MODEL).earliest("first_seen_at")
    ModelPrice.objects.create(
        model=entry, valid_from="2020-01-01", input_micro_usd=1, output_micro_usd=1
    )
    assert taken_by_step(version.name)["extract", MODEL].micro_usd is None


def test_what_was_not_measured_is_foretold_from_pictures_and_price(
    base: PipelineVersion, source: SourceMedia, priced: ModelEntry
) -> None:
    version = vision_version(base)

    found = foretold(version)

    assert found.foretold
    assert "foretold from pictures, formula and price" in forecast_text(found)
    about = next(s for s in found.steps if s.step == "extract").micro_usd
    assert about is not None
    cost = extract_of(read(source, version))["cost_usd"] * 1_000_000
    assert 0 < about.low <= cost <= about.high


def test_a_price_without_a_formula_foretells_nothing(base: PipelineVersion) -> None:
    entry = ModelEntry.objects.create(model_id=MODEL, kind="remote")
    ModelPrice.objects.create(
        model=entry, valid_from="2020-01-01", input_micro_usd=1, output_micro_usd=1
    )

    found = foretold(vision_version(base))

    assert found.unpriced == []
    assert found.micro_usd is None
    assert "Price: nobody knows yet." in forecast_text(found)


def test_a_budget_needs_a_price(base: PipelineVersion, server: ChatServer) -> None:
    version = vision_version(base)
    with pytest.raises(ReprocessRefused, match=f"no price for {MODEL}.*Models in the"):
        reprocessing.start(
            version=version,
            selection=Selection(),
            plan=Plan(budget_micro_usd=1_000_000),
            enqueue=False,
        )
    assert not Reprocess.objects.exists()

    begun = reprocessing.start(version=version, selection=Selection(), enqueue=False)
    reprocessing.pause(reprocess=begun)
    with pytest.raises(ReprocessRefused, match="no price"):
        reprocessing.resume(reprocess=begun, budget_micro_usd=5, enqueue=False)
    assert server.seen() == []


@pytest.mark.parametrize("known", [False, True])
def test_the_gate_says_nothing_of_money_where_nobody_knows(
    base: PipelineVersion, request: pytest.FixtureRequest, *, known: bool
) -> None:
    if known:
        request.getfixturevalue("priced")
    begun = reprocessing.start(
        version=vision_version(base),
        selection=Selection(),
        plan=Plan(until_stage=Stage.ALL),
        enqueue=False,
    )
    work_for(seconds=60, only=begun)

    found = spending_of(begun, floors_of({}), level=0.95)

    told = progress_text(progress_of(begun))
    assert ("what nobody knows at seer-1" in told) != known
    assert found["latency"].n == 1
    assert found["cost"].n == int(known)
    assert (found["cost"].new_mean is None) != known


def test_a_day_before_the_first_price_has_none(priced: ModelEntry) -> None:
    assert tariff_of(MODEL, on=date(2019, 12, 31)) == Tariff()
