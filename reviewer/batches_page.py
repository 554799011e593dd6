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
from reviewer.template_names import template_names

PAGE_SIZE = 50
TENANT, TEMPLATE = "source__tenant", "new_generation__template_key"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """count: what it put in place in one's tenants; undoable: what still stands."""

    batch: PromotionBatch
    count: int
    undoable: int


@dataclass(frozen=True, slots=True)
class PartRow:
    """What of a batch is of one tenant and template; name: what that is called."""

    tenant: Tenant
    template: str
    name: str
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
        _parts(whole, scope, parts_page),
        promotions,
    )


def _parts(whole: Part, scope: Scope, page: str) -> Page[Any]:
    """A page of PartRow; only what it shows is looked up."""
    counted = counts_of(whole.promotions(scope), TENANT, TEMPLATE)
    found: Page[Any] = Paginator(counted, PAGE_SIZE).get_page(page)
    rows = list(found.object_list)
    tenants: dict[uuid.UUID, Any] = Tenant.objects.in_bulk(
        [row[TENANT] for row in rows]
    )
    named = template_names({row[TEMPLATE] for row in rows}, scope)
    found.object_list = [
        PartRow(
            tenant=tenants[row[TENANT]],
            template=row[TEMPLATE],
            name=named.get(row[TEMPLATE], ""),
            count=row["count"],
            undoable=row["undoable"],
        )
        for row in rows
    ]
    return found
