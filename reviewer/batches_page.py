"""What the pages of promotion batches show, of one's own tenants."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from catalog.models import Promotion, PromotionBatch, Tenant
from reviewer.rollbacks import Part, counts_of
from reviewer.slice_form import Scope

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class BatchRow:
    """count: what it put in place in one's tenants; undoable: what still stands."""

    batch: PromotionBatch
    count: int
    undoable: int


@dataclass(frozen=True, slots=True)
class PartRow:
    """What of a batch is of one tenant and template."""

    tenant: Tenant
    template: str
    count: int
    undoable: int


@dataclass(frozen=True, slots=True)
class BatchPage:
    row: BatchRow
    parts: Page[PartRow]
    promotions: Page[Promotion]


def rows_of(batches: Sequence[PromotionBatch], scope: Scope) -> list[BatchRow]:
    """In one query for all of them."""
    promotions = Promotion.objects.filter(batch__in=batches).of_tenants(scope)
    counted = {row["batch"]: row for row in counts_of(promotions, "batch")}
    none = {"count": 0, "undoable": 0}
    return [
        BatchRow(one, **{key: counted.get(one.pk, none)[key] for key in none})
        for one in batches
    ]


def open_page(part: Part, scope: Scope, page: str, parts_page: str) -> BatchPage:
    """part: the batch, with the tenant and template whose promotions are listed."""
    whole = Part(part.batch)
    (row,) = rows_of([part.batch], scope)
    listed = part.promotions(scope).with_both_readings()
    promotions = Paginator(listed.order_by("promotion_id"), PAGE_SIZE).get_page(page)
    return BatchPage(
        row,
        Paginator(_parts(whole, scope), PAGE_SIZE).get_page(parts_page),
        promotions,
    )


def _parts(whole: Part, scope: Scope) -> list[PartRow]:
    keys = ("source__tenant", "new_generation__template_key")
    counted = counts_of(whole.promotions(scope), *keys)
    tenants: dict[uuid.UUID, Any] = Tenant.objects.in_bulk(
        [row["source__tenant"] for row in counted]
    )
    return [
        PartRow(tenants[row[keys[0]]], row[keys[1]], row["count"], row["undoable"])
        for row in counted
    ]
