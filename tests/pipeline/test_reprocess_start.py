"""Freezing a selection: what it holds, how it is staged, and what is refused."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django_q.models import OrmQ

from catalog.models import GoldenCase
from catalog.slices import Slice
from pipeline import reprocessing
from pipeline.models import PipelineVersion, Reprocess, ReprocessItem, Stage
from pipeline.reprocessing import Plan, ReprocessRefused, Selection, filling
from tests.factories import make_generation, make_source, make_tenant, make_version
from tests.pipeline.reprocess_world import begin, corpus, target

pytestmark = pytest.mark.django_db


def stages(reprocess: Reprocess) -> dict[int, int]:
    found: dict[int, int] = {}
    for item in ReprocessItem.objects.filter(reprocess=reprocess):
        found[item.stage] = found.get(item.stage, 0) + 1
    return found


def test_every_source_that_another_version_speaks_for_is_an_item() -> None:
    sources = corpus(3)
    make_generation(make_source(), version="2.0.0")
    unread = make_source()

    reprocess = begin()

    items = ReprocessItem.objects.filter(reprocess=reprocess)
    assert set(items.values_list("source", flat=True)) == {s.pk for s in sources}
    assert not items.filter(source=unread).exists()
    assert reprocess.items_count == 3


def test_the_stages_are_shares_of_the_selection_and_golden_cases_come_first() -> None:
    golden = corpus(20)[7]
    GoldenCase.objects.create(
        source=golden, document_type="receipt", came_from="import"
    )

    reprocess = begin(canary_share=0.1, sample_share=0.25)

    assert stages(reprocess) == {Stage.CANARY: 3, Stage.SAMPLE: 5, Stage.ALL: 12}
    assert ReprocessItem.objects.get(source=golden).stage == Stage.CANARY
    random = ReprocessItem.objects.filter(reprocess=reprocess).drawn_at_random()
    assert random.count() == 7
    assert not random.filter(source=golden).exists()


def test_even_a_small_selection_has_a_canary() -> None:
    corpus(2)

    assert stages(begin(canary_share=0, sample_share=0)) == {1: 1, 3: 1}


def test_the_same_seed_gives_the_same_order() -> None:
    corpus(12)
    orders = []
    for seed in (5, 5, 6):
        reprocess = begin(seed=seed)
        items = ReprocessItem.objects.filter(reprocess=reprocess)
        orders.append(list(items.order_by("position").values_list("source", flat=True)))
        reprocessing.cancel(reprocess=reprocess)

    assert orders[0] == orders[1] != orders[2]


def test_a_selection_larger_than_a_chunk_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filling, "CHUNK", 3)
    corpus(9)

    reprocess = begin()

    assert reprocess.items_count == 9
    assert ReprocessItem.objects.filter(reprocess=reprocess).count() == 9


def test_a_slice_of_one_tenant_leaves_the_others_alone() -> None:
    harbour, meadow = make_tenant("harbour"), make_tenant("meadow")
    corpus(2, harbour)
    corpus(3, meadow)

    reprocess = begin(Selection(Slice(tenants=(meadow.pk,))))

    assert reprocess.items_count == 3
    assert reprocess.tenant_ids == [meadow.pk]


def test_one_source_alone_can_be_chosen() -> None:
    chosen = corpus(3)[1]

    reprocess = begin(Selection(source=chosen.pk))

    assert reprocess.items.get().source == chosen


def test_a_draft_is_refused() -> None:
    corpus(1)
    version = target()
    draft = PipelineVersion.objects.create(
        name=version.name, version="2.1.0", manifest=version.manifest
    )

    with pytest.raises(ReprocessRefused, match="is a draft"):
        reprocessing.start(version=draft, selection=Selection())


def test_a_version_that_this_machine_cannot_run_is_refused() -> None:
    corpus(1)
    manifest = {**target().manifest}
    manifest["steps"] = [{**manifest["steps"][0], "version": "99.0.0"}]
    strange = PipelineVersion.objects.create(
        name="doc-extract",
        version="3.0.0",
        manifest=manifest,
        digest="d" * 64,
        state="released",
    )

    with pytest.raises(ReprocessRefused, match=r"input_gate 99.0.0 is not installed"):
        reprocessing.start(version=strange, selection=Selection())


def test_an_empty_selection_is_refused() -> None:
    corpus(1)
    nowhere = Selection(Slice(template_key="t-ffffffffffff"))

    with pytest.raises(ReprocessRefused, match="Nothing is chosen"):
        begin(nowhere)
    with pytest.raises(ReprocessRefused, match="Nothing is chosen"):
        begin(Selection(source=uuid.uuid4()))
    assert not Reprocess.objects.exists()


def test_the_same_work_is_not_begun_twice() -> None:
    corpus(2)
    first = begin()

    with pytest.raises(ReprocessRefused, match="already being brought"):
        begin()
    reprocessing.cancel(reprocess=first)
    assert begin().items_count == 2


@pytest.mark.parametrize(
    "plan",
    [
        {"canary_share": -0.1},
        {"canary_share": 0.6, "sample_share": 0.6},
        {"budget_micro_usd": -1},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan: dict[str, Any]) -> None:
    corpus(1)

    with pytest.raises(ReprocessRefused):
        begin(**plan)


def test_the_queue_gets_a_dispatcher_a_worker_and_no_more() -> None:
    corpus(30)

    for _ in range(3):
        reprocessing.cancel(reprocess=begin())

    assert OrmQ.objects.filter(key="batch").count() == 2


def test_what_was_chosen_cannot_be_changed() -> None:
    corpus(1)
    reprocess = begin()
    reprocess.selection = {"tenants": []}

    with pytest.raises(Exception, match=r"(?i)read.?only|frozen|cannot update"):
        reprocess.save()


def test_the_plan_is_kept() -> None:
    corpus(1)
    make_version()

    reprocess = reprocessing.start(
        version=target(), selection=Selection(), plan=Plan(budget_micro_usd=5_000)
    )

    assert (reprocess.stage, reprocess.until_stage) == (Stage.CANARY, Stage.CANARY)
    assert reprocess.budget_micro_usd == 5_000
