from __future__ import annotations

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

    def __init__(self, *args: object, user: Viewer, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as given
        tenants = Tenant.objects.visible_to(user)
        field = self.fields["tenant"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the types
        field.queryset = tenants
        field.to_field_name = "slug"
        if len(tenants) == 1:
            field.widget = field.hidden_widget()
            field.initial = tenants[0].slug
