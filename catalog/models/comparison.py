from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.generation import Generation
from catalog.models.rules import erased_only, kept, open_erasure_of
from catalog.people import Viewer, within_tenants_of

VERDICTS = ("identical", "equal", "changed", "better", "worse", "ungrounded")


OF_ONE_SOURCE = """
IF EXISTS (SELECT 1 FROM new_rows c
    JOIN generation o ON o.generation_id = c.old_generation_id
    JOIN generation n ON n.generation_id = c.new_generation_id
    WHERE (o.source_id, o.pipeline_name) <> (n.source_id, n.pipeline_name)) THEN
    RAISE EXCEPTION 'a comparison is of two readings of one source'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NULL;
"""


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def visible_to(self, user: Viewer) -> ComparisonQuerySet:
        return self.filter(within_tenants_of(user, "new_generation__source__tenant"))

    def newest_of(self, old: Generation, new: Generation) -> Comparison | None:
        """The comparison that counts: which a promotion of the two would name."""
        pair = self.filter(old_generation=old, new_generation=new)
        return pair.order_by("-comparison_id").first()


class Comparison(models.Model):
    """What differs between two generations of one source, slot by slot.

    differences: {"kind:slot": verdict}, without those that are the same; no values and
    no hashes of them, so that a comparison keeps no text of its own. A slot is called
    as the new generation calls it; that of a line which is gone as the old one did,
    with "old " before it. grounding: {slot: {"iou", "pcc", "holds"}} of the boxes that
    moved; line_matches: {old prefix: new prefix} of the lines that both have, whatever
    their numbers. Both are null where payloads were compared by hash alone.
    """

    class Verdict(models.TextChoices):
        IDENTICAL = "identical", "every payload is the same"
        EQUAL = "equal", "the same values, in the same places"
        CHANGED = "changed", "some payloads differ"
        BETTER = "better", "closer to what people know to be true"
        WORSE = "worse", "further from what people know to be true"
        UNGROUNDED = "ungrounded", "the same values, but a box lost its place"

    comparison_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    old_generation = models.ForeignKey(
        Generation, models.PROTECT, related_name="compared_as_old"
    )
    new_generation = models.ForeignKey(
        Generation, models.PROTECT, related_name="compared_as_new"
    )
    comparator_version = models.CharField(max_length=20)
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    differences = models.JSONField()
    grounding = models.JSONField(null=True)
    line_matches = models.JSONField(null=True)
    disagrees = models.BooleanField(
        null=True, help_text="a critical field says something else"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        db_table = "comparison"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(old_generation=models.F("new_generation")),
                name="comparison_of_two",
            ),
            models.UniqueConstraint(
                fields=["old_generation", "new_generation", "comparator_version"],
                name="pair_compared_once",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=VERDICTS),
                name="comparison_verdict_known",
            ),
        ]
        triggers = [
            erased_only(
                name="comparison_is_a_record",
                erasing=open_erasure_of(
                    "(SELECT source_id FROM generation"
                    " WHERE generation_id = OLD.new_generation_id)"
                ),
                scrubs={
                    "differences": "'{}'::jsonb",
                    "grounding": "NULL",
                    "line_matches": "NULL",
                },
            ),
            kept("comparison_is_kept"),
            pgtrigger.Trigger(
                name="comparison_of_one_source",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=OF_ONE_SOURCE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.old_generation_id} to {self.new_generation_id}"
