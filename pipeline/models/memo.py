from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id

APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete
digest = RegexValidator(r"^[0-9a-f]{64}$", "Give the 64 hex digits of a memo key.")


class MemoRecipe(models.Model):
    """What decided a step's results apart from what it was given to read.

    components: {name: digest or short text}, see pipeline.memo.recipe. Kept so that a
    miss can be explained by naming the components that differ.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    components = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "memo_recipe"
        triggers = [pgtrigger.Protect(name="recipe_is_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.components.get('step')}: {self.digest[:12]}"


class MemoRevocation(models.Model):
    """Results that no later reading may take over; an empty column means any.

    The results themselves stay, with all that was made from them. It reaches what was
    made from from_time on, until until_time or, without one, until it was written: what
    is made anew afterwards is good again.
    """

    CRITERIA = ("step", "step_version", "pipeline_version", "model_id", "memo_key")

    revocation_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    step = models.CharField(max_length=50, blank=True)
    step_version = models.CharField(
        max_length=50, blank=True, help_text="the version of the step's code"
    )
    pipeline_version = models.CharField(
        max_length=50, blank=True, help_text="the version that made the results"
    )
    model_id = models.CharField(max_length=200, blank=True)
    memo_key = models.CharField(max_length=64, blank=True, validators=[digest])
    from_time = models.DateTimeField(null=True, blank=True)
    until_time = models.DateTimeField(
        null=True, blank=True, help_text="empty: until this revocation was written"
    )
    reason = models.TextField(help_text="what is wrong with the results")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "memo_revocation"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(
                    step="",
                    step_version="",
                    pipeline_version="",
                    model_id="",
                    memo_key="",
                    from_time__isnull=True,
                    until_time__isnull=True,
                ),
                name="revocation_names_something",
                violation_error_message=(
                    "Say which results: fill in at least one of the columns."
                ),
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="revocation_has_reason"
            ),
        ]
        triggers = [pgtrigger.Protect(name="revocation_is_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        named = (getattr(self, name) for name in self.CRITERIA)
        return " ".join(filter(None, named)) or f"{self.from_time} to {self.until_time}"
