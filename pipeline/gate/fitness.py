"""Whether a version may read what comes in: what speaks against it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from catalog.models import Generation, Tenant
from pipeline.gate.deciding import Decided, Rules, Verdict, Why
from pipeline.gate.spending import Spending
from pipeline.models import Reprocess, ReprocessItem
from pipeline.stats.disagreements import documents_to_decide


@dataclass(frozen=True, slots=True)
class Breadth:
    """How much of the corpus a reprocess drew from. narrowed_by: what its selection
    chose by; tenants_missing: with readings of the pipeline, and no document in it.
    """

    narrowed_by: tuple[str, ...]
    tenants_missing: int

    @property
    def is_narrow(self) -> bool:
        return bool(self.narrowed_by or self.tenants_missing)


def breadth_of(reprocess: Reprocess) -> Breadth:
    """Readings that were made since it began could not be in it and do not count."""
    version = reprocess.pipeline_version
    behind = (
        Generation.objects.current()
        .filter(
            source__tenant=OuterRef("pk"),
            source__erased_at__isnull=True,
            pipeline_name=version.name,
            created_at__lte=reprocess.created_at,
        )
        .exclude(pipeline_version=version.version)
    )
    held = ReprocessItem.objects.filter(
        reprocess=reprocess, source__tenant=OuterRef("pk")
    )
    missing = Tenant.objects.filter(Exists(behind), ~Exists(held)).count()
    return Breadth(reprocess.narrowed_by, missing)


def activation(
    decided: Decided,
    rules: Rules,
    spending: Mapping[str, Spending],
    breadth: Breadth,
    failed: int,
) -> dict[str, Any]:
    """Why it may not read what comes in, in words of an enum; no word: it may."""
    whole, sample = decided.whole, decided.whole.evidence.sample
    proven = decided.fit_lower > -whole.margin
    needed = 0
    if not proven and not sample.undecided:
        needed = documents_to_decide(
            sample, whole.margin, level=rules.level, harm_level=rules.level
        )
    return {
        "lower": decided.fit_lower,
        "margin": whole.margin,
        "failed": failed,
        "undecided": sample.undecided,
        "needed_documents": needed,
        "narrowed_by": list(breadth.narrowed_by),
        "tenants_missing": breadth.tenants_missing,
        "why": _words(decided, rules, spending, breadth, proven=proven),
    }


def _words(
    decided: Decided,
    rules: Rules,
    spending: Mapping[str, Spending],
    breadth: Breadth,
    *,
    proven: bool,
) -> list[str]:
    blocked = [one for one in decided.judged if one.verdict == Verdict.BLOCK]
    against = {
        "canary": decided.whole.why == Why.CANARY,
        "slices_blocked": any(one.why == Why.HARM for one in blocked),
        "not_proven": not proven,
        "loose_rules": rules.are_loose(decided.whole.margin),
        "narrow_selection": breadth.is_narrow,
        **{name: one.beyond for name, one in spending.items()},
    }
    return [word for word, so in against.items() if so]
