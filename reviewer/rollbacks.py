"""Taking promotions back: whose, which, and how many of them can be."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q

from catalog.models import Membership, Promotion, PromotionBatch, Tenant
from catalog.models.promotion import PromotionQuerySet
from catalog.people import Viewer
from catalog.services import Promoted, roll_back

FOR_ADMINS = "Only admins of the tenant may roll back: ask one of them."
Counts = Mapping[str, Any]
UNDOABLE = Q(
    reason__in=[Promotion.Reason.REPLACEMENT, Promotion.Reason.ROLLBACK],
    new_generation__state="current",
    undone_by__isnull=True,
)


def administered(user: Viewer) -> tuple[uuid.UUID, ...] | None:
    """Ids of the tenants of which the user is admin; None: operators, all."""
    if user.is_superuser:
        return None
    led = Tenant.objects.led_by(user, Membership.Role.ADMIN)
    return tuple(led.values_list("pk", flat=True))


def may_roll_back(user: Viewer, tenant_id: uuid.UUID) -> bool:
    tenants = administered(user)
    return tenants is None or tenant_id in tenants


@dataclass(frozen=True, slots=True)
class Part:
    """A batch, or what of it is of one tenant and one template; None is any.

    standing: only what can be taken back still.
    """

    batch: PromotionBatch
    tenant: str | None = None
    template: str | None = None
    standing: bool = False

    @classmethod
    def of(cls, batch: PromotionBatch, given: Mapping[str, Any]) -> Part:
        words = {key: given[key] for key in ("tenant", "template") if key in given}
        plain = {key: str(word) for key, word in words.items()}
        return cls(batch, **plain, standing=bool(given.get("standing")))

    def promotions(self, tenants: tuple[uuid.UUID, ...] | None) -> PromotionQuerySet:
        rows = Promotion.objects.filter(batch=self.batch).of_tenants(tenants)
        if self.tenant is not None:
            rows = rows.filter(source__tenant__slug=self.tenant)
        if self.template is not None:
            rows = rows.of_template(self.template)
        return rows.undoable() if self.standing else rows

    @property
    def is_whole(self) -> bool:
        return self.tenant is None and self.template is None

    def as_json(self) -> dict[str, str]:
        asked = {"tenant": self.tenant, "template_key": self.template}
        return {key: word for key, word in asked.items() if word is not None}


def roll_back_part(*, user: User, part: Part, note: str) -> Promoted:
    """What of it can be taken back, in the tenants of which the user is admin.

    Raises PermissionDenied, PromotionRefused.
    """
    tenants = administered(user)
    if tenants == ():
        raise PermissionDenied(FOR_ADMINS)
    return roll_back(
        promotions=part.promotions(tenants).undoable(),
        actor=user,
        note=note,
        selection={"of_batch": str(part.batch.pk), **part.as_json()},
        of_batch=part.batch,
    )


def roll_back_one(*, user: User, promotion: Promotion, note: str) -> Promoted:
    """Raises PermissionDenied, PromotionRefused."""
    if not may_roll_back(user, promotion.source.tenant_id):
        raise PermissionDenied(FOR_ADMINS)
    return roll_back(
        promotions=Promotion.objects.filter(pk=promotion.pk),
        actor=user,
        note=note,
        selection={"source": str(promotion.source_id)},
        of_batch=promotion.batch,
    )


def counts_of(rows: PromotionQuerySet, *keys: str) -> list[dict[str, Any]]:
    """By the keys: {..., "count", "undoable"}, the largest first."""
    counted: Any = rows.order_by().values(*keys)
    counted = counted.annotate(count=Count("pk"), undoable=Count("pk", filter=UNDOABLE))
    found: list[dict[str, Any]] = list(counted.order_by("-count", *keys))
    return found
