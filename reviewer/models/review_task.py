from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from catalog.ids import new_id
from catalog.models import (
    Comparison,
    DerivedArtifact,
    Generation,
    Kind,
    PromotionBatch,
    SourceMedia,
    Tenant,
)
from catalog.people import Viewer, within_tenants_of
from catalog.slices import Slice
from reviewer.models.review_task_indexes import INDEXES
from reviewer.models.skills import Scope

# How long a case is kept for a page that has not shown it yet. It is lent: who finds
# nothing else to do may have it.
AHEAD = timedelta(seconds=60)
# In triage order: priority, created_at, task_id.
Place = tuple[int, datetime, uuid.UUID]


class Stakes(models.IntegerChoices):
    """How much hangs on a task; the queue's first order."""

    LOW = 1, "low"
    MEDIUM = 2, "medium"
    HIGH = 3, "high"


class ReviewTaskQuerySet(models.QuerySet["ReviewTask"]):
    def visible_to(self, user: Viewer) -> ReviewTaskQuerySet:
        return self.filter(within_tenants_of(user, crops_too=True))

    def within(self, scopes: Iterable[Scope]) -> ReviewTaskQuerySet:
        """Those that somebody with these scopes may be given."""
        wanted = models.Q(pk__in=[])
        for scope in scopes:
            wanted |= scope.as_condition()
        return self.filter(wanted)

    def of_tenants_of(self, user: Viewer) -> ReviewTaskQuerySet:
        """As visible_to(), for long lists: it asks for the tenants first, and so the
        database knows whose tasks it wants and can walk an index in triage order.
        """
        if user.is_superuser:
            return self
        tenants = Tenant.objects.joined_by(user).values_list("pk", flat=True)
        return self.filter(tenant_id__in=list(tenants))

    def open(self) -> ReviewTaskQuerySet:
        return self.filter(state=ReviewTask.State.OPEN)

    def asking(self, asks: str) -> ReviewTaskQuerySet:
        return self.filter(asks=asks)

    def drawn(self) -> ReviewTaskQuerySet:
        """Without those that were opened since another one like them was wrong: they
        tell nothing of what was not looked at."""
        return self.filter(sibling__isnull=True)

    def release_first(self) -> ReviewTaskQuerySet:
        """Of several about one source: first that on which its release waits."""
        order = [ReviewTask.Asks.DOUBTS, *BLIND, ReviewTask.Asks.DIFFERENCE]
        ranks = [models.When(asks=asks, then=n) for n, asks in enumerate(order)]
        return self.order_by(models.Case(*ranks, default=len(order)), "created_at")

    def in_slice(self, wanted: Slice) -> ReviewTaskQuerySet:
        """Of the slice's readings."""
        return self.filter(wanted.conditions("generation"))

    def in_triage_order(self) -> ReviewTaskQuerySet:
        """High stakes first, conflicts before doubts, then the oldest."""
        return self.order_by("-priority", "created_at", "task_id")

    def reserved_by(self, user: Viewer) -> ReviewTaskQuerySet:
        return self.open().filter(
            reserver_id=user.pk, reserved_until__gt=timezone.now()
        )

    def not_skipped_by(self, user: Viewer) -> ReviewTaskQuerySet:
        return self.exclude(skipped_by__contains=[user.pk])

    def closed_to(self, user: Viewer) -> ReviewTaskQuerySet:
        """Open ones that the user answered before somebody else, and may not have."""
        return self.open().filter(asks__in=BLIND, excluded__contains=[user.pk])

    def not_closed_to(self, user: Viewer) -> ReviewTaskQuerySet:
        """Done ones are nobody's secret any more."""
        blind = models.Q(state=ReviewTask.State.OPEN, asks__in=BLIND)
        return self.exclude(blind & models.Q(excluded__contains=[user.pk]))

    def blind(self) -> ReviewTaskQuerySet:
        return self.filter(asks__in=BLIND)

    def cut_off_by(self, batch: PromotionBatch) -> ReviewTaskQuerySet:
        """Looks at unreleased values that ended when a batch brought released ones,
        oldest first."""
        looks = self.blind().filter(
            state=ReviewTask.State.WITHDRAWN,
            unseen_release__isnull=True,
            generation__released_at__isnull=True,
            generation__promoted_away__batch=batch,
            generation__promoted_away__new_generation__released_at__isnull=False,
        )
        return looks.order_by("created_at")

    def skipped_by(self, user: Viewer) -> ReviewTaskQuerySet:
        return self.open().filter(skipped_by__contains=[user.pk])

    def held_by_others(self, user: Viewer) -> ReviewTaskQuerySet:
        """Soonest end first; not what a page only has in reserve, which is lent."""
        now = timezone.now()
        held = self.open().filter(reserved_until__gt=now).exclude(reserver_id=user.pk)
        lent = models.Q(ahead=True, reserved_until__lte=now + AHEAD)
        return held.exclude(lent).order_by("reserved_until")

    def waiting_for_a_senior(self) -> ReviewTaskQuerySet:
        return self.open().filter(for_senior=True)

    def overdue(self) -> ReviewTaskQuerySet:
        return self.open().filter(due_at__lt=timezone.now())

    def finished_by(self, user: Viewer, *, since: datetime) -> ReviewTaskQuerySet:
        """Done since then, with an answer by the user in each."""
        answered = self.filter(
            items__decisions__reviewer_id=user.pk,
            items__decisions__decided_at__gte=since,
        )
        beside = self.filter(
            items__planted__answers__reviewer_id=user.pk,
            items__planted__answers__decided_at__gte=since,
        )
        return self.filter(
            models.Q(pk__in=answered.values("pk"))
            | models.Q(pk__in=beside.values("pk")),
            state=ReviewTask.State.DONE,
            done_at__gte=since,
        )

    def free_for(self, user: Viewer) -> ReviewTaskQuerySet:
        """Open ones that nobody holds now, and that the user did not skip."""
        unheld = models.Q(reserved_until__isnull=True)
        lapsed = models.Q(reserved_until__lte=timezone.now())
        return self.open().filter(unheld | lapsed).not_skipped_by(user)

    def doubting(self, slot: str) -> ReviewTaskQuerySet:
        """Those that ask whether the value of this field is right, with a value."""
        items = apps.get_model("reviewer", "ReviewItem").objects
        asked = items.with_a_value().filter(slot=slot, task=models.OuterRef("pk"))
        return self.asking(ReviewTask.Asks.DOUBTS).filter(models.Exists(asked))

    def on_sheet(self, user: Viewer, token: uuid.UUID) -> ReviewTaskQuerySet:
        """What the user holds of a sheet: all its tasks carry the sheet's token."""
        return self.open().filter(reserver_id=user.pk, reservation_token=token)

    def after(self, place: Place) -> ReviewTaskQuerySet:
        """What follows a place in triage order."""
        priority, created_at, task_id = place
        same_priority = models.Q(priority=priority)
        return self.filter(
            same_priority & models.Q(created_at=created_at, task_id__gt=task_id)
            | same_priority & models.Q(created_at__gt=created_at)
            | models.Q(priority__lt=priority),
            # Says nothing new, but is what the index can start from.
            priority__lte=priority,
        )

    def facets(self) -> list[dict[str, Any]]:
        """Counts by tenant (its id), question, document type, reason and stakes."""
        keys = ("tenant_id", "asks", "document_type", "reason", "stakes")
        return list(self.values(*keys).annotate(count=models.Count("*")).order_by())

    def with_rows(self) -> ReviewTaskQuerySet:
        """With all that a row of the queue shows, in a fixed number of queries.

        Of the items only the open ones, of the artifacts only the thumbnail.
        """
        from reviewer.models.review_item import ReviewItem

        thumbnails = DerivedArtifact.objects.of_kind(Kind.THUMBNAIL).only(
            "artifact_id", "generation_id"
        )
        return self.select_related("tenant", "source", "reserver").prefetch_related(
            models.Prefetch("items", ReviewItem.objects.filter(decided=False)),
            models.Prefetch("generation__artifacts", thumbnails),
        )


