"""What the blast radius page shows: counts, who was told, and the rows behind each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from catalog.blast_radius import BlastRadius, Reach
from catalog.models import DeliveredArtifact, Delivery, DerivedArtifact, Generation
from catalog.slices import Slice
from reviewer.affected import affected, readings, waiting_by_tenant
from reviewer.slice_form import SliceForm

PAGE_SIZE = 50
# What may be listed, and its heading.
LISTS = {
    "all": "Sources",
    "told": "Sources of which something was exported",
    "untold": "Sources of which nothing was exported",
    "waiting": "Sources with an open review",
    "readings": "Readings",
    "artifacts": "Artifacts",
    "told_artifacts": "Exported artifacts",
    "deliveries": "Deliveries",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of rows; after: the id to go on from, or ""."""

    what: str
    rows: Sequence[Any]
    after: str

    @property
    def title(self) -> str:
        return LISTS[self.what]

    @property
    def is_of_sources(self) -> bool:
        return self.what in ("all", "told", "untold", "waiting")


@dataclass(frozen=True, slots=True)
class TenantRow:
    reach: Reach
    waiting: int


@dataclass(frozen=True, slots=True)
class BlastPage:
    blast: BlastRadius
    tenants: Sequence[TenantRow]
    listing: Listing

    @property
    def totals(self) -> dict[str, int]:
        names = ("sources", "generations", "artifacts", "told_sources")
        more = ("untold_sources", "told_artifacts", "deliveries")
        counts = {name: self.blast.total(name) for name in (*names, *more)}
        return {**counts, "waiting": sum(row.waiting for row in self.tenants)}


def open_page(form: SliceForm, query: Mapping[str, str]) -> BlastPage:
    """query may name a list "show", the place "after" and, for what was told, a
    "recipient". Raises Http404.
    """
    wanted = form.slice()
    blast = Generation.objects.blast_radius(wanted)
    waiting = waiting_by_tenant(wanted)
    rows = [TenantRow(r, waiting.get(r.tenant.slug, 0)) for r in blast.tenants]
    what = query.get("show") or "all"
    if what not in LISTS:
        raise Http404
    return BlastPage(blast, rows, _listing(wanted, what, query))


def _listing(wanted: Slice, what: str, query: Mapping[str, str]) -> Listing:
    place = _place(query.get("after", ""))
    if what in ("all", "told", "untold", "waiting"):
        ordered = readings(wanted, what).after(place).select_related("source__tenant")
        found = list(ordered.defer("steps")[: PAGE_SIZE + 1])
        shown = affected(found[:PAGE_SIZE], wanted)
        more = found[PAGE_SIZE:] and str(found[PAGE_SIZE - 1].source_id)
        return Listing(what, shown, more or "")
    rows = _rows(wanted, what, query.get("recipient", ""))
    if place is not None:
        rows = rows.filter(pk__gt=place)
    found = list(rows.order_by("pk")[: PAGE_SIZE + 1])
    more = found[PAGE_SIZE:] and str(found[PAGE_SIZE - 1].pk)
    return Listing(what, found[:PAGE_SIZE], more or "")


def _rows(wanted: Slice, what: str, recipient: str) -> Any:
    """recipient: a name, to list only what they were sent; "" for everybody's."""
    if what == "readings":
        rows = Generation.objects.in_slice(wanted)
        return rows.select_related("source__tenant").defer("steps")
    if what == "deliveries":
        sent = Delivery.objects.telling_of(wanted)
        if recipient:
            sent = sent.filter(recipient__username=recipient)
        return sent.select_related("tenant", "recipient")
    artifacts = DerivedArtifact.objects.in_slice(wanted).defer("payload")
    if what == "told_artifacts":
        carried = DeliveredArtifact.objects.in_slice(wanted)
        if recipient:
            carried = carried.filter(delivery__recipient__username=recipient)
        artifacts = artifacts.filter(pk__in=carried.values("artifact"))
    return artifacts.select_related("source__tenant", "generation")


def _place(after: str) -> uuid.UUID | None:
    """Raises Http404 for a place that nobody was given."""
    try:
        return uuid.UUID(after) if after else None
    except ValueError as error:
        raise Http404 from error
