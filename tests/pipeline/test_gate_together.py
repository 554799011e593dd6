"""Several people at one gate, and at one version, at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from catalog.models import Generation, Promotion
from catalog.services import PromotionRefused, erase
from pipeline import reprocessing, versions
from pipeline.gate import GateRefused, measure, open_gate, promote_passing, sign
from pipeline.models import Activation, Gate, PipelineVersion, Reprocess
from pipeline.reprocessing import Plan, ReprocessRefused, Selection
from tests.factories import make_user, make_version
from tests.pipeline.gated import make_items, make_reprocess
from tests.pipeline.reprocess_world import corpus, target

pytestmark = pytest.mark.django_db(transaction=True)
REFUSALS = (GateRefused, PromotionRefused, ReprocessRefused)


@pytest.fixture
def olive(transactional_db: None) -> User:
    return make_user("olive", is_superuser=True)


@pytest.fixture
def gate(transactional_db: None) -> Gate:
    with transaction.atomic():
        reprocess = make_reprocess()
        make_items(reprocess, ["same"] * 12)
        return measure(gate=open_gate(reprocess=reprocess))


def at_once(*acts: Callable[[], object]) -> Sequence[object]:
    """What each gave, or the refusal that it was told; anything else is raised."""
    ready = threading.Barrier(len(acts))

    def do(act: Callable[[], object]) -> object:
        try:
            ready.wait(timeout=20)
            return act()
        except REFUSALS as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def refused(outcomes: Sequence[object]) -> int:
    return sum(isinstance(one, REFUSALS) for one in outcomes)


def test_one_of_two_signs(gate: Gate, olive: User) -> None:
    adam = make_user("adam", is_superuser=True)
    outcomes = at_once(
        lambda: sign(gate=gate, actor=olive), lambda: sign(gate=gate, actor=adam)
    )

    assert refused(outcomes) == 1
    (signed,) = (one for one in outcomes if isinstance(one, Gate))
    assert Gate.objects.get().signed_by == signed.signed_by


def test_what_passes_moves_once(gate: Gate, olive: User) -> None:
    sign(gate=gate, actor=olive)
    outcomes = at_once(*[lambda: promote_passing(gate=gate, actor=olive)] * 3)

    assert refused(outcomes) == 2
    assert Promotion.objects.replacements().count() == 12


def test_an_erasure_and_a_promotion_come_to_an_end(gate: Gate, olive: User) -> None:
    sign(gate=gate, actor=olive)
    sources = [item.source for item in gate.reprocess.items.all()]
    erasing = [
        lambda source=one: erase(source=source, basis="request") for one in sources[:3]
    ]
    at_once(lambda: promote_passing(gate=gate, actor=olive), *erasing)

    erased = Generation.objects.filter(state="erased")
    assert erased.values("source").distinct().count() == 3
    # All or nothing: an erasure that was first takes its document out of the batch.
    moved = Promotion.objects.replacements().count()
    assert moved == 0 or moved >= 9


def test_one_of_two_versions_becomes_active(olive: User) -> None:
    make_version()
    rivals = [make_version(version=f"1.{n}.0", active=False) for n in (1, 2)]
    at_once(
        *(
            lambda version=one: versions.activate(
                version=version, actor=olive, note="why"
            )
            for one in rivals
        )
    )

    active = PipelineVersion.objects.active().get()
    last, before = Activation.objects.order_by("-activation_id")[:2]
    assert {last.pipeline_version, before.pipeline_version} == set(rivals)
    assert active in rivals


def test_the_same_is_not_begun_twice(olive: User) -> None:
    corpus(3)
    version = target()

    def begin() -> Reprocess:
        return reprocessing.start(
            version=version, selection=Selection(), plan=Plan(), actor=olive
        )

    assert refused(at_once(begin, begin, begin)) == 2
    assert Reprocess.objects.get().items.count() == 3


def test_it_ends_as_one_of_those_said_who_told_it(olive: User) -> None:
    corpus(2)
    found = reprocessing.start(version=target(), selection=Selection(), plan=Plan())
    verbs = (reprocessing.pause, reprocessing.resume, reprocessing.cancel)
    at_once(*(lambda verb=verb: verb(reprocess=found) for verb in verbs))

    assert Reprocess.objects.get().state == "cancelled"
