"""The specification's incident, told by the demo up to where a visitor goes on.

docs/incident.md walks through it: invoices read by two versions, their freight in two
places; found, compared, gated, partly promoted; and a version that mends it, of which
the last disagreements are still in the queue.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from catalog.models import SourceMedia, Tenant
from catalog.slices import Slice
from pipeline import gate, reprocessing
from pipeline.foreground import Job, process_files
from pipeline.models import Gate, PipelineVersion, Reprocess, Stage
from pipeline.reprocessing.dispatching import work_for
from reviewer import services
from reviewer.demo.documents import generate
from reviewer.demo.incident_plans import INCIDENT_PLANS, TENANT, UPGRADE
from reviewer.demo.incident_versions import INVOICE, TOTAL
from reviewer.demo.model import DemoDocument
from reviewer.models import Correction, ReviewItem, ReviewTask, Verdict
from reviewer.services import Answer
from reviewer.values import value_of

# So few documents prove little: of forty without a loss, no more than 6.3 % are lost.
MARGIN = 0.08
SLICE_SECONDS = 60
Progress = Callable[[Iterable[dict[str, Any]], int], Iterable[dict[str, Any]]]
Truth = Mapping[str, DemoDocument]


def read(
    folder: Path,
    *,
    before: PipelineVersion,
    after: PipelineVersion,
    workers: int = 1,
    progress: Progress = lambda rows, total: rows,
) -> Truth:
    """Draw the invoices and have each read by the version of its day; {file: truth}."""
    documents = generate(folder, plans=INCIDENT_PLANS)
    issued = {plan.file: plan.issued for plan in INCIDENT_PLANS}
    jobs = [
        Job(
            folder / document.file,
            TENANT,
            str(before if issued[document.file] < UPGRADE else after),
        )
        for document in documents
    ]
    rows = process_files(jobs, workers=workers)
    for _ in progress(rows, len(jobs)):
        pass
    return {document.file: document for document in documents}


def upgrade(
    *,
    before: PipelineVersion,
    after: PipelineVersion,
    truth: Truth,
    reviewer: User,
    admin: User,
) -> Gate:
    """Bring what the earlier version read to the later one, as it should have been.

    People answer where the two disagree, the gate holds back what got worse, and the
    rest moves.
    """
    reprocess = _compared(after, admin, Slice(pipeline_version=before.version))
    for task in _asked(reprocess):
        _answer(task, reviewer, truth)
    signed = gate.sign(gate=_measured(reprocess, admin), actor=admin)
    gate.promote_passing(gate=signed, actor=admin, note="What passed the gate")
    return signed


def mend(*, version: PipelineVersion, admin: User) -> Gate:
    """Read the tenant's invoices by the version that mends it; the rest is to do."""
    return _measured(_compared(version, admin, Slice(document_type=INVOICE)), admin)


def _compared(version: PipelineVersion, admin: User, wanted: Slice) -> Reprocess:
    tenant = Tenant.objects.get(slug=TENANT)
    reprocess = reprocessing.start(
        version=version,
        selection=reprocessing.Selection(
            Slice(**{**_words(wanted), "tenants": (tenant.pk,)})
        ),
        actor=admin,
        # All of it is sample: every disagreement is asked about.
        plan=reprocessing.Plan(
            canary_share=0.1, sample_share=0.9, until_stage=Stage.ALL
        ),
        enqueue=False,
    )
    while work_for(seconds=SLICE_SECONDS, only=reprocess):
        pass
    return reprocess


def _words(wanted: Slice) -> dict[str, Any]:
    return {key: value for key, value in wanted.as_json().items() if key != "state"}


def _measured(reprocess: Reprocess, admin: User) -> Gate:
    opened = gate.open_gate(reprocess=reprocess, actor=admin, margins={"": MARGIN})
    return gate.measure(gate=opened)


def _asked(reprocess: Reprocess) -> Iterator[ReviewTask]:
    yield from ReviewTask.objects.open().filter(
        comparison__in=reprocess.items.values("comparison")
    )


def _answer(task: ReviewTask, reviewer: User, truth: Truth) -> None:
    """By what was drawn; in the books of this tenant freight is a line item."""
    held = services.reserve(user=reviewer, task_id=task.pk)
    assert held.reservation_token is not None  # noqa: S101 - of every reserved task
    source = SourceMedia.objects.get(pk=task.source_id)
    drawn = truth[source.name]
    for item in task.items.select_related("artifact", "other_artifact"):
        services.decide(
            user=reviewer,
            task_id=task.pk,
            token=held.reservation_token,
            answer=_choice(item, drawn),
        )


def _choice(item: ReviewItem, drawn: DemoDocument) -> Answer:
    older = value_of(item.artifact)
    right = older == drawn.fields[TOTAL] if item.slot == TOTAL else bool(older)
    return Answer(
        decision_id=uuid.uuid4(),
        slot=item.slot,
        verdict=Verdict.CONFIRM if right else Verdict.CORRECT,
        how=Correction.How.TYPED if right else Correction.How.VERSION,
        active_ms=3_000,
    )
