"""How far a wrong reading reaches: exact counts, by tenant, and who was told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.models import (
    DeliveredArtifact,
    DerivedArtifact,
    Generation,
    Tenant,
)
from catalog.slices import Slice


@dataclass(slots=True)
class Reach:
    """What of a tenant is in the slice.

    artifacts: all that its readings hold, with those that people have replaced since.
    told_*: what of it an export carried.
    """

    tenant: Tenant
    sources: int = 0
    generations: int = 0
    artifacts: int = 0
    told_sources: int = 0
    told_artifacts: int = 0
    deliveries: int = 0

    @property
    def untold_sources(self) -> int:
        return self.sources - self.told_sources


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was sent values of the slice. last: when it was the last time."""

    tenant: Tenant
    recipient_id: int
    recipient: str
    deliveries: int
    artifacts: int
    last: Any


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """tenants: only those that the slice touches, the largest first."""

    slice: Slice
    tenants: Sequence[Reach] = field(default_factory=list)
    told: Sequence[Told] = field(default_factory=list)

    def total(self, name: str) -> int:
        """Of a count of Reach; a source and a delivery are of one tenant each."""
        return sum(getattr(reach, name) for reach in self.tenants)

    @property
    def recipients(self) -> int:
        return len({told.recipient_id for told in self.told})


def blast_radius_of(wanted: Slice) -> BlastRadius:
    """In five queries, whatever the size; every count is of rows, none an estimate."""
    read = list(Generation.objects.in_slice(wanted).by_tenant())
    tenants = Tenant.objects.in_bulk([row["source__tenant"] for row in read])
    reaches = {
        row["source__tenant"]: Reach(
            tenants[row["source__tenant"]], row["sources"], row["generations"]
        )
        for row in read
    }
    if not reaches:
        return BlastRadius(wanted)
    for row in DerivedArtifact.objects.in_slice(wanted).by_tenant():
        reaches[row["source__tenant"]].artifacts = row["count"]
    carried = DeliveredArtifact.objects.in_slice(wanted)
    _tell(reaches, carried.by_tenant())
    told = [_told(row, tenants) for row in carried.by_recipient()]
    ordered = sorted(reaches.values(), key=lambda r: (-r.sources, r.tenant.slug))
    return BlastRadius(wanted, ordered, told)


def _tell(reaches: dict[uuid.UUID, Reach], rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        reach = reaches[row["artifact__source__tenant"]]
        reach.told_sources = row["sources"]
        reach.told_artifacts = row["artifacts"]
        reach.deliveries = row["deliveries"]


def _told(row: dict[str, Any], tenants: dict[Any, Tenant]) -> Told:
    return Told(
        tenant=tenants[row["artifact__source__tenant"]],
        recipient_id=row["delivery__recipient"],
        recipient=row["delivery__recipient__username"],
        deliveries=row["deliveries"],
        artifacts=row["artifacts"],
        last=row["last"],
    )
