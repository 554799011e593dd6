"""Old and new on the golden cases among the documents that were compared."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from catalog.models import Generation
from pipeline.comparing.critical import Critical, critical_of
from pipeline.comparing.readings import values_said
from pipeline.comparing.slots import compare_values
from pipeline.comparing.truths import truths_of
from pipeline.manifest import Manifest
from pipeline.models import Gate, PipelineVersion, ReprocessItem
from pipeline.stats.paired import mcnemar_midp


def golden_result(gate: Gate) -> dict[str, Any]:
    """How many cases have every critical value right that is known of them.

    {"cases", "old_right", "new_right", "better", "worse", "p"}: p is McNemar's mid-p of
    no difference. Cases: open ones whose set is the gate's, or all without one.
    """
    items = ReprocessItem.objects.filter(reprocess=gate.reprocess_id).compared()
    cased = items.filter(source__golden_cases__retired_at__isnull=True)
    if gate.golden_set_id is None:
        cased = cased.filter(source__golden_cases__isnull=False)
    else:
        cased = cased.filter(
            source__golden_cases__values__in_sets__golden_set=gate.golden_set_id
        )
    rights = _rights(list(cased.distinct().select_related("comparison")))
    better = sum(new and not old for old, new in rights)
    worse = sum(old and not new for old, new in rights)
    return {
        "cases": len(rights),
        "old_right": sum(old for old, _ in rights),
        "new_right": sum(new for _, new in rights),
        "better": better,
        "worse": worse,
        "p": mcnemar_midp(better, worse),
    }


def _rights(items: Sequence[ReprocessItem]) -> list[tuple[bool, bool]]:
    """Of each case of which something critical is known: old and new all right."""
    pairs = [
        (one.source_id, one.old_generation_id, one.new_generation_id) for one in items
    ]
    ids = {pk for _, *both in pairs for pk in both if pk is not None}
    said = values_said(ids)
    truths = truths_of({source for source, _, _ in pairs})
    critical = _critical(ids)
    found = []
    for source, old, new in pairs:
        if old is None or new is None:
            continue
        truth, either = truths[source], _either(critical[old], critical[new])
        compared = compare_values(said[old], said[new], truth=truth)
        known = [
            (slot.old_right, slot.new_right)
            for slot in compared.slots
            if slot.pair.slot in either
            and slot.old_right is not None
            and slot.new_right is not None
        ]
        # What both overlooked is in neither, and wrong in both.
        known += [
            (False, False)
            for slot, value in truth.values.items()
            if slot in either
            and value.text
            and slot not in said[old]
            and slot not in said[new]
        ]
        if known:
            olds, news = zip(*known, strict=True)
            found.append((all(olds), all(news)))
    return found


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
