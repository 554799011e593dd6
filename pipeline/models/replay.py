from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models import DerivedArtifact
from catalog.models.rules import APPEND_ONLY


class ReplayObservation(models.Model):
    """One attempt to make an artifact again, and whether the same came out.

    detail: counts and names of components, no text. Append-only.
    """

    class Verdict(models.TextChoices):
        SAME_BYTES = "SAME_BYTES"
        SAME_CANONICAL = "SAME_CANONICAL"
        WITHIN_TOLERANCE = "WITHIN_TOLERANCE"
        DIFFERS_STOCHASTIC = "DIFFERS_STOCHASTIC"
        DIFFERS_ENV = "DIFFERS_ENV"
        NOT_RUNNABLE = "NOT_RUNNABLE"
        UNEXPLAINED = "UNEXPLAINED"

    observation_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    artifact = models.ForeignKey(
        DerivedArtifact, models.PROTECT, related_name="replays"
    )
    verdict = models.CharField(max_length=18, choices=Verdict.choices)
    times = models.PositiveSmallIntegerField(help_text="how often it was made again")
    same = models.PositiveSmallIntegerField(help_text="how often the same came out")
    replayed = models.BooleanField(
        default=False, help_text="from a kept answer of a model, not from the model"
    )
    detail = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "replay_observation"
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(same__lte=models.F("times")),
                name="same_no_oftener_than_made",
            )
        ]
        triggers = [pgtrigger.Protect(name="replay_is_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.artifact_id}: {self.verdict}"
