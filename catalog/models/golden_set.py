from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.golden_case import GoldenValue
from catalog.models.rules import APPEND_ONLY, erasable, open_erasure_of


class GoldenSetQuerySet(models.QuerySet["GoldenSet"]):
    def newest(self) -> GoldenSet | None:
        return self.order_by("-number").first()


# A set is whole when it is made, and takes nothing afterwards.
TAKES_NOTHING = """
IF EXISTS (SELECT 1 FROM (SELECT DISTINCT golden_set_id AS id FROM new_rows) n
    JOIN golden_set s ON s.set_id = n.id
    WHERE s.created_at < transaction_timestamp() OR s.values_count <
        (SELECT count(*) FROM golden_set_value m WHERE m.golden_set_id = n.id)) THEN
    RAISE EXCEPTION 'a frozen golden set takes no more values'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NULL;
"""


class GoldenSet(models.Model):
    """The true values that counted at one moment, frozen under a number.

    What is filed later goes into the next set; what an erasure takes is gone from every
    set, and the digest over the ids of the values then no longer fits.
    """

    set_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    digest = models.CharField(
        max_length=64, help_text="SHA-256 over the ids of its values, in order"
    )
    cases = models.PositiveIntegerField(help_text="how many when it was frozen")
    values_count = models.PositiveIntegerField(help_text="how many when it was frozen")
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = GoldenSetQuerySet.as_manager()

    class Meta:
        db_table = "golden_set"
        ordering = ["-number"]
        triggers = [pgtrigger.Protect(name="golden_set_is_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"golden set {self.number}"


class GoldenSetValue(models.Model):
    """A value's place in a frozen set."""

    id = models.BigAutoField(primary_key=True)
    golden_set = models.ForeignKey(
        GoldenSet, models.PROTECT, related_name="members", db_index=False
    )
    value = models.ForeignKey(GoldenValue, models.PROTECT, related_name="in_sets")

    class Meta:
        db_table = "golden_set_value"
        constraints = [
            models.UniqueConstraint(
                fields=["golden_set", "value"], name="value_once_a_golden_set"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="golden_set_value_is_a_record", operation=pgtrigger.Update
            ),
            pgtrigger.Trigger(
                name="golden_set_takes_nothing",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=TAKES_NOTHING,
            ),
            erasable(
                name="golden_set_value_is_kept",
                erasing=open_erasure_of(
                    "(SELECT c.source_id FROM golden_value v JOIN golden_case c"
                    " USING (case_id) WHERE v.value_id = OLD.value_id)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value_id} in {self.golden_set_id}"
