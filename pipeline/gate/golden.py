"""Old and new on the golden cases among the documents that were compared."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import Generation, GoldenValue
from pipeline.comparing.critical import Critical, critical_of
from pipeline.comparing.readings import Values, values_said
from pipeline.comparing.slots import compare_values
from pipeline.comparing.truth import Truth
from pipeline.comparing.truths import golden_truths
from pipeline.gate.evidence import SliceKey, slice_keys
from pipeline.manifest import Manifest
from pipeline.models import Gate, PipelineVersion, ReprocessItem
from pipeline.stats.paired import mcnemar_midp


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """A frozen case that was compared: whether old and new have all right of it that is
    critical and known, and the slices that it is in.
    """

    slices: Mapping[str, str]
    old_right: bool
    new_right: bool


def golden_cases(gate: Gate) -> list[GoldenCase]:
    """By the values of the gate's frozen set, whatever was filed, answered or withdrawn
    since; none for a gate without a set.
    """
    if gate.golden_set_id is None:
        return []
    values = GoldenValue.objects.filter(in_sets__golden_set=gate.golden_set_id)
    items = ReprocessItem.objects.filter(reprocess=gate.reprocess_id).compared()
    cased = list(items.filter(source__in=values.values("case__source")))
    truths = golden_truths(values.filter(case__source__in=[i.source_id for i in cased]))
    return list(_cases(cased, truths))


def golden_result(cases: Sequence[GoldenCase]) -> dict[str, Any]:
    """{"cases", "old_right", "new_right", "better", "worse", "p"}: p is McNemar's mid-p
    of no difference.
    """
    better = sum(one.new_right and not one.old_right for one in cases)
    worse = sum(one.old_right and not one.new_right for one in cases)
    return {
        **_counted(cases),
        "better": better,
        "worse": worse,
        "p": mcnemar_midp(better, worse),
    }


def golden_by_slice(cases: Sequence[GoldenCase]) -> dict[SliceKey, dict[str, int]]:
    """{(dimension, key): {"cases", "old_right", "new_right"}} where a case is."""
    groups: dict[SliceKey, list[GoldenCase]] = {}
    for one in cases:
        for key in slice_keys(one.slices):
            groups.setdefault(key, []).append(one)
    return {key: _counted(group) for key, group in groups.items()}


def _counted(cases: Sequence[GoldenCase]) -> dict[str, int]:
    return {
        "cases": len(cases),
        "old_right": sum(one.old_right for one in cases),
        "new_right": sum(one.new_right for one in cases),
    }


def _cases(
    items: Sequence[ReprocessItem], truths: Mapping[uuid.UUID, Truth]
) -> Iterator[GoldenCase]:
    """Those of which something critical is known."""
    ids = {
        pk
        for one in items
        for pk in (one.old_generation_id, one.new_generation_id)
        if pk is not None
    }
    said, critical = values_said(ids), _critical(ids)
    for one in items:
        old, new = one.old_generation_id, one.new_generation_id
        truth = truths.get(one.source_id)
        if old is None or new is None or truth is None:
            continue
        either = _either(critical[old], critical[new])
        known = _known(said[old], said[new], truth, either)
        if known:
            olds, news = zip(*known, strict=True)
            yield GoldenCase(one.slices, all(olds), all(news))


def _known(
    old: Values, new: Values, truth: Truth, critical: Critical
) -> list[tuple[bool, bool]]:
    """Of each critical slot of which the truth is known: old right, new right."""
    known = [
        (slot.old_right, slot.new_right)
        for slot in compare_values(old, new, truth=truth).slots
        if slot.pair.slot in critical
        and slot.old_right is not None
        and slot.new_right is not None
    ]
    # What both overlooked is in neither, and wrong in both.
    return known + [
        (False, False)
        for slot, value in truth.values.items()
        if slot in critical and value.text and slot not in old and slot not in new
    ]


def _either(one: Critical, other: Critical) -> Critical:
    return Critical(one.names | other.names, one.columns | other.columns)


def _critical(generation_ids: set[uuid.UUID]) -> dict[uuid.UUID, Critical]:
    manifests: dict[tuple[str, str], Manifest] = {}
    found = {}
    for pk, name, version, document_type in Generation.objects.filter(
        pk__in=generation_ids
    ).values_list("pk", "pipeline_name", "pipeline_version", "document_type"):
        if (name, version) not in manifests:
            row = PipelineVersion.objects.get(name=name, version=version)
            manifests[name, version] = Manifest.of(row)
        spec = manifests[name, version].document_type(document_type)
        found[pk] = critical_of([spec])
    return found
