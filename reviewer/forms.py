from __future__ import annotations

from typing import Any, cast

from django import forms

from catalog.models import SourceMedia, Tenant
from catalog.people import Viewer


class UploadForm(forms.Form):
    """One document for one tenant. An empty file passes: the gate says why not."""

    tenant = forms.ModelChoiceField(Tenant.objects.none(), empty_label=None)
    file = forms.FileField(
        allow_empty_file=True,
        label="Documents",
        error_messages={"required": "Choose a file first."},
    )

    def __init__(self, *args: Any, user: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Tenant]", self.fields["tenant"])
        field.queryset = Tenant.objects.visible_to(user).open()
        field.to_field_name = "slug"
        only = list(field.queryset[:2])
        if len(only) == 1:
            field.widget = field.hidden_widget()
            field.initial = only[0].slug


class EraseForm(forms.Form):
    """Whoever erases types the document's name, so that no slip of a key does it."""

    reference = forms.CharField(
        max_length=100,
        label="Reference",
        help_text="The number of the request. No names: it stays for good.",
    )
    confirm = forms.CharField(max_length=255, label="The document's name")

    def __init__(self, *args: Any, source: SourceMedia, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source

    def clean_confirm(self) -> str:
        typed: str = self.cleaned_data["confirm"]
        if typed != self.source.name.strip():
            raise forms.ValidationError("Type the name as it stands above.")
        return typed