# Whose page shows nothing of what others answered before.
BLIND = ("second", "third")


class ReviewTask(models.Model):
    """What a person is asked about one generation, and who holds it until when.

    Narrow on purpose: no text and no values, so that the queue stays fast when long.
    """

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        WITHDRAWN = "withdrawn"

    class Asks(models.TextChoices):
        DOUBTS = "doubts", "whether doubtful values are right"
        DIFFERENCE = "difference", "which of two versions is right"
        AUDIT = "audit", "whether what was accepted unseen is right"
        SECOND = "second", "what a second person reads, who sees no answer"
        THIRD = "third", "which of two people's answers is right"

    task_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    source = models.ForeignKey(SourceMedia, models.PROTECT, related_name="review_tasks")
    generation = models.ForeignKey(
        Generation, models.PROTECT, related_name="review_tasks"
    )
    asks = models.CharField(max_length=10, choices=Asks.choices, db_default=Asks.DOUBTS)
    comparison = models.ForeignKey(
        Comparison,
        models.PROTECT,
        null=True,
        related_name="review_tasks",
        help_text="of the two generations between which people choose",
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    stakes = models.SmallIntegerField(choices=Stakes.choices)
    priority = models.IntegerField(help_text="triage order, highest first")
    reason = models.CharField(max_length=50, help_text="why it is here, an enum word")
    document_type = models.CharField(max_length=50, blank=True)
    template_key = models.CharField(max_length=40, blank=True)
    language = models.CharField(
        max_length=10, blank=True, db_default="", help_text="empty: nobody knows"
    )
    for_senior = models.BooleanField(
        db_default=False, help_text="somebody asked for a senior reviewer"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField(null=True, help_text="when it should be answered")
    done_at = models.DateTimeField(null=True)
    reserver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    reservation_token = models.UUIDField(null=True)
    reserved_until = models.DateTimeField(null=True)
    ahead = models.BooleanField(
        db_default=False, help_text="reserved, and not shown to the person yet"
    )
    skipped_by = ArrayField(models.IntegerField(), default=list, blank=True)
    excluded = ArrayField(
        models.IntegerField(),
        default=list,
        db_default=[],
        blank=True,
        help_text="who answered before, and may not have it while it is open",
    )

    objects = ReviewTaskQuerySet.as_manager()

    class Meta:
        db_table = "review_task"
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "asks"],
                condition=models.Q(state="open"),
                name="one_open_task_of_a_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(asks="difference", comparison__isnull=False)
                | (~models.Q(asks="difference") & models.Q(comparison__isnull=True)),
                name="difference_has_comparison",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    reserver__isnull=True,
                    reservation_token__isnull=True,
                    reserved_until__isnull=True,
                )
                | models.Q(
                    reserver__isnull=False,
                    reservation_token__isnull=False,
                    reserved_until__isnull=False,
                ),
                name="reservation_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(done_at__isnull=False),
                name="done_task_has_time",
            ),
        ]
        indexes = INDEXES

    def __str__(self) -> str:
        return f"{self.get_state_display()} review task"

    @property
    def asks_which(self) -> bool:
        """Whether it asks a person to choose between two versions."""
        return self.asks == self.Asks.DIFFERENCE

    @property
    def is_blind(self) -> bool:
        """Whether nothing may be seen of the answers that others gave before."""
        return self.asks in BLIND

    @property
    def shows_two(self) -> bool:
        """Whether two values are to choose from: two versions', or two people's."""
        return self.asks in (self.Asks.DIFFERENCE, self.Asks.THIRD)

    @property
    def releases(self) -> bool:
        """Whether the release of the values waits for its answers."""
        return self.asks == self.Asks.DOUBTS or self.is_blind

    def withdraw(self) -> None:
        """Ask it no more; whoever holds it learns so with the next answer."""
        self.state = self.State.WITHDRAWN
        self.reserver = self.reservation_token = self.reserved_until = None
        self.ahead = False
        self.save()

    @property
    def is_held(self) -> bool:
        return self.reserved_until is not None and self.reserved_until > timezone.now()

    def is_held_by_other(self, user: Viewer) -> bool:
        return self.is_held and self.reserver_id != user.pk and not self.is_lent

    @property
    def is_lent(self) -> bool:
        """A page has it in reserve only, and did not show it yet."""
        if not self.ahead or self.reserved_until is None:
            return False
        return self.reserved_until <= timezone.now() + AHEAD
