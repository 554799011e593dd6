from __future__ import annotations

from typing import Any, cast

from django import forms

from catalog.models import Tenant
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
