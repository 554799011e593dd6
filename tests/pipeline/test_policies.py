"""What becomes of old readings under each policy."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from catalog.models import Comparison, DerivedArtifact, Generation, State, Tenant
from catalog.services import record_delivery
from pipeline import policies, tasks, versions
from pipeline.models import (
    Gate,
    GateSlice,
    PipelinePolicy,
    PipelineVersion,
    Reprocess,
    Run,
    Stage,
)
from pipeline.signals import run_finished
from tests.factories import (
    make_generation,
    make_source,
    make_tenant,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db
TEMPLATE = "t-000000000001"


@pytest.fixture
def harbour() -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def behind(harbour: Tenant) -> Generation:
    """Read by 1.0.0, which is no longer active: 1.1.0 is."""
    generation = make_generation(make_source(harbour))
    newer = make_version(active=False, version="1.1.0")
    versions.activate(version=newer, actor=make_user("olga"), note="for a test")
    return generation


def policy(mode: str) -> PipelinePolicy:
    return PipelinePolicy.objects.create(name="doc-extract", mode=mode)


def active() -> PipelineVersion:
    return PipelineVersion.objects.active().get()


def look(generation: Generation) -> int:
    return policies.somebody_reads(source_id=generation.source_id, user=None)


@pytest.mark.parametrize("mode", [None, "pinned", "eager"])
def test_only_a_lazy_pipeline_reads_anew_what_is_looked_at(
    behind: Generation, mode: str | None
) -> None:
    if mode:
        policy(mode)

    assert look(behind) == 0
    assert not Run.objects.exists()


def test_a_lazy_pipeline_asks_once(behind: Generation) -> None:
    policy("lazy")

    assert look(behind) == 1
    assert look(behind) == 0

    run = Run.objects.get()
    assert (run.lane, run.pipeline_version) == ("interactive", active())
    # Not even where it failed: whoever looks again must not pay for it again.
    Run.objects.update(state="failed")
    assert look(behind) == 0


def test_nothing_is_asked_of_what_is_of_the_active_version(harbour: Tenant) -> None:
    policy("lazy")
    fresh = make_generation(make_source(harbour))

    assert look(fresh) == 0


def test_a_second_look_costs_two_cheap_queries(behind: Generation) -> None:
    policy("lazy")
    look(behind)

    with CaptureQueriesContext(connection) as queries:
        look(behind)

    assert len(queries) == 2


def test_the_page_of_a_source_asks_and_shows_what_stands(
    client: Client, alice: User, behind: Generation
) -> None:
    policy("lazy")
    client.force_login(alice)

    response = client.get(f"/sources/{behind.source_id}/")

    assert response.status_code == 200
    run = Run.objects.get()
    assert (run.requested_by, run.state) == (alice, "queued")
    behind.refresh_from_db()
    assert behind.state == State.CURRENT


def test_a_stranger_makes_nobody_read_anything(
    client: Client, charlie: User, behind: Generation
) -> None:
    policy("lazy")
    client.force_login(charlie)

    assert client.get(f"/sources/{behind.source_id}/").status_code == 404
    assert client.get(f"/api/v1/sources/{behind.source_id}/").status_code == 404
    assert not Run.objects.exists()


def test_the_api_asks_too(client: Client, alice: User, behind: Generation) -> None:
    policy("lazy")
    client.force_login(alice)

    assert client.get(f"/api/v1/sources/{behind.source_id}/").status_code == 200
    assert Run.objects.get().requested_by == alice


def test_what_is_exported_is_read_by_a_worker(
    behind: Generation, harbour: Tenant
) -> None:
    policy("lazy")
    ids = DerivedArtifact.objects.filter(generation=behind, kind="field")
    delivery = record_delivery(
        tenant=harbour,
        recipient=make_user("mona"),
        form="csv",
        artifact_ids=ids.values_list("pk", flat=True),
    )

    policies.somebody_exports(delivery_id=delivery.pk)

    assert OrmQ.objects.count() == 1
    assert not Run.objects.exists()
    tasks.read_delivered(str(delivery.pk))
    assert Run.objects.get().lane == "batch"


def compared(old: Generation, new: Generation) -> Comparison:
    return Comparison.objects.create(
        old_generation=old,
        new_generation=new,
        comparator_version="test-1",
        verdict="changed",
        differences={},
    )


@pytest.fixture
def comparing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the room that compares, which has tests of its own."""
    room = policies._room

    def found(name: str) -> Any:
        if name != "comparing":
            return room(name)
        module = ModuleType("pipeline.comparing")
        module.compare_generations = (  # type: ignore[attr-defined]
            lambda *, old, new: compared(old, new)
        )
        return module

    monkeypatch.setattr(policies, "_room", found)


