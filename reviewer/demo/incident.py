"""The specification's incident, told by the demo up to where a visitor goes on.

docs/incident.md walks through it: invoices read by two versions, their freight in two
places; found, compared, gated, partly promoted; and a version that mends it, of which
the last disagreements are still in the queue.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.contrib.auth.models import User

from catalog.models import SourceMedia, Tenant
from catalog.slices import Slice
from pipeline import gate, reprocessing
from pipeline.models import Gate, PipelineVersion, Reprocess, Stage
from pipeline.reprocessing.dispatching import work_for
from reviewer import services
from reviewer.demo.incident_plans import INCIDENT_PLANS, TENANT, UPGRADE
from reviewer.demo.incident_versions import INVOICE, TOTAL
from reviewer.demo.model import DemoDocument
from reviewer.gate_page import batches_of
from reviewer.models import Correction, ReviewItem, ReviewTask, Verdict
from reviewer.services import Answer
from reviewer.values import value_of

# So few documents prove little: of forty without a loss, no more than 6.3 % are lost.
MARGIN = 0.08
SLICE_SECONDS = 1  # between two looks at how far it is
# Rows as they are done, how many they will be, what they are.
Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]
Truth = Mapping[str, DemoDocument]


def reader_of(
    file: str, *, before: PipelineVersion, after: PipelineVersion
) -> PipelineVersion:
    """The version of the day on which a document came in."""
    issued = {plan.file: plan.issued for plan in INCIDENT_PLANS}
    return before if file in issued and issued[file] < UPGRADE else after


def upgrade(
    *,
    before: PipelineVersion,
    after: PipelineVersion,
    truth: Truth,
    progress: Progress,
) -> Gate:
    """Bring what the earlier version read to the later one, as it should have been.

    People answer where the two disagree, the gate holds back what got worse, and the
    rest moves. Goes on where a load was cut off.
    """
    wanted = Slice(pipeline_version=before.version)
    reprocess = _compared(after, _person("adam"), wanted, progress)
    for task in _asked(reprocess):
        _answer(task, _person("rita"), truth)
    measured = _measured(reprocess, _person("adam"))
    if measured.signed_at is None:
        measured = gate.sign(gate=measured, actor=_person("adam"))
    if not batches_of(measured):
        note = "What passed the gate"
        gate.promote_passing(gate=measured, actor=_person("adam"), note=note)
    return measured


def mend(*, version: PipelineVersion, progress: Progress) -> Gate:
    """Read the tenant's invoices by the version that mends it; the rest is to do."""
    wanted = Slice(document_type=INVOICE)
    reprocess = _compared(version, _person("adam"), wanted, progress)
    return _measured(reprocess, _person("adam"))


def _person(name: str) -> User:
    return User.objects.get(username=name)


def _compared(
    version: PipelineVersion, admin: User, wanted: Slice, progress: Progress
) -> Reprocess:
    begun = Reprocess.objects.filter(pipeline_version=version, created_by=admin)
    reprocess = begun.order_by("created_at").first() or _begin(version, admin, wanted)
    what = f"Comparing with {version.version}"
    for _ in progress(_work(reprocess), reprocess.items_count, what):
        pass
    return reprocess


def _begin(version: PipelineVersion, admin: User, wanted: Slice) -> Reprocess:
    tenant = Tenant.objects.get(slug=TENANT)
    return reprocessing.start(
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


def _work(reprocess: Reprocess) -> Iterator[int]:
    """Do it here; a number an item that has ended."""
    ended, goes_on = 0, True
    while goes_on:
        goes_on = work_for(seconds=SLICE_SECONDS, only=reprocess)
        now = reprocess.items_count - reprocess.items.open().count()
        yield from range(ended, now)
        ended = now


def _words(wanted: Slice) -> dict[str, Any]:
    return {key: value for key, value in wanted.as_json().items() if key != "state"}


def _measured(reprocess: Reprocess, admin: User) -> Gate:
    opened = gate.open_gate(reprocess=reprocess, actor=admin, margins={"": MARGIN})
    return opened if opened.signed_at else gate.measure(gate=opened)


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
