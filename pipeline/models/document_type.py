from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from catalog.compiled import compiled
from pipeline.claims import DocumentTypeSpec, FieldSpec, ValueType

# What was proven was proven of the type as it was.
END_PROOFS = """
UPDATE acceptance_proof SET ended_at = now(), ended_because = 'document_type_changed'
WHERE ended_at IS NULL AND document_type IN ({names});
RETURN NULL;
"""
OF_FIELD = """SELECT name FROM document_type
    WHERE id IN (NEW.document_type_id, OLD.document_type_id)"""
VALUE_TYPES = [(value.value, value.value) for value in ValueType]
identifier = RegexValidator(
    r"^[a-z][a-z0-9_]*$", "Use small letters, digits and underscores, a letter first."
)


def _words(**kwargs: Any) -> ArrayField[Any, Any]:
    return ArrayField(
        models.CharField(max_length=100), default=list, blank=True, **kwargs
    )


class DocumentType(models.Model):
    """What a kind of document holds. A draft version takes a snapshot of it."""

    name = models.CharField(max_length=50, unique=True, validators=[identifier])
    keywords = _words(help_text="printed words that speak for this type")
    description_labels = _words(help_text="headings of the line items' description")
    quantity_labels = _words(help_text="headings of the line items' quantity")
    unit_price_labels = _words(help_text="headings of the line items' unit price")
    amount_labels = _words(help_text="headings of the line items' amount")

    critical_lines = models.BooleanField(
        "lines are critical",
        default=False,
        help_text="a reading is only right if its line items are",
    )

    class Meta:
        db_table = "document_type"
        ordering = ["name"]
        triggers = [
            pgtrigger.Trigger(
                name="proofs_end_with_type",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(),
                func=END_PROOFS.format(names="OLD.name, NEW.name"),
            ),
            pgtrigger.Trigger(
                name="proofs_end_without_type",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func=END_PROOFS.format(names="OLD.name"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def spec(self) -> DocumentTypeSpec:
        return DocumentTypeSpec(
            name=self.name,
            keywords=tuple(self.keywords),
            fields=tuple(definition.spec() for definition in self.fields.all()),
            line_columns={
                "description": tuple(self.description_labels),
                "quantity": tuple(self.quantity_labels),
                "unit_price": tuple(self.unit_price_labels),
                "amount": tuple(self.amount_labels),
            },
            critical_lines=self.critical_lines,
        )


class FieldDefinitionQuerySet(models.QuerySet["FieldDefinition"]):
    def names_shown(self) -> dict[str, dict[str, str]]:
        """The names given for pages: by document type, then by field."""
        found: dict[str, dict[str, str]] = {}
        for type_name, name, shown_as in _names_shown():
            found.setdefault(type_name, {})[name] = shown_as
        return found


@compiled
def _names_shown() -> models.QuerySet[FieldDefinition, tuple[str, str, str]]:
    given = FieldDefinition.objects.exclude(shown_as="").order_by()
    return given.values_list("document_type__name", "name", "shown_as")


class FieldDefinition(models.Model):
    """One field of a document type."""

    document_type = models.ForeignKey(
        DocumentType, models.CASCADE, related_name="fields"
    )
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=50, validators=[identifier])
    # Words for people decide nothing about a reading: no manifest holds them, so that
    # they can be put right without a new version.
    shown_as = models.CharField(
        max_length=60,
        blank=True,
        help_text="what it is called on pages; empty: its name in plain words",
    )
    value_type = models.CharField(max_length=10, choices=VALUE_TYPES)
    labels = _words(help_text="printed words beside or above the value, any language")
    critical = models.BooleanField(
        default=False, help_text="must be verified before a document is auto-accepted"
    )
    required = models.BooleanField(default=False)
    hints = models.JSONField(default=dict, blank=True)

    objects = FieldDefinitionQuerySet.as_manager()

    class Meta:
        db_table = "field_definition"
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["document_type", "name"], name="field_once_a_type"
            ),
            models.CheckConstraint(
                condition=models.Q(value_type__in=[v.value for v in ValueType]),
                name="field_value_type_known",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="proofs_end_with_field",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["shown_as", "position"]),
                func=END_PROOFS.format(names=OF_FIELD),
            ),
            pgtrigger.Trigger(
                name="proofs_end_with_fields",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                func=END_PROOFS.format(names=OF_FIELD),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not isinstance(self.hints, dict):
            raise ValidationError({"hints": "Give a JSON object, or {} for none."})

    def spec(self) -> FieldSpec:
        return FieldSpec(
            name=self.name,
            value_type=ValueType(self.value_type),
            labels=tuple(self.labels),
            critical=self.critical,
            required=self.required,
            hints=dict(self.hints),
        )
