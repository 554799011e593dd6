"""The form in which a draft is changed: everything that a version freezes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ImproperlyConfigured

from pipeline import versions
from pipeline.admin import form_fields
from pipeline.admin.type_fields import KEEP, TypeChoice, type_choices, with_types
from pipeline.engines.base import EngineError
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion
from pipeline.parameters import Parameter

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[PipelineVersion]
else:
    ModelForm = forms.ModelForm


class DraftForm(ModelForm):
    """A draft's number and notes; the fields of its manifest are added for each draft
    by form_for.
    """

    types: list[TypeChoice] = []
    drawn: Manifest

    class Meta:
        model = PipelineVersion
        fields = ["version", "notes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(form_fields.initial_of(self.drawn))
        self.initial.update({choice.field_name: KEEP for choice in self.types})

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            try:
                self.changed = self._changed()
            except (ImproperlyConfigured, EngineError) as error:
                raise forms.ValidationError(
                    f"This engine cannot be used: {error}"
                ) from error
            if not self.changed.document_types:
                raise forms.ValidationError("Leave at least one document type in.")
        return cleaned

    def _changed(self) -> Manifest:
        given = self.cleaned_data
        changed = form_fields.applied(self.drawn, given)
        chosen = {choice.name: given[choice.field_name] for choice in self.types}
        return with_types(changed, self.types, chosen)

    def save(self, commit: bool = True) -> PipelineVersion:  # noqa: FBT001, FBT002 - Django's
        self.instance.manifest = self.changed.as_json()
        return super().save(commit)


def form_for(draft: PipelineVersion) -> type[DraftForm]:
    """A form made with its fields, since the admin asks the class for them."""
    manifest = Manifest.of(draft)
    base = Manifest.of(draft.base) if draft.base else None
    types = type_choices(manifest, now=versions.type_specs(), base=base)
    members: dict[str, Any] = {"types": types, "drawn": manifest}
    for section in form_fields.sections(manifest):
        members |= form_fields.fields_of_section(section)
    for choice in types:
        members[choice.field_name] = choice.form_field()
    return type("FilledDraftForm", (DraftForm,), members)


def fieldsets_for(draft: PipelineVersion) -> list[tuple[str, dict[str, Any]]]:
    manifest = Manifest.of(draft)
    base = Manifest.of(draft.base) if draft.base else None
    types = type_choices(manifest, now=versions.type_specs(), base=base)
    shown = [
        (section.title, {"fields": section.field_names})
        for section in form_fields.sections(manifest)
        if section.field_names
    ]
    return [
        *shown,
        ("Document types", {"fields": [choice.field_name for choice in types]}),
    ]


def numbers_of(manifest: Manifest) -> list[tuple[str, list[tuple[Parameter, str]]]]:
    """What a version sets, for a page that shows it: by the step's words."""
    shown = []
    for section in form_fields.sections(manifest):
        params = section.entry.params
        rows = [(one, one.value_in(params)) for one in section.parameters.values()]
        if section.entry.engine:
            options = manifest.engines[section.entry.engine]["options"]
            rows += [(one, one.value_in(options)) for one in section.options.values()]
        shown.append((section.title, [(one, one.said(value)) for one, value in rows]))
    return [(title, rows) for title, rows in shown if rows]
