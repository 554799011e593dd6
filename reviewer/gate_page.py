"""What a gate's page shows, and what whoever looks may do there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count

from catalog.models import PromotionBatch, Tenant
from catalog.people import Viewer
from pipeline.gate import report_digest, wording
from pipeline.gate.promoting import movable_items
from pipeline.models import Gate, GateSlice, Reprocess, ReprocessItem
from reviewer.gate_changes import Changed, changed_items, changes_of
from reviewer.gate_strip import Bar, bars_of, reach_of
from reviewer.rollbacks import administered

SLICES, DOCUMENTS, GATES = 30, 5, 50


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the user may do with the gate; tenants: whose documents they may move."""

    sign: bool
    activate: bool
    tenants: tuple[uuid.UUID, ...] | None

    @property
    def promote(self) -> bool:
        return self.tenants != ()


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A verdict with its count of slices, to choose by."""

    verdict: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class GatePage:
    gate: Gate
    digest: str
    verdicts: Sequence[Verdicts]
    slices: Page[GateSlice]
    bars: Sequence[Bar]
    reach: str
    chosen: GateSlice | None
    documents: Page[ReprocessItem]
    changed: Sequence[Changed]
    not_fit: Sequence[str]
    unmet_margins: str
    batches: Sequence[PromotionBatch]
    left_to_move: int
    allowed: Allowed

    @property
    def told_of(self) -> list[tuple[uuid.UUID, uuid.UUID]]:
        """Ids of the documents of which values are shown, each with its tenant's."""
        sources = [one.item.source for one in self.changed]
        return [(source.pk, source.tenant_id) for source in sources]


def allowed(gate: Gate, user: Viewer) -> Allowed:
    """Admins of every tenant in it and operators sign; each admin moves their own
    tenants' documents; what all tenants' new documents are read by, operators say.
    """
    own = administered(user)
    items = ReprocessItem.objects.filter(reprocess=gate.reprocess_id)
    foreign = own is not None and items.exclude(source__tenant__in=own).exists()
    return Allowed(
        sign=own != () and not foreign, activate=user.is_superuser, tenants=own
    )


def open_page(gate: Gate, user: Viewer, query: Mapping[str, str]) -> GatePage:
    """query: "verdict" and "slices" (a page) of the strip; "slice" (an id) and "page"
    of the documents.
    """
    rows = gate.slices.in_order()
    verdict = query.get("verdict", "")
    shown = rows.filter(verdict=verdict) if verdict in wording.VERDICTS else rows
    shown = shown.with_examples(user)
    slices = Paginator(shown, SLICES).get_page(query.get("slices"))
    reach = reach_of(rows)
    chosen = _chosen(gate, query.get("slice", ""))
    names = (chosen.dimension, chosen.key) if chosen else ("", "")
    items = changed_items(gate, user, *names).select_related(
        "source__tenant", "comparison", "old_generation", "new_generation"
    )
    documents = Paginator(items, DOCUMENTS).get_page(query.get("page"))
    may = allowed(gate, user)
    signed = gate.signed_at is not None
    return GatePage(
        gate=gate,
        digest=report_digest(gate) if gate.measured_at else "",
        verdicts=_verdicts(gate),
        slices=slices,
        bars=bars_of(slices.object_list, reach),
        reach=f"{reach * 100:.0f} %",
        chosen=chosen,
        documents=documents,
        changed=changes_of(list(documents.object_list)),
        not_fit=wording.not_fit(gate),
        unmet_margins=wording.unmet_margins(gate),
        batches=batches_of(gate),
        left_to_move=movable_items(gate, may.tenants).count() if signed else 0,
        allowed=may,
    )


def _chosen(gate: Gate, given: str) -> GateSlice | None:
    try:
        return gate.slices.filter(pk=uuid.UUID(given)).first()
    except ValueError:
        return None


def _verdicts(gate: Gate) -> list[Verdicts]:
    counted = dict(
        gate.slices.order_by().values_list("verdict").annotate(n=Count("pk"))
    )
    return [
        Verdicts(verdict, words, counted.get(verdict, 0))
        for verdict, words in wording.VERDICTS.items()
    ]


def batches_of(gate: Gate) -> list[PromotionBatch]:
    """What was put in place by it, newest first."""
    found = PromotionBatch.objects.filter(selection__gate=str(gate.pk))
    return list(found.newest_first().select_related("actor"))


def list_page(user: Viewer, page: str) -> dict[str, Any]:
    """Gates that the user may see, and reprocesses of theirs without one."""
    gates = Gate.objects.visible_to(user).select_related(
        "reprocess__pipeline_version", "signed_by"
    )
    return {
        "page": Paginator(gates.order_by("-gate_id"), GATES).get_page(page),
        "ungated": compared(ungated(user))[:GATES],
    }


def ungated(user: Viewer) -> Any:
    """Reprocesses without a gate, all of whose tenants the user leads; newest first."""
    rows = Reprocess.objects.filter(gate__isnull=True).select_related(
        "pipeline_version"
    )
    items = ReprocessItem.objects.all()
    if not user.is_superuser:
        led = Tenant.objects.led_by(user, "manager", "admin")
        foreign = items.exclude(source__tenant__in=led).values("reprocess")
        rows = rows.exclude(pk__in=foreign)
    return rows.filter(pk__in=items.values("reprocess"))


def compared(reprocesses: Any) -> Any:
    """Those of which old and new can be set side by side somewhere."""
    items = ReprocessItem.objects.all().compared()
    return reprocesses.filter(pk__in=items.values("reprocess"))
