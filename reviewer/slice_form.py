"""The form that asks for a slice, with what there is to choose from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms

from catalog.models import State, Tenant, VersionTally
from catalog.slices import ANY, Slice
from pipeline.models import PipelineVersion
from pipeline.wording import STEPS, plain

Scope = tuple[uuid.UUID, ...] | None
Choices = list[tuple[str, str]]
DATE = forms.DateInput(attrs={"type": "date"})
STATES = [(value, plain(value)) for value in State.values] + [(ANY, "Any")]
NO_TEMPLATE = "none"


def version_choices(scope: Scope) -> Choices:
    """What speaks for sources now, and what was released: name@version."""
    rows = VersionTally.objects.of_tenants(scope).counted(
        "pipeline_name", "pipeline_version"
    )
    found = {f"{r['pipeline_name']}@{r['pipeline_version']}" for r in rows}
    drafts = PipelineVersion.objects.exclude(state=PipelineVersion.State.DRAFT)
    found |= {str(version) for version in drafts}
    return [(name, name.replace("@", " ")) for name in sorted(found)]


def _found(scope: Scope, column: str) -> list[str]:
    rows = VersionTally.objects.of_tenants(scope).counted(column)
    return [str(row[column]) for row in rows if row[column]]


def model_choices(scope: Scope) -> Choices:
    parts = {part for joined in _found(scope, "model_id") for part in joined.split("+")}
    return [(part, part) for part in sorted(parts)]


class SliceForm(forms.Form):
    """Every field may be left open. As a query it is the address of its answer."""

    version = forms.ChoiceField(label="Version", required=False)
    model_id = forms.ChoiceField(label="Model", required=False)
    template_key = forms.CharField(label="Template", required=False)
    document_type = forms.ChoiceField(label="Type", required=False)
    step = forms.ChoiceField(label="Step", required=False)
    outcome = forms.CharField(label="Its outcome", required=False)
    since = forms.DateField(label="Read from", required=False, widget=DATE)
    until = forms.DateField(label="Read before", required=False, widget=DATE)
    tenant = forms.ChoiceField(label="Tenant", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=STATES)

    def __init__(self, data: Mapping[str, Any], *, scope: Scope) -> None:
        given = {**dict(data.items()), "state": data.get("state") or State.CURRENT}
        super().__init__(given)
        self.scope = scope
        tenants = Tenant.objects.all()
        if scope is not None:
            tenants = tenants.filter(pk__in=scope)
        types = _found(scope, "document_type")
        for name, choices in {
            "version": version_choices(scope),
            "model_id": model_choices(scope),
            "document_type": [(name, plain(name)) for name in types],
            "step": list(STEPS.items()),
            "tenant": list(tenants.values_list("slug", "name")),
        }.items():
            self._offer(name, choices)

    def _offer(self, name: str, choices: Choices) -> None:
        """A value that is none of the choices counts too: it may have been once."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - by the class above
        given = str(self.data.get(name) or "")
        known = not given or given in dict(choices) or "\0" in given
        extra = [] if known else [(given, given)]
        field.choices = [("", "Any"), *choices, *(extra if name != "tenant" else [])]

    def slice(self) -> Slice:
        """Of a valid form. A tenant outside of the scope is no choice of it."""
        asked = {k: v for k, v in self.cleaned_data.items() if v not in ("", None)}
        name, _, version = asked.pop("version", "").partition("@")
        tenants = self.scope
        if slug := asked.pop("tenant", ""):
            tenants = tuple(
                Tenant.objects.filter(slug=slug).values_list("pk", flat=True)
            )
        if asked.get("template_key") == NO_TEMPLATE:
            asked["template_key"] = ""
        for key in ("since", "until"):
            asked[key] = asked[key].isoformat() if key in asked else None
        words = {"pipeline_name": name or None, "pipeline_version": version or None}
        return Slice.of({**asked, **words}, tenants=tenants)

    @property
    def query(self) -> str:
        """What was asked, for links to parts of the answer."""
        return urlencode({n: self.data[n] for n in self.fields if self.data.get(n)})

    @property
    def is_empty(self) -> bool:
        return not any(self.data.get(n) for n in self.fields if n != "state")
