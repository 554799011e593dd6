from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class PipelinePolicy(models.Model):
    """What becomes of old readings when a pipeline has a new version."""

    class Mode(models.TextChoices):
        EAGER = "eager", "read everything anew"
        LAZY = "lazy", "read a document anew when somebody asks for it"
        PINNED = "pinned", "leave what was read as it is"

    name = models.CharField(primary_key=True, max_length=50)
    mode = models.CharField(max_length=6, choices=Mode.choices, default=Mode.PINNED)
    proof_required = models.BooleanField(
        default=False, help_text="accept nothing unseen without a standing proof"
    )
    audit_share = models.FloatField(
        default=0.02, help_text="of what was accepted unseen is shown to people, 0..1"
    )
    audit_bound = models.FloatField(
        null=True,
        blank=True,
        help_text="prove that at most this share of each accepted field is wrong, 0..1;"
        " empty: the share above is all",
    )
    audit_days = models.PositiveSmallIntegerField(
        default=30, help_text="within which it should be proven"
    )
    sized_share = models.FloatField(
        null=True,
        editable=False,
        help_text="what the bound asks for, as it was last computed",
    )
    budget_micro_usd = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="what reading everything anew may cost; none: no limit",
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "pipeline_policy"
        verbose_name_plural = "pipeline policies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audit_share__gte=0, audit_share__lte=1),
                name="audit_share_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(audit_bound__isnull=True)
                | models.Q(audit_bound__gt=0, audit_bound__lt=1),
                name="audit_bound_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(sized_share__isnull=True)
                | models.Q(sized_share__gte=0, sized_share__lte=1),
                name="sized_share_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(audit_days__gt=0), name="audit_takes_days"
            ),
            models.CheckConstraint(
                condition=models.Q(budget_micro_usd__isnull=True)
                | models.Q(budget_micro_usd__gte=0),
                name="policy_budget_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.mode}"
