from __future__ import annotations

from datetime import date
from typing import Any

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.rules import APPEND_ONLY


class ModelEntryQuerySet(models.QuerySet["ModelEntry"]):
    def local(self) -> ModelEntryQuerySet:
        return self.filter(kind=ModelEntry.Kind.LOCAL)

    def remote(self) -> ModelEntryQuerySet:
        return self.filter(kind=ModelEntry.Kind.REMOTE)

    def retiring(self, *, by: date) -> ModelEntryQuerySet:
        """Those that nobody can ask after a day; gone ones too."""
        return self.filter(retires_at__lte=by)


class ModelEntry(models.Model):
    """A model that versions name: by its weights, or by what its answers report."""

    class Kind(models.TextChoices):
        LOCAL = "local", "its weights are here"
        REMOTE = "remote", "a service answers"

    entry_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model_id = models.CharField(max_length=200, help_text="as artifacts name it")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    provider = models.CharField(max_length=50, blank=True)
    weights_digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of a local model's weights"
    )
    response_version = models.CharField(
        max_length=200, blank=True, help_text="what a service's answers call themselves"
    )
    retires_at = models.DateField(
        null=True, blank=True, help_text="from then on nobody can ask it any more"
    )
    notes = models.TextField(blank=True)
    first_seen_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ModelEntryQuerySet.as_manager()

    class Meta:
        db_table = "model_entry"
        ordering = ["model_id", "-first_seen_at"]
        verbose_name = "model"
        constraints = [
            models.UniqueConstraint(
                fields=["model_id", "weights_digest", "response_version"],
                name="model_entry_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="local", response_version="")
                | models.Q(kind="remote", weights_digest=""),
                name="model_known_by_one_of_two",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="model_entry_identity",
                fields=["model_id", "kind", "weights_digest", "response_version"],
            )
        ]

    def __str__(self) -> str:
        return self.model_id


class DatedQuerySet(models.QuerySet[Any]):
    """Rows of a model that are valid from a day until the next one's."""

    def of(self, model_id: str, *, on: date) -> Any:
        """The row valid on a day, of whichever of the model's versions; or None."""
        return (
            self.filter(model__model_id=model_id, valid_from__lte=on)
            .order_by("-valid_from", "-model__first_seen_at")
            .first()
        )


class ModelPrice(models.Model):
    """What a model's answers cost from a day on; an earlier price stays. Append-only.

    Prices are micro-USD a million tokens.
    """

    price_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.ForeignKey(ModelEntry, models.PROTECT, related_name="prices")
    valid_from = models.DateField()
    input_micro_usd = models.BigIntegerField(help_text="a million input tokens")
    output_micro_usd = models.BigIntegerField(help_text="a million output tokens")
    cached_micro_usd = models.BigIntegerField(
        default=0, help_text="a million input tokens that the service had cached"
    )
    source = models.CharField(max_length=200, blank=True, help_text="where it says so")

    objects = DatedQuerySet.as_manager()

    class Meta:
        db_table = "model_price"
        ordering = ["model", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "valid_from"], name="one_price_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    input_micro_usd__gte=0,
                    output_micro_usd__gte=0,
                    cached_micro_usd__gte=0,
                ),
                name="price_not_negative",
            ),
        ]
        triggers = [pgtrigger.Protect(name="price_is_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.model} from {self.valid_from}"


class TokenFormula(models.Model):
    """How many tokens a picture is, by a model's documentation, from a day on.

    Only where an answer does not report them; kind and params are those of
    pipeline.engines.tokens. Append-only.
    """

    class Kind(models.TextChoices):
        TILES = "tiles", "so many a tile, and a base"
        PATCHES = "patches", "one a patch, up to a cap"

    formula_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.ForeignKey(ModelEntry, models.PROTECT, related_name="formulas")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    params = models.JSONField(default=dict)
    valid_from = models.DateField()
    source = models.CharField(max_length=200, blank=True, help_text="where it says so")

    objects = DatedQuerySet.as_manager()

    class Meta:
        db_table = "token_formula"
        ordering = ["model", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "valid_from"], name="one_formula_a_day"
            )
        ]
        triggers = [pgtrigger.Protect(name="formula_is_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.kind} of {self.model} from {self.valid_from}"
