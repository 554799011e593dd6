from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models.functions import Now

from catalog.compiled import compiled
from catalog.models import DerivedArtifact, Tenant
from catalog.models.rules import APPEND_ONLY, erasable, open_erasure_of
from catalog.people import Viewer, within_tenants_of
from reviewer.models.durations import FieldOf, spread_of
from reviewer.models.review_item import ReviewItem
from reviewer.models.review_task import ReviewTask


class Verdict(models.TextChoices):
    CONFIRM = "confirm", "the value is right"
    CORRECT = "correct", "another value is right"
    ABSENT = "absent", "the document does not say"
    UNREADABLE = "unreadable", "it is there but cannot be read"
    UNDO = "undo", "the answer before was taken back"


# What a person says of a field; an undo is said of an answer.
ANSWERS = [verdict for verdict in Verdict if verdict is not Verdict.UNDO]


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: Viewer) -> DecisionQuerySet:
        return self.filter(
            within_tenants_of(user, "item__task__tenant", crops_too=True)
        )

    def of_task(self, task: ReviewTask) -> DecisionQuerySet:
        return self.filter(item__task=task)

    def standing(self) -> DecisionQuerySet:
        """Answers that nobody took back."""
        return self.exclude(verdict=Verdict.UNDO).filter(undone_by__isnull=True)

    def timed(
        self, tenants: Iterable[Tenant], *, since: datetime, until: datetime
    ) -> DecisionQuerySet:
        """Answers given in that time of which the time at work is known."""
        return self.filter(
            item__task__tenant__in=list(tenants),
            decided_at__gte=since,
            decided_at__lt=until,
            active_ms__gt=0,
        ).exclude(verdict=Verdict.UNDO)

    def handle_times(self) -> list[dict[str, Any]]:
        """How long answers take by question, document type and field, most work first:
        the figures of spread_of(), in milliseconds."""
        task = "item__task__"
        keys = {
            "asks": models.F(f"{task}asks"),
            "type": models.F(f"{task}document_type"),
        }
        by: Any = self.annotate(field=FieldOf("item__slot"), **keys).order_by()
        rows = by.values("asks", "type", "field").annotate(**spread_of("active_ms"))
        return list(rows.order_by("-total", "type", "field"))

    def last_of(self, user: User, *, since: datetime) -> Decision | None:
        """The user's last answer that nobody took back, given since then."""
        return next(iter(_last_of(user.pk, since)), None)


@compiled
def _last_of(user_id: int, since: datetime) -> models.QuerySet[Decision]:
    recent = Decision.objects.filter(reviewer_id=user_id, decided_at__gte=since)
    return recent.standing().order_by("-decided_at")[:1]


class Decision(models.Model):
    """What a person answered about one field. Append-only.

    The id is made by the answerer, so that an answer sent twice is one decision.
    """

    decision_id = models.UUIDField(primary_key=True, editable=False)
    item = models.ForeignKey(ReviewItem, models.PROTECT, related_name="decisions")
    sequence = models.PositiveSmallIntegerField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="decisions",
        db_index=False,
    )
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    artifact = models.OneToOneField(
        DerivedArtifact,
        models.PROTECT,
        related_name="decision",
        help_text="what the decision made",
    )
    active_ms = models.PositiveIntegerField(default=0, help_text="time at work on it")
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone_by"
    )
    decided_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        db_table = "decision"
        ordering = ["decided_at"]
        constraints = [
            # Two answers to the same question at once: one is first, one is refused.
            models.UniqueConstraint(
                fields=["item", "sequence"], name="decision_in_sequence"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values),
                name="decision_verdict_known",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="undo", undoes__isnull=False)
                | (~models.Q(verdict="undo") & models.Q(undoes__isnull=True)),
                name="undo_says_of_what",
            ),
        ]
        indexes = [
            models.Index(fields=["reviewer", "-decided_at"], name="decision_last")
        ]
        triggers = [pgtrigger.Protect(name="decision_is_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.reviewer}"

    @property
    def stands(self) -> bool:
        """Whether it is an answer, and nobody took it back."""
        return self.verdict != Verdict.UNDO and not hasattr(self, "undone_by")


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def that_stand(self) -> CorrectionQuerySet:
        """Of answers that nobody took back."""
        return self.filter(decision__undone_by__isnull=True)


class Correction(models.Model):
    """What a decision changed, both values and both boxes. Append-only."""

    class How(models.TextChoices):
        TYPED = "typed"
        WORDS = "words", "picked on the page"
        CANDIDATE = "candidate", "another reading of the machine"
        VERSION = "version", "what the newer version says"

    decision = models.OneToOneField(
        Decision, models.PROTECT, primary_key=True, related_name="correction"
    )
    how = models.CharField(max_length=9, choices=How.choices)
    old_value = models.TextField(blank=True)
    old_region = models.JSONField(null=True)
    new_value = models.TextField(blank=True)
    new_region = models.JSONField(null=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        db_table = "correction"
        triggers = [
            pgtrigger.Protect(
                name="correction_is_a_record", operation=pgtrigger.Update
            ),
            erasable(
                name="correction_is_kept",
                erasing=open_erasure_of(
                    "(SELECT a.source_id FROM decision d JOIN derived_artifact a"
                    " USING (artifact_id) WHERE d.decision_id = OLD.decision_id)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.decision_id}"
