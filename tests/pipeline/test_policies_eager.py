"""An eager policy: a version that becomes active reads everything anew."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from catalog.models import Generation
from pipeline import policies, versions, work
from pipeline.models import (
    PipelinePolicy,
    PipelineVersion,
    Reprocess,
    Stage,
)
from tests.factories import (
    make_generation,
    make_user,
    make_version,
)
from tests.pipeline.reprocess_world import (
    Reader,
    corpus,
    states,
    work_off,
)

pytestmark = pytest.mark.django_db


def policy(mode: str) -> PipelinePolicy:
    return PipelinePolicy.objects.create(name="doc-extract", mode=mode)


def active() -> PipelineVersion:
    return PipelineVersion.objects.active().get()


class Reprocessing(ModuleType):
    """A stand-in for the room that reprocesses, which has tests of its own."""

    class ReprocessRefused(Exception):
        pass

    def __init__(self, *, refuse: bool = False) -> None:
        super().__init__("pipeline.reprocessing")
        self.begun: list[dict[str, Any]] = []
        self.refuse = refuse

    def Plan(self, **given: Any) -> dict[str, Any]:
        return given

    def Selection(self) -> str:
        return "everything behind"

    def start(self, **given: Any) -> None:
        if self.refuse:
            raise self.ReprocessRefused
        self.begun.append(given)


@pytest.mark.parametrize(("mode", "times"), [("eager", 1), ("lazy", 0), ("pinned", 0)])
def test_an_eager_pipeline_begins_to_read_everything(
    monkeypatch: pytest.MonkeyPatch, mode: str, times: int
) -> None:
    make_generation()
    policy(mode)
    room = Reprocessing()
    monkeypatch.setattr(policies, "reprocessing", room)
    actor, newer = make_user("olga"), make_version(active=False, version="1.1.0")

    versions.activate(version=newer, actor=actor, note="for a test")

    assert len(room.begun) == times
    for begun in room.begun:
        assert (begun["version"], begun["actor"]) == (newer, actor)
        assert begun["plan"] == {"until_stage": Stage.ALL, "budget_micro_usd": None}


def test_a_version_is_active_even_where_nothing_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_generation()
    policy("eager")
    monkeypatch.setattr(policies, "reprocessing", Reprocessing(refuse=True))
    newer = make_version(active=False, version="1.1.0")

    versions.activate(version=newer, actor=make_user("olga"), note="for a test")

    assert active() == newer


def test_an_eager_pipeline_reads_everything_in_the_real_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "execute", Reader())
    corpus(3)
    policy("eager")
    newer = make_version(active=False, version="2.0.0")

    versions.activate(version=newer, actor=make_user("olga"), note="for a test")
    reprocess = work_off(Reprocess.objects.get())

    assert (reprocess.state, states(reprocess)) == ("finished", {"done": 3})
    assert active() == newer
    assert Generation.objects.current().filter(pipeline_version="1.0.0").count() == 3


def test_a_policy_s_budget_is_that_of_what_it_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "execute", Reader())
    corpus(1)
    PipelinePolicy.objects.create(
        name="doc-extract", mode="eager", budget_micro_usd=5_000_000
    )
    newer = make_version(active=False, version="2.0.0")

    versions.activate(version=newer, actor=make_user("olga"), note="for a test")

    assert Reprocess.objects.get().budget_micro_usd == 5_000_000
