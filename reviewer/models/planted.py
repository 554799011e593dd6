"""Questions that are checks of the review itself: a plausible error beside real doubts.

Nothing of this stands among the catalog's values: what is shown is kept here, and so
are the answers. A reviewer never learns which question was one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models.functions import Now

from catalog.compiled import compiled
from catalog.ids import new_id
from catalog.models import Tenant
from catalog.models.rules import erased_only, kept, open_erasure_of
from catalog.people import Viewer, within_tenants_of
from reviewer.models.decision import Verdict
from reviewer.models.review_item import ReviewItem
from reviewer.models.review_task import ReviewTask


class CheckShare(models.Model):
    """In which share of a tenant's cases an error is planted. Without a row: DEFAULT.

    0 switches it off.
    """

    DEFAULT = 0.04
    MOST = 0.2

    tenant = models.OneToOneField(
        Tenant, models.CASCADE, primary_key=True, related_name="+"
    )
    share = models.FloatField(
        default=DEFAULT,
        help_text="of the cases with doubtful values, 0 to 0.2; 0 plants nothing",
    )

    class Meta:
        db_table = "check_share"
        verbose_name = "share of seeded checks"
        verbose_name_plural = "shares of seeded checks"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__gte=0, share__lte=0.2),
                name="check_share_is_small",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tenant}: {self.share:.1%}"


class Confusion(models.TextChoices):
    """How a machine misreads."""

    LOOKALIKE = "lookalike", "a sign taken for one that looks like it"
    DROPPED = "dropped", "a sign left out"
    SWAPPED = "swapped", "two signs the wrong way round"
    DECIMAL = "decimal", "the decimal point elsewhere"
    DAY_MONTH = "day_month", "day and month the wrong way round"
    OTHER_FIELD = "other_field", "the value of another field"
    NEIGHBOUR = "neighbour", "what stands beside it"
    NOTHING = "nothing", "nothing found"


class PlantedErrorQuerySet(models.QuerySet["PlantedError"]):
    def of_task(self, task: ReviewTask) -> PlantedErrorQuerySet:
        return self.filter(item__task=task)

    def of_source(self, source_id: uuid.UUID) -> PlantedErrorQuerySet:
        return self.filter(item__task__source=source_id)

    def put_in(
        self,
        tenants: Iterable[uuid.UUID] | None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> PlantedErrorQuerySet:
        """Of these tenants (None: all), planted in that time."""
        found = self
        if tenants is not None:
            found = found.filter(item__task__tenant__in=tenants)
        if since is not None:
            found = found.filter(created_at__gte=since)
        return found if until is None else found.filter(created_at__lt=until)


class PlantedError(models.Model):
    """What a question shows in place of what the machine read there.

    payload and region: as a field artifact has them. known: a person had said what is
    true; else independent checks agree. learned: drawn from the installation's own
    corrections, and not from the built-in list. doubt: the task that asks in earnest,
    where an answer said something that nobody expected.
    """

    item = models.OneToOneField(
        ReviewItem, models.PROTECT, primary_key=True, related_name="planted"
    )
    kind = models.CharField(max_length=11, choices=Confusion.choices)
    family = models.CharField(
        max_length=100, help_text="the slot, without the number of a line"
    )
    payload = models.JSONField(null=True)
    region = models.JSONField(null=True)
    known = models.BooleanField()
    learned = models.BooleanField()
    doubt = models.ForeignKey(
        ReviewTask, models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PlantedErrorQuerySet.as_manager()

    class Meta:
        db_table = "planted_error"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=Confusion.values),
                name="confusion_known",
            )
        ]
        triggers = [
            erased_only(
                name="planted_error_is_a_record",
                erasing=open_erasure_of(
                    "(SELECT t.source_id FROM review_item i JOIN review_task t"
                    " USING (task_id) WHERE i.item_id = OLD.item_id)"
                ),
                scrubs={"payload": "NULL", "region": "NULL"},
                free={"doubt": "doubt_id"},
            ),
            kept("planted_error_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.family}"


class Outcome(models.TextChoices):
    CAUGHT = "caught", "caught: the true value was given"
    OTHER = "other", "caught, but another value than expected was given"
    MISSED = "missed", "missed"
    UNDONE = "undone", "taken back"


class PlantedAnswerQuerySet(models.QuerySet["PlantedAnswer"]):
    def visible_to(self, user: Viewer) -> PlantedAnswerQuerySet:
        return self.filter(within_tenants_of(user, "planted__item__task__tenant"))

    def of_task(self, task: ReviewTask) -> PlantedAnswerQuerySet:
        return self.filter(planted__item__task=task)

    def of_source(self, source_id: uuid.UUID) -> PlantedAnswerQuerySet:
        return self.filter(planted__item__task__source=source_id)

    def standing(self) -> PlantedAnswerQuerySet:
        """Answers that nobody took back."""
        return self.exclude(verdict=Verdict.UNDO).filter(undone_by__isnull=True)

    def with_answerers(self) -> PlantedAnswerQuerySet:
        """In order, and with what telling of them needs."""
        return self.select_related("reviewer", "undone_by").order_by("sequence")

    def last_of(self, user: User, *, since: datetime) -> PlantedAnswer | None:
        return next(iter(_last_of(user.pk, since)), None)

    def that_count(self) -> PlantedAnswerQuerySet:
        """The last standing answer to each planted error: what would have come of it.

        Nothing here is by person, on purpose: the figures are of teams.
        """
        newer = PlantedAnswer.objects.standing().filter(
            planted=models.OuterRef("planted"),
            sequence__gt=models.OuterRef("sequence"),
        )
        return self.standing().filter(~models.Exists(newer))

    def given(
        self,
        tenants: Iterable[uuid.UUID] | None,
        *,
        family: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> PlantedAnswerQuerySet:
        """Those that count of these tenants (None: all), given in that time."""
        found = self.that_count()
        if tenants is not None:
            found = found.filter(planted__item__task__tenant__in=tenants)
        if family is not None:
            found = found.filter(planted__family=family)
        if since is not None:
            found = found.filter(decided_at__gte=since)
        return found if until is None else found.filter(decided_at__lt=until)

    def counted(self, *by: str) -> list[dict[str, Any]]:
        """Of answers that count: answered and missed, by the columns named."""
        counts = {
            "answered": models.Count("pk"),
            "missed": models.Count("pk", filter=models.Q(outcome=Outcome.MISSED)),
        }
        if not by:
            return [self.order_by().aggregate(**counts)]
        return list(self.order_by().values(*by).annotate(**counts))


@compiled
def _last_of(user_id: int, since: datetime) -> models.QuerySet[PlantedAnswer]:
    recent = PlantedAnswer.objects.filter(reviewer_id=user_id, decided_at__gte=since)
    return recent.standing().order_by("-decided_at")[:1]


class PlantedAnswer(models.Model):
    """What a person answered to a planted error. Append-only; what it says is erasable.

    It is to a planted error what a Decision is to a doubt, with the answerer's number,
    its order and its undoing; but it makes no artifact. artifact_ref: the number under
    which it tells of one all the same, since every answer does.
    """

    decision_id = models.UUIDField(primary_key=True, editable=False)
    planted = models.ForeignKey(PlantedError, models.PROTECT, related_name="answers")
    sequence = models.PositiveSmallIntegerField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    outcome = models.CharField(max_length=6, choices=Outcome.choices)
    value = models.TextField(blank=True)
    raw = models.TextField(blank=True)
    region = models.JSONField(null=True)
    artifact_ref = models.UUIDField(default=new_id)
    active_ms = models.PositiveIntegerField(default=0)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone_by"
    )
    decided_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PlantedAnswerQuerySet.as_manager()

    class Meta:
        db_table = "planted_answer"
        ordering = ["decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["planted", "sequence"], name="planted_answer_in_sequence"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values),
                name="planted_verdict_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    verdict="undo", outcome="undone", undoes__isnull=False
                )
                | (
                    ~models.Q(verdict="undo")
                    & models.Q(
                        outcome__in=["caught", "other", "missed"], undoes__isnull=True
                    )
                ),
                name="planted_undo_says_of_what",
            ),
        ]
        indexes = [
            models.Index(
                fields=["reviewer", "-decided_at"], name="planted_answer_last"
            ),
        ]
        triggers = [
            erased_only(
                name="planted_answer_is_a_record",
                erasing=open_erasure_of(
                    "(SELECT t.source_id FROM review_item i JOIN review_task t"
                    " USING (task_id) WHERE i.item_id = OLD.planted_id)"
                ),
                scrubs={"value": "''", "raw": "''", "region": "NULL"},
            ),
            kept("planted_answer_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}"

    @property
    def stands(self) -> bool:
        """Whether it is an answer, and nobody took it back."""
        return self.verdict != Verdict.UNDO and not hasattr(self, "undone_by")
