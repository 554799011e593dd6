"""Second looks: the rules that ask for them, and why each field got one."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.models import Generation, Tenant
from catalog.models.rules import APPEND_ONLY
from reviewer.models.decision import Decision
from reviewer.models.review_item import ReviewItem
from reviewer.models.review_task import ReviewTask


class SecondLookRuleQuerySet(models.QuerySet["SecondLookRule"]):
    def for_tenant(self, tenant_id: uuid.UUID) -> SecondLookRuleQuerySet:
        """Its own, and those for all."""
        mine = models.Q(tenant=tenant_id) | models.Q(tenant__isnull=True)
        return self.filter(mine)

    def of(self, tenant_id: uuid.UUID, document_type: str) -> dict[str, SecondLookRule]:
        """The rule of each slot; under "" that of all others.

        A tenant's own rule comes before one for all, then one of a field before one of
        all fields, then one of a document type.
        """
        of_tenant = self.for_tenant(tenant_id)
        found = of_tenant.filter(document_type__in=["", document_type])
        best: dict[str, SecondLookRule] = {}
        for rule in sorted(found, key=lambda one: one.rank):
            best[rule.slot] = rule
        everything = best.get("")
        if everything is None:
            return best
        # A tenant's rule for all its fields is before anybody else's for one of them.
        return {
            slot: rule if rule.rank >= everything.rank else everything
            for slot, rule in best.items()
        }


class SecondLookRule(models.Model):
    """What a wrong value costs and what a look costs; no row: nothing is asked twice.

    Both in one unit: micro-USD, or any other that is the same everywhere.
    """

    tenant = models.ForeignKey(
        Tenant,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="empty: all tenants",
    )
    document_type = models.CharField(
        max_length=50, blank=True, help_text="its word; empty: all"
    )
    slot = models.CharField(
        "field", max_length=100, blank=True, help_text="its word; empty: all"
    )
    loss = models.BigIntegerField(
        help_text="by a wrong value that is released, in micro-USD or any unit"
    )
    look_cost = models.BigIntegerField(
        help_text="of a second look at it, in the same unit"
    )
    wait_minutes = models.PositiveIntegerField(
        default=24 * 60,
        help_text="after which it is released without a second look, where nobody else"
        " may look",
    )

    objects = SecondLookRuleQuerySet.as_manager()

    class Meta:
        db_table = "second_look_rule"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "document_type", "slot"],
                nulls_distinct=False,
                name="one_second_look_rule_a_field",
            ),
            models.CheckConstraint(
                condition=models.Q(loss__gte=0, look_cost__gt=0, wait_minutes__gt=0),
                name="second_look_rule_has_costs",
            ),
        ]

    def __str__(self) -> str:
        about = " ".join(filter(None, (self.document_type, self.slot)))
        return f"second look at {about or 'everything'}"

    @property
    def rank(self) -> int:
        """The higher, the more it is about one thing."""
        return 4 * bool(self.tenant_id) + 2 * bool(self.slot) + bool(self.document_type)


class BlindLookQuerySet(models.QuerySet["BlindLook"]):
    def after(self, task: ReviewTask) -> BlindLookQuerySet:
        """The looks that a task's answers gave rise to, and that were not withdrawn."""
        given = models.Q(first__item__task=task) | models.Q(second__item__task=task)
        return self.filter(given).exclude(item__task__state=ReviewTask.State.WITHDRAWN)

    def owed_to(self, generation: Generation) -> BlindLookQuerySet:
        """Those that a newer reading cut off: what was answered was carried over to it,
        and nobody else has looked. Newest first.
        """
        cut_off = self.filter(
            item__task__source=generation.source_id,
            item__task__state=ReviewTask.State.WITHDRAWN,
            item__task__unseen_release__isnull=True,
            first__undone_by__isnull=True,
        )
        mine = models.Q(item__task__generation=generation)
        found = cut_off.exclude(mine).select_related("first__item", "second__item")
        return found.order_by("-opened_at")

    def compared(self) -> BlindLookQuerySet:
        """Second looks that are done, with the first answers. Not while a third person
        is still to decide, who must not learn what the two have said.
        """
        third = ReviewTask.objects.open().asking(ReviewTask.Asks.THIRD)
        done = self.filter(second=None, item__task__state=ReviewTask.State.DONE)
        return done.exclude(
            models.Exists(third.filter(source=models.OuterRef("item__task__source")))
        ).select_related(
            "first__artifact", "first__reviewer", "first__item__task__source"
        )

    def of_task(self, task: ReviewTask) -> BlindLookQuerySet:
        return self.filter(item__task=task).select_related(
            "first__artifact", "first__item__artifact", "second__artifact"
        )


class BlindLook(models.Model):
    """Why a field was given to another person, who sees no answer before theirs.

    Of a third person's item: second is the answer that differs from the first. It holds
    numbers and no values, and so stays when a source is erased. Append-only.
    """

    item = models.OneToOneField(
        ReviewItem, models.PROTECT, primary_key=True, related_name="blind_look"
    )
    first = models.ForeignKey(Decision, models.PROTECT, related_name="looks_after")
    second = models.ForeignKey(
        Decision, models.PROTECT, null=True, related_name="looks_between"
    )
    p_error = models.FloatField(help_text="that the first answer is wrong, 0..1")
    catch = models.FloatField(help_text="that a second person finds it, 0..1")
    loss = models.BigIntegerField()
    look_cost = models.BigIntegerField()
    waits_until = models.DateTimeField(
        help_text="then it is released without, where nobody else may look"
    )
    opened_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = BlindLookQuerySet.as_manager()

    class Meta:
        db_table = "blind_look"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(p_error__gte=0, p_error__lte=1)
                & models.Q(catch__gte=0, catch__lte=1),
                name="blind_look_has_shares",
            )
        ]
        triggers = [pgtrigger.Protect(name="blind_look_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"another look at {self.item}"


class UnseenRelease(models.Model):
    """That a second look was asked for and the values went out without it."""

    class Because(models.TextChoices):
        WAITED = "waited", "nobody else may review it, and the time to wait was over"
        MANAGER = "manager", "a manager released it"

    task = models.OneToOneField(
        ReviewTask, models.PROTECT, primary_key=True, related_name="unseen_release"
    )
    because = models.CharField(max_length=7, choices=Because.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "unseen_release"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(because="manager", actor__isnull=False)
                | models.Q(because="waited", actor__isnull=True),
                name="unseen_release_by_whom",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="unseen_release_kept", operation=APPEND_ONLY)
        ]

    def __str__(self) -> str:
        return f"released without a second look: {self.get_because_display()}"
