"""What is kept for how long, what is held, and what goes when a tenant leaves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from rest_framework.authtoken.models import Token

from catalog.erasing.residue import Scope
from catalog.models import Erasure, LegalHold, Membership, SourceMedia, Tenant
from catalog.models.source_media import SourceMediaQuerySet
from catalog.services.erasures import (
    EraseRefused,
    ResidueFound,
    erase,
    finish_erasure,
)
from catalog.services.holding import hold_source

log = structlog.get_logger()

# Sources read at once; each is erased in transactions of its own.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Due:
    """Sources of a class and tenant whose time is over; held: those that must wait."""

    retention_class: str
    tenant: str
    sources: int
    held: int


@dataclass(frozen=True, slots=True)
class Applied:
    """How many were erased, and the ids of those of which something was left."""

    erased: int
    with_residue: tuple[uuid.UUID, ...] = ()


def due_by_class(*, at: datetime | None = None) -> list[Due]:
    """What retention would erase now, by class and tenant; reads only."""
    due = SourceMedia.objects.due(at=at or timezone.now())
    held = _counts(due.held())
    return [
        Due(*key, sources=count, held=held.get(key, 0))
        for key, count in sorted(_counts(due).items())
    ]


def _counts(sources: SourceMediaQuerySet) -> dict[tuple[str, str], int]:
    """Sources by class and tenant."""
    keys = ("retention_class", "tenant__slug")
    rows = sources.order_by().values_list(*keys).annotate(count=Count("pk"))
    return {(name, slug): count for name, slug, count in rows}


def apply_retention(*, most: int | None = None, scope: Scope = Scope.AUTO) -> Applied:
    """Erase what is due and not held, oldest first, at most so many."""
    due = SourceMedia.objects.due(at=timezone.now()).not_held()
    return _each_erased(
        due.order_by("uploaded_at", "source_id"),
        basis=Erasure.Basis.RETENTION,
        scope=scope,
        most=most,
    )


def _each_erased(
    sources: QuerySet[SourceMedia],
    *,
    basis: str,
    scope: Scope,
    most: int | None = None,
    reference: str = "",
    actor: User | None = None,
) -> Applied:
    """Batch by batch, asking anew for each: what is erased is no longer among them."""
    erased = 0
    left: list[uuid.UUID] = []
    refused: set[uuid.UUID] = set()
    while most is None or erased + len(left) < most:
        room = BATCH if most is None else min(BATCH, most - erased - len(left))
        batch = list(sources.exclude(pk__in=refused)[:room])
        if not batch:
            break
        for source in batch:
            try:
                erase(
                    source=source,
                    basis=basis,
                    reference=reference or f"class {source.retention_class_id}",
                    actor=actor,
                    scope=scope,
                )
                erased += 1
            except ResidueFound:
                left.append(source.pk)
            except EraseRefused:
                # A hold was placed since the list was made.
                refused.add(source.pk)
    return Applied(erased, tuple(left))


@transaction.atomic
def place_hold(
    *,
    tenant: Tenant,
    source: SourceMedia | None = None,
    reference: str,
    actor: User | None = None,
) -> LegalHold:
    """Nothing of the source, or of the tenant, is erased until it is lifted.

    Raises SourceErased where it is too late.
    """
    # An erasure at work holds the tenant: it ends first, or has not begun.
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    if source is not None:
        hold_source(source_id=source.pk)
    return LegalHold.objects.create(
        tenant=tenant, source=source, reference=reference, placed_by=actor
    )


@transaction.atomic
def lift_hold(*, hold: LegalHold, actor: User | None = None) -> None:
    """End a hold; a second call changes nothing."""
    LegalHold.objects.in_force().filter(pk=hold.pk).update(
        lifted_at=timezone.now(), lifted_by=actor
    )


def off_board(
    *,
    tenant: Tenant,
    reference: str = "",
    actor: User | None = None,
    scope: Scope = Scope.AUTO,
) -> Applied:
    """Erase everything of a tenant, close it, and take its people's access.

    May be called again after a crash. The tenant stays open while something is left.
    Raises EraseRefused where any legal hold is in force, before anything is erased.
    """
    hold = LegalHold.objects.in_force().filter(tenant=tenant).first()
    if hold is not None:
        raise EraseRefused(
            f"The legal hold {hold.reference} is in force: it must be lifted first."
        )
    kept = SourceMedia.objects.kept().filter(tenant=tenant).order_by("source_id")
    done = _each_erased(
        kept,
        basis=Erasure.Basis.OFF_BOARDING,
        scope=scope,
        reference=reference or "off-boarding",
        actor=actor,
    )
    left = list(done.with_residue)
    for erasure in Erasure.objects.unfinished().filter(tenant=tenant):
        try:
            ended = finish_erasure(erasure=erasure, scope=scope).finished_at
        except ResidueFound:
            ended = None
        if ended is None:
            left.append(erasure.source_id)
    if not left:
        _close(tenant)
    return Applied(done.erased, tuple(dict.fromkeys(left)))


@transaction.atomic
def _close(tenant: Tenant) -> None:
    """Uploads hold the tenant: none is between its check and its row any more."""
    locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if SourceMedia.objects.kept().filter(tenant=tenant).exists():
        raise EraseRefused("Something was uploaded meanwhile: off-board it again.")
    members = User.objects.filter(memberships__tenant=tenant)
    elsewhere = Membership.objects.exclude(tenant=tenant).values("user")
    leaving = members.exclude(pk__in=elsewhere).exclude(is_superuser=True)
    Token.objects.filter(user__in=list(leaving)).delete()
    Membership.objects.filter(tenant=tenant).delete()
    if locked.off_boarded_at is None:
        locked.off_boarded_at = timezone.now()
        locked.save(update_fields=["off_boarded_at"])
    log.info("tenant_off_boarded", tenant_id=str(tenant.pk))
