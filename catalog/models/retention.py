from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.tenant import Tenant
from catalog.people import Viewer, within_tenants_of

if TYPE_CHECKING:
    from catalog.models.source_media import SourceMedia

STANDARD = "standard"


class RetentionClassQuerySet(models.QuerySet["RetentionClass"]):
    def standard(self) -> RetentionClass:
        """The class of whatever was given no other; made if somebody deleted it."""
        return self.get_or_create(name=STANDARD)[0]

    def erasing(self) -> RetentionClassQuerySet:
        """Those after whose time originals are erased."""
        return self.filter(action=RetentionClass.Action.ERASE, keep_days__isnull=False)


class RetentionClass(models.Model):
    """How long originals of a class are kept, and what happens then."""

    class Action(models.TextChoices):
        KEEP = "keep", "keep; a person decides"
        ERASE = "erase", "erase the original and all that was made of it"

    name = models.SlugField(max_length=30, primary_key=True)
    keep_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="days from the upload; empty: for good",
    )
    action = models.CharField(max_length=5, choices=Action.choices, default=Action.KEEP)
    description = models.CharField(max_length=200, blank=True)

    objects = RetentionClassQuerySet.as_manager()

    class Meta:
        db_table = "retention_class"
        ordering = ["name"]
        verbose_name_plural = "retention classes"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action__in=["keep", "erase"]),
                name="retention_action_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(action="erase") | models.Q(keep_days__gte=1),
                name="erased_after_some_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def visible_to(self, user: Viewer) -> LegalHoldQuerySet:
        return self.filter(within_tenants_of(user))

    def in_force(self) -> LegalHoldQuerySet:
        return self.filter(lifted_at__isnull=True)

    def over(self, source: SourceMedia) -> LegalHoldQuerySet:
        """In force over the source or over its whole tenant."""
        whole = models.Q(source__isnull=True)
        return self.in_force().filter(
            whole | models.Q(source=source.pk), tenant=source.tenant_id
        )


class LegalHold(models.Model):
    """While it is in force, nothing of the source, or of the tenant, is erased."""

    hold_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="legal_holds")
    source = models.ForeignKey(
        "catalog.SourceMedia",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="legal_holds",
        help_text="empty: the whole tenant",
    )
    reference = models.CharField(
        max_length=100, help_text="the case's file number; no names"
    )
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    placed_at = models.DateTimeField(db_default=Now(), editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, editable=False)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        db_table = "legal_hold"
        ordering = ["-placed_at"]
        triggers = [
            pgtrigger.Protect(name="hold_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="hold_is_only_lifted", exclude=["lifted_by", "lifted_at"]
            ),
            pgtrigger.Protect(
                name="hold_is_lifted_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__lifted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.reference}"
