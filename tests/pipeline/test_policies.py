"""What becomes of old readings under each policy."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from catalog.models import Comparison, DerivedArtifact, Generation, State, Tenant
from catalog.services import record_delivery
from pipeline import comparing, policies, tasks, versions
from pipeline.models import (
    Gate,
    PipelinePolicy,
    PipelineVersion,
    Reprocess,
    Run,
)
from pipeline.signals import run_finished
from tests.factories import (
    make_generation,
    make_source,
    make_tenant,
    make_user,
    make_version,
)
from tests.pipeline.compared_readings import know
from tests.pipeline.reprocess_world import (
    OTHER,
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
def compared_simply(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for what the room that compares finds; it has tests of its own."""
    monkeypatch.setattr(comparing, "compare_generations", compared)


def make_gate(
    verdict: str = "pass", key: str = TEMPLATE, held: tuple[str, str] | None = None
) -> Gate:
    signer = make_user("greta")
    reprocess = Reprocess.objects.create(
        pipeline_version=active(), selection={}, seed=1, state="finished"
    )
    gate = Gate.objects.create(reprocess=reprocess, measured_at=timezone.now())
    counts = dict.fromkeys(("disagreeing", "labelled", "better", "worse"), 0)
    counts |= {"population": 9, "compared": 9}
    gate.slices.create(
        dimension="template", key=key, margin=0.02, verdict=verdict, **counts
    )
    if held is not None:
        dimension, word = held
        gate.slices.create(
            dimension=dimension, key=word, margin=0.02, holds=True, **counts
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


@pytest.mark.usefixtures("compared_simply")
def test_what_the_signed_gate_passes_takes_its_place(behind: Generation) -> None:
    policy("lazy")
    gate = make_gate()

    new = read_anew(behind)

    assert new.state == State.CURRENT
    batch = new.promoted_in.get().batch
    assert batch is not None
    assert batch.selection == {"policy": "lazy", "gate": str(gate.pk)}
    assert batch.actor == gate.signed_by


@pytest.mark.usefixtures("compared_simply")
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


HELD = [
    ("", ""),
    ("tenant", "harbour"),
    ("template x tenant", f"{TEMPLATE} x harbour"),
]


@pytest.mark.parametrize("held", HELD)
def test_what_another_slice_holds_back_waits(
    behind: Generation, held: tuple[str, str]
) -> None:
    policy("lazy")
    make_gate(held=held)

    assert read_anew(behind).state == State.CANDIDATE


@pytest.mark.parametrize("held", [None, ("tenant", "meadow"), ("template", "t-9")])
def test_by_the_real_rooms_it_takes_its_place(
    behind: Generation, held: tuple[str, str] | None
) -> None:
    policy("lazy")
    make_gate(held=held)

    new = read_anew(behind)

    assert new.state == State.CURRENT
    comparison = new.promoted_in.get().comparison
    assert comparison is not None
    assert comparison.comparator_version == "typed-1"


def test_what_people_know_to_be_worse_waits(behind: Generation) -> None:
    policy("lazy")
    make_gate()
    know(behind.source, total="21.20")
    look(behind)
    run = Run.objects.get()
    run.generation = make_generation(behind.source, version="1.1.0", fields=OTHER)
    run.state, run.finished_at = Run.State.FINISHED, timezone.now()
    run.save()
    run_finished.send(sender=Run, run=run)

    run.generation.refresh_from_db()
    assert run.generation.state == State.CANDIDATE


@pytest.mark.usefixtures("compared_simply")
def test_without_a_gate_it_waits_but_is_compared(behind: Generation) -> None:
    policy("lazy")

    new = read_anew(behind)

    assert new.state == State.CANDIDATE
    assert Comparison.objects.filter(new_generation=new).exists()


@pytest.mark.usefixtures("compared_simply")
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