def make_gate(verdict: str = "pass", key: str = TEMPLATE) -> Gate:
    signer = make_user("greta")
    reprocess = Reprocess.objects.create(
        pipeline_version=active(), selection={}, seed=1, state="finished"
    )
    gate = Gate.objects.create(reprocess=reprocess, measured_at=timezone.now())
    GateSlice.objects.create(
        gate=gate,
        dimension="template",
        key=key,
        margin=0.02,
        population=9,
        compared=9,
        disagreeing=0,
        labelled=0,
        better=0,
        worse=0,
        verdict=verdict,
    )
    gate.signed_by, gate.signed_at = signer, timezone.now()
    gate.report_digest = "0" * 64
    gate.save()
    return gate


def read_anew(behind: Generation) -> Generation:
    """What a worker does with the run that was asked for."""
    look(behind)
    run = Run.objects.get()
    run.generation = make_generation(behind.source, version="1.1.0")
    run.state, run.finished_at = Run.State.FINISHED, timezone.now()
    run.save()
    run_finished.send(sender=Run, run=run)
    run.generation.refresh_from_db()
    return run.generation


@pytest.mark.usefixtures("comparing")
def test_what_the_signed_gate_passes_takes_its_place(behind: Generation) -> None:
    policy("lazy")
    gate = make_gate()

    new = read_anew(behind)

    assert new.state == State.CURRENT
    batch = new.promoted_in.get().batch
    assert batch is not None
    assert batch.selection == {"policy": "lazy", "gate": str(gate.pk)}
    assert batch.actor == gate.signed_by


@pytest.mark.usefixtures("comparing")
@pytest.mark.parametrize(
    ("verdict", "key"),
    [("block", TEMPLATE), ("insufficient", TEMPLATE), ("pass", "t-other")],
)
def test_what_the_gate_does_not_pass_waits(
    behind: Generation, verdict: str, key: str
) -> None:
    policy("lazy")
    make_gate(verdict, key)

    assert read_anew(behind).state == State.CANDIDATE
    behind.refresh_from_db()
    assert behind.state == State.CURRENT


@pytest.mark.usefixtures("comparing")
def test_without_a_gate_it_waits_but_is_compared(behind: Generation) -> None:
    policy("lazy")

    new = read_anew(behind)

    assert new.state == State.CANDIDATE
    assert Comparison.objects.filter(new_generation=new).exists()


@pytest.mark.usefixtures("comparing")
def test_a_pinned_pipeline_promotes_nothing(behind: Generation) -> None:
    chosen = policy("lazy")
    make_gate()
    look(behind)
    chosen.mode = "pinned"
    chosen.save()

    assert read_anew(behind).state == State.CANDIDATE


def test_what_fails_here_costs_no_reading(
    behind: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy("lazy")

    def broken(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(policies, "_compare_and_promote", broken)

    assert read_anew(behind).state == State.CANDIDATE


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
    monkeypatch.setattr(policies, "_room", lambda name: room)
    actor, newer = make_user("olga"), make_version(active=False, version="1.1.0")

    versions.activate(version=newer, actor=actor, note="for a test")

    assert len(room.begun) == times
    for begun in room.begun:
        assert (begun["version"], begun["actor"]) == (newer, actor)
        assert begun["plan"] == {"until_stage": Stage.ALL}


@pytest.mark.parametrize("room", [None, Reprocessing(refuse=True)])
def test_a_version_is_active_even_where_nothing_begins(
    monkeypatch: pytest.MonkeyPatch, room: ModuleType | None
) -> None:
    make_generation()
    policy("eager")
    monkeypatch.setattr(policies, "_room", lambda name: room)
    newer = make_version(active=False, version="1.1.0")

    versions.activate(version=newer, actor=make_user("olga"), note="for a test")

    assert active() == newer
