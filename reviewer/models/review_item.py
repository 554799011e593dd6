from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models.functions import Coalesce

from catalog.compiled import compiled
from catalog.ids import new_id
from catalog.models import DerivedArtifact
from pipeline.rechecking import CONTRADICTIONS
from reviewer.models.review_task import ReviewTask

# The reason of what nobody was asked about, and somebody put right all the same.
BY_HAND = "by_hand"


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def real_doubts(
        self, tenant_id: uuid.UUID | None, document_type: str, *, but: Collection[str]
    ) -> Self:
        """Of documents of that type, there or (None) anywhere: none planted, and none
        for such reasons."""
        doubts = self.filter(
            task__document_type=document_type,
            task__asks=ReviewTask.Asks.DOUBTS,
            planted__isnull=True,
        ).exclude(reason__in=but)
        return doubts if tenant_id is None else doubts.filter(task__tenant=tenant_id)

    def with_a_value(self) -> ReviewItemQuerySet:
        """Open ones for which the machine found something."""
        found = self.filter(decided=False, artifact__isnull=False)
        return found.exclude(artifact__payload__value="")

    def counted_by_field(
        self, tasks: models.QuerySet[ReviewTask]
    ) -> list[tuple[str, int]]:
        """Fields that the tasks doubt, those of line items left out, most first."""
        asked = self.with_a_value().filter(task__in=tasks.values("pk"))
        fields = asked.exclude(slot__contains="[").values("slot")
        counted = fields.annotate(count=models.Count("*")).order_by("-count", "slot")
        return [(row["slot"], row["count"]) for row in counted]

    def about(self, task: ReviewTask, slot: str, decision_id: uuid.UUID) -> AskedItem:
        """A task's item with all that judging an answer of that number needs, in one
        query. Raises ReviewItem.DoesNotExist."""
        found: list[AskedItem] = _asked(
            task.pk, task.generation_id, task.tenant_id, slot, decision_id
        )
        if not found:
            raise ReviewItem.DoesNotExist
        return found[0]

    def with_what_judges(
        self, task: ReviewTask, decision_id: uuid.UUID
    ) -> models.QuerySet[Any]:
        """A task's items as AskedItem."""
        decisions = apps.get_model("reviewer", "Decision").objects
        opinions = apps.get_model("reviewer", "SecondOpinion").objects
        planted = apps.get_model("reviewer", "PlantedError").objects
        beside_those = apps.get_model("reviewer", "PlantedAnswer").objects
        settlements = apps.get_model("reviewer", "Settlement").objects.standing()
        rules = apps.get_model("reviewer", "SecondLookRule").objects
        of_item = decisions.filter(item=models.OuterRef("pk")).order_by()
        counted = of_item.values("item").annotate(n=models.Count("*")).values("n")
        others = ReviewItem.objects.filter(task=task, decided=False)
        beside = ReviewTask.objects.open().asking(ReviewTask.Asks.DIFFERENCE)
        beside = beside.filter(generation=task.generation_id).exclude(pk=task.pk)
        return (
            self.filter(task=task)
            .select_related("artifact", "other_artifact")
            .annotate(
                answer_count=Coalesce(models.Subquery(counted), 0),
                is_answered=models.Exists(of_item.standing()),
                is_asked_beside=models.Exists(beside),
                others_open=models.Exists(others.exclude(pk=models.OuterRef("pk"))),
                is_decided_so=models.Exists(decisions.filter(pk=decision_id))
                | models.Exists(beside_those.filter(pk=decision_id)),
                is_planted=models.Exists(planted.filter(pk=models.OuterRef("pk"))),
                is_beside_planted=models.Exists(planted.filter(item__task=task)),
                others_contradicted=models.Exists(
                    ReviewItem.objects.filter(
                        task=task, reason__in=[*CONTRADICTIONS]
                    ).exclude(pk=models.OuterRef("pk"))
                ),
                is_settled=models.Exists(
                    settlements.filter(item=models.OuterRef("pk"))
                ),
                is_under_rules=models.Exists(rules.for_tenant(task.tenant_id)),
                is_opinion_so=models.Exists(opinions.filter(pk=decision_id)),
            )
        )


@compiled
def _asked(
    task_id: uuid.UUID,
    generation_id: uuid.UUID,
    tenant_id: uuid.UUID,
    slot: str,
    decision_id: uuid.UUID,
) -> models.QuerySet[Any]:
    task = ReviewTask(pk=task_id, generation_id=generation_id, tenant_id=tenant_id)
    return ReviewItem.objects.with_what_judges(task, decision_id).filter(slot=slot)


class ReviewItem(models.Model):
    """One field of a task; artifact is null where nothing was found.

    other_artifact: what the newer version found there, where a task asks which of two
    versions is right; null where it found nothing. decided: nothing is left to ask of
    it, whoever or whatever settled that (see Decision and Settlement).
    """

    item_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(ReviewTask, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    slot = models.CharField(max_length=100)
    value_type = models.CharField(max_length=10)
    critical = models.BooleanField()
    artifact = models.ForeignKey(
        DerivedArtifact, models.PROTECT, null=True, related_name="+"
    )
    other_artifact = models.ForeignKey(
        DerivedArtifact, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=50)
    decided = models.BooleanField(default=False)

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        db_table = "review_item"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["task", "slot"], name="item_once_a_task")
        ]

    def __str__(self) -> str:
        return self.slot

    @property
    def is_by_hand(self) -> bool:
        return self.reason == BY_HAND


if TYPE_CHECKING:

    class AskedItem(ReviewItem):
        """An item as ReviewItemQuerySet.about() gives it.

        answer_count: how many decisions it has. is_answered: whether one of them
        stands. is_asked_beside: whether an open task asks which of two versions is
        right about the same reading. others_open: whether the task itself asks more.
        others_contradicted: whether it asked because of a check that an answer to this
        item may satisfy. is_settled: whether such an answer settled this one.
        is_decided_so, is_opinion_so: whether the number is known already. is_planted:
        whether it is a check; its answers are counted by services.planted then.
        is_beside_planted: whether the task has one. is_under_rules: whether any rule of
        second looks may be about it.
        """

        answer_count: int
        is_answered: bool
        is_asked_beside: bool
        others_open: bool
        others_contradicted: bool
        is_settled: bool
        is_decided_so: bool
        is_opinion_so: bool
        is_planted: bool
        is_beside_planted: bool
        is_under_rules: bool

        class Meta:
            abstract = True
