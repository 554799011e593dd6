"""What becomes of old readings when a pipeline has a new version: see PipelinePolicy.

eager: all that is behind is read anew beside what stands. lazy: a document is, once
somebody opens or exports it. pinned: nothing is. Under every mode what stands goes on
standing until something is promoted.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress

import structlog
from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import Comparison, Generation, State
from catalog.models.generation import GenerationQuerySet
from catalog.services import SourceErased, promote
from pipeline import comparing, queue, reprocessing, services
from pipeline.models import (
    Gate,
    GateSlice,
    PipelinePolicy,
    PipelineVersion,
    Run,
    Stage,
)

log = structlog.get_logger()
Mode = PipelinePolicy.Mode
TEMPLATE = "template"


def policy_of(name: str) -> PipelinePolicy:
    """The pipeline's, or that of a pipeline for which nobody chose: pinned."""
    found = PipelinePolicy.objects.filter(pk=name).first()
    return found or PipelinePolicy(name=name)


def after_activation(*, version: PipelineVersion, actor: User | None) -> None:
    """Read what came while no version was active, and under an eager policy begin to
    read everything that is behind.

    What refuses to begin is told in the log; the version is active all the same.
    """
    services.read_what_waited()
    policy = policy_of(version.name)
    if policy.mode != Mode.EAGER:
        return
    try:
        with transaction.atomic():
            plan = reprocessing.Plan(
                until_stage=Stage.ALL, budget_micro_usd=policy.budget_micro_usd
            )
            reprocessing.start(
                version=version,
                selection=reprocessing.Selection(),
                actor=actor,
                plan=plan,
            )
    except reprocessing.ReprocessRefused as refused:
        # Nothing is behind, one to this version is at work already, or nobody would
        # know when the policy's budget is spent.
        log.warning(
            "eager_not_begun", pipeline_version=version.version, why=str(refused)
        )


def lazy_behind(sources: Iterable[uuid.UUID]) -> GenerationQuerySet:
    """Current readings of these that a lazy pipeline would read anew, and that its
    active version was not yet asked to read.
    """
    lazy = PipelinePolicy.objects.filter(mode=Mode.LAZY).values("name")
    rows = Generation.objects.none()
    for active in PipelineVersion.objects.active().filter(name__in=lazy):
        asked = Run.objects.filter(pipeline_version=active).values("source")
        rows = rows | Generation.objects.current().filter(
            pipeline_name=active.name, source__in=list(sources)
        ).exclude(pipeline_version=active.version).exclude(source__in=asked)
    return rows


def somebody_reads(
    *, source_id: uuid.UUID, user: User | None, lane: str = Run.Lane.INTERACTIVE
) -> int:
    """A person looks at a source: under a lazy policy, have it read by what is active.

    Asks once, whatever comes of it. Gives how many runs were asked for.
    """
    asked = 0
    for behind in lazy_behind([source_id]).select_related("source"):
        with suppress(SourceErased, services.NoActiveVersion):
            services.ensure(
                source=behind.source,
                version=services.active_version(behind.pipeline_name),
                lane=lane,
                requested_by=user,
            )
            asked += 1
    return asked


def somebody_exports(*, delivery_id: uuid.UUID) -> None:
    """The same of all that a delivery carries: by a worker, who has the time for it."""
    if PipelinePolicy.objects.filter(mode=Mode.LAZY).exists():
        task = "pipeline.tasks.read_delivered"
        queue.enqueue(task, str(delivery_id), lane=Run.Lane.BATCH)


def after_run(run: Run) -> None:
    """Under a lazy policy: compare what was read with what stands, and let it take its
    place where the version's signed gate passes the document's template.

    Otherwise it waits as a candidate. In the transaction that stores the run, but what
    fails here costs no reading: the candidate waits then, too.
    """
    new = run.generation
    version = run.pipeline_version
    if new is None or new.state != State.CANDIDATE or not new.complete:
        return
    if not version.active or policy_of(version.name).mode != Mode.LAZY:
        return
    try:
        with transaction.atomic():
            _compare_and_promote(new, version)
    except Exception as error:
        log.error("lazy_promotion_failed", error=type(error).__name__)


def _compare_and_promote(new: Generation, version: PipelineVersion) -> None:
    old = Generation.objects.current().filter(
        source=new.source_id, pipeline_name=new.pipeline_name
    )
    standing = old.first()
    if standing is None:
        return
    comparison = comparing.compare_generations(old=standing, new=new)
    gate = gate_that_passes(version, standing)
    if gate is None or _known_worse(comparison):
        return
    promote(
        candidates=Generation.objects.filter(pk=new.pk),
        actor=gate.signed_by,
        note="read anew when somebody asked for it, by the signed gate",
        selection={"policy": Mode.LAZY.value, "gate": str(gate.pk)},
    )


def _known_worse(comparison: Comparison) -> bool:
    """What people know to get worse stays, as it does when a gate's documents move."""
    one = comparing.judgements([comparison])[comparison.pk]
    return bool(one.old_right) and one.new_right is False


def gate_that_passes(version: PipelineVersion, standing: Generation) -> Gate | None:
    """The version's newest signed gate, if it passes the template of what stands and no
    slice that the document is in holds its documents back.
    """
    from pipeline.reprocessing.working import slices_of

    gate = (
        Gate.objects.filter(
            reprocess__pipeline_version=version, signed_at__isnull=False
        )
        .select_related("signed_by")
        .order_by("-signed_at")
        .first()
    )
    keys = slices_of(standing)
    if gate is None or not keys[TEMPLATE]:
        return None
    passes = gate.slices.filter(
        dimension=TEMPLATE, key=keys[TEMPLATE], verdict=GateSlice.Verdict.PASS
    )
    held = any(one.holds_back(keys) for one in gate.slices.holding())
    return gate if passes.exists() and not held else None
