from __future__ import annotations

from typing import Any, cast

from django import forms

from catalog.api.access import MANAGERS
from catalog.models import Tenant
from catalog.people import Viewer
from reviewer.exports import released_generations
from reviewer.filters import SourceListFilter

FORMS = [("csv", "CSV"), ("json", "JSON")]


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
        field.queryset = Tenant.objects.visible_to(user)
        field.to_field_name = "slug"
        only = list(field.queryset[:2])
        if len(only) == 1:
            field.widget = field.hidden_widget()
            field.initial = only[0].slug


class ExportForm(forms.Form):
    """The released values of what a source list shows, of one tenant, in one form.

    Only tenants whose values the user may export can be chosen; where the list is
    narrowed to one, only that.
    """

    tenant = forms.ModelChoiceField(
        Tenant.objects.none(),
        empty_label=None,
        to_field_name="slug",
        error_messages={
            "required": "Choose the tenant whose values you want.",
            "invalid_choice": "Only managers and admins of a tenant export its values.",
        },
    )
    form = forms.ChoiceField(choices=FORMS)

    def __init__(
        self, *args: Any, user: Viewer, narrowed: SourceListFilter, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.narrowed = narrowed
        tenants = Tenant.objects.led_by(user, *MANAGERS).order_by("name")
        if chosen := narrowed.form["tenant"].value():
            tenants = tenants.filter(slug=chosen)
        field = cast("forms.ModelChoiceField[Tenant]", self.fields["tenant"])
        field.queryset = tenants
        self.tenants = list(tenants)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.narrowed.is_valid():
            # An unreadable filter would let everything through.
            raise forms.ValidationError("Put the filters right first.")
        found = self.narrowed.qs
        if "tenant" in given:
            if not released_generations(given["tenant"], sources=found).exists():
                raise forms.ValidationError("None of these has released values yet.")
            given["sources"] = found
        return given

    @property
    def first_error(self) -> str:
        return str(next(iter(self.errors.values()))[0])
