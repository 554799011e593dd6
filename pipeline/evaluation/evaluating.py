"""Scoring what a version made of golden cases. The counting itself is in scores.py."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case as CaseOf
from django.db.models import Q, When

from catalog.models import Generation, GoldenCase, GoldenSet, GoldenValue, State
from pipeline.comparing.critical import Critical, critical_of
from pipeline.comparing.readings import Values, values_said, words_of
from pipeline.comparing.truth import Truth
from pipeline.comparing.truths import golden_truths
from pipeline.evaluation.confidences import least_confidences
from pipeline.evaluation.figures import Document
from pipeline.evaluation.scores import scored
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion, ProcessingEvent, Run
from pipeline.proof_words import NOT_PROVEN
from pipeline.reprocessing.quality import band

DIMENSIONS = ("tenant", "template", "document_type", "modality", "quality")
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Case:
    """A golden case with its truth. name: of the file, for whoever has to find it."""

    source_id: uuid.UUID
    name: str
    document_type: str
    slices: Mapping[str, str]
    truth: Truth


@dataclass(frozen=True, slots=True)
class Evaluation:
    """documents: by source; unread: cases that the version has not read."""

    version: PipelineVersion
    documents: Mapping[uuid.UUID, Document]
    unread: tuple[Case, ...]


def cases_of(
    golden_set: GoldenSet | None = None, *, document_type: str | None = None
) -> dict[uuid.UUID, Case]:
    """What counts now, or what a frozen set holds, by source.

    document_type: only cases of it, None for all.
    """
    values = GoldenValue.objects.that_count()
    if golden_set is not None:
        # A set is what it was; only a source that was erased is gone from it.
        values = GoldenValue.objects.filter(in_sets__golden_set=golden_set)
    if document_type is not None:
        values = values.filter(case__document_type=document_type)
    truths = golden_truths(values)
    cases = GoldenCase.objects.filter(values__in=values.order_by()).distinct()
    rows = cases.order_by("pk").values_list(
        "source_id", "source__name", "document_type", "slices", "source__tenant__slug",
        "source__modality",
    )  # fmt: skip
    return {
        source_id: Case(
            source_id,
            name,
            type_name,
            {**slices, "tenant": tenant, "modality": modality,
             "document_type": type_name},
            truths[source_id],
        )
        for source_id, name, type_name, slices, tenant, modality in rows
    }  # fmt: skip


def evaluate(version: PipelineVersion, cases: Mapping[uuid.UUID, Case]) -> Evaluation:
    """Score what the version has read of the cases, whatever became of it since."""
    generations = generations_of(version, cases)
    documents: dict[uuid.UUID, Document] = {}
    sources = iter(generations)
    manifest = Manifest.of(version)
    while batch := [s for s, _ in zip(sources, range(AT_ONCE), strict=False)]:
        chosen = {source: generations[source] for source in batch}
        documents.update(_documents(chosen, cases, manifest))
    unread = tuple(case for pk, case in cases.items() if pk not in documents)
    return Evaluation(version, documents, unread)


def generations_of(
    version: PipelineVersion, source_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, Generation]:
    """What the version read last of each source, rejected and replaced ones too."""
    rows = Generation.objects.filter(
        source__in=list(source_ids),
        pipeline_name=version.name,
        pipeline_version=version.version,
        restores__isnull=True,
    ).exclude(state=State.ERASED)
    newest = rows.order_by("source_id", "-created_at").distinct("source_id")
    return {generation.source_id: generation for generation in newest}


def _documents(
    generations: Mapping[uuid.UUID, Generation],
    cases: Mapping[uuid.UUID, Case],
    manifest: Manifest,
) -> Iterator[tuple[uuid.UUID, Document]]:
    ids = [generation.pk for generation in generations.values()]
    said, efforts = values_said(ids), _efforts(ids)
    sureties = least_confidences(ids)
    current = _current_slices(generations, manifest_name(generations))
    for source_id, generation in generations.items():
        case = cases[source_id]
        values = said[generation.pk]
        ms, micro_usd = efforts.get(generation.pk, (None, None))
        yield (
            source_id,
            Document(
                scored=scored(
                    case.truth,
                    values,
                    critical=critical_in(manifest, case),
                    pages=words_of(generation.pk, _pages(values)),
                ),
                disposition=would_be(generation),
                slices={**current[source_id], **case.slices},
                surety=sureties.get(generation.pk, 0.0),
                ms=ms,
                micro_usd=micro_usd,
            ),
        )


def critical_in(manifest: Manifest, case: Case) -> Critical:
    return critical_of([manifest.document_type(case.document_type)])


def would_be(generation: Generation) -> str:
    """The version's own decision, also where a proof was missing."""
    if generation.reason == NOT_PROVEN:
        return "auto_accept"
    return generation.disposition


def manifest_name(generations: Mapping[uuid.UUID, Generation]) -> str:
    return next(iter(generations.values())).pipeline_name


def _pages(values: Values) -> Collection[int]:
    return {value.region.page for value in values.values() if value.region}


def _current_slices(
    generations: Mapping[uuid.UUID, Generation], pipeline_name: str
) -> dict[uuid.UUID, dict[str, str]]:
    """Template and quality as what is current says, so that two versions are split in
    the same way; of a source without it, as the reading itself says.
    """
    found = {source: _own_slices(one) for source, one in generations.items()}
    current = Generation.objects.current().filter(
        source__in=list(generations), pipeline_name=pipeline_name
    )
    return found | {one.source_id: _own_slices(one) for one in current}


def _own_slices(generation: Generation) -> dict[str, str]:
    return {"template": generation.template_key, "quality": band(generation.steps)}


def _efforts(
    generation_ids: Collection[uuid.UUID],
) -> dict[uuid.UUID, tuple[int | None, int | None]]:
    """{generation: (ms, micro-USD)} from the events of the runs, as far as kept.

    None for what a reading cost of which a step says that nobody knows.
    """
    runs = dict(
        Run.objects.filter(generation__in=generation_ids).values_list(
            "run_id", "generation_id"
        )
    )
    times = Run.objects.filter(pk__in=runs).values("finished_at")
    rows: Any = ProcessingEvent.objects.filter(
        created_at__in=times, run_id__in=list(runs)
    )
    unknown = Q(payload__contains={"steps": [{"cost": "unknown"}]})
    cost = CaseOf(When(unknown, then=None), default="micro_usd")
    told = rows.annotate(cost=cost).values_list("run_id", "total_ms", "cost")
    return {runs[run]: (ms, micro_usd) for run, ms, micro_usd in told}
