from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest

from catalog.admin import Window
from pipeline.models import DocumentType, FieldDefinition

if TYPE_CHECKING:
    TabularInline = admin.TabularInline[FieldDefinition, DocumentType]
else:
    TabularInline = admin.TabularInline


class WordsField(SimpleArrayField):
    """A list of words edited as text, one a line; empty lines do not count."""

    def __init__(self, base_field: forms.Field, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4, "cols": 18}))
        super().__init__(base_field, delimiter="\n", **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            lines = [line.strip() for line in value.splitlines()]
            value = "\n".join(dict.fromkeys(line for line in lines if line))
        return super().to_python(value)


def may_edit(request: HttpRequest) -> bool:
    """Types and versions are every tenant's, so only operators change them."""
    return request.user.is_superuser


class FieldInline(TabularInline):
    model = FieldDefinition
    extra = 0
    fields = [
        "position",
        "name",
        "shown_as",
        "value_type",
        "labels",
        "critical",
        "required",
        "hints",
    ]

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = self._narrow(db_field, request, **kwargs)
        # In a table the heading of the column is all that says what an input is.
        field.widget.attrs["aria-label"] = field.label
        return field

    def _narrow(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, ArrayField):
            return db_field.formfield(form_class=WordsField)
        # Eight columns side by side: none may be as wide as the admin likes its own.
        if db_field.name in ("name", "shown_as"):
            kwargs["widget"] = forms.TextInput(attrs={"size": 13})
        if db_field.name == "hints":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 4, "cols": 16})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)


@admin.register(DocumentType)
class DocumentTypeAdmin(Window):
    """What each kind of document holds, and the words by which it is found."""

    list_display = ["name", "field_names"]
    inlines = [FieldInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "keywords"],
                "description": "Words are written one a line. What you change here"
                " reaches pipeline versions that are drafted from now on: a released"
                " version keeps the types that it was drafted with. Only what a field"
                " is shown as changes on every page at once.",
            },
        ),
        (
            "Headings of line items",
            {
                "fields": [
                    "description_labels",
                    "quantity_labels",
                    "unit_price_labels",
                    "amount_labels",
                    "critical_lines",
                ]
            },
        ),
    ]

    @admin.display(description="fields (critical ones with a star)")
    def field_names(self, document_type: DocumentType) -> str:
        return ", ".join(
            f"{field.name}*" if field.critical else field.name
            for field in document_type.fields.all()
        )

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if isinstance(db_field, ArrayField):
            return db_field.formfield(form_class=WordsField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)
