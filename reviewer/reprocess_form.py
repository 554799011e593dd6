"""The form that begins a reprocess; as a query it is the address of its dry run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from pipeline.models import PipelineVersion, Stage
from pipeline.reprocessing import Plan, Selection
from reviewer.slice_form import Scope, SliceForm

UNTIL = [
    (Stage.CANARY.value, "The canary, then wait"),
    (Stage.SAMPLE.value, "Canary and sample, then wait"),
    (Stage.ALL.value, "All of it"),
]


class ReprocessForm(SliceForm):
    """Which version, which sources, and how far. Shares are in percent."""

    to = forms.ChoiceField(label="Read anew by")
    until_stage = forms.TypedChoiceField(
        label="How far", choices=UNTIL, coerce=int, initial=Stage.CANARY.value
    )
    canary_percent = forms.FloatField(
        label="Canary, %", min_value=0, max_value=100, initial=1
    )
    sample_percent = forms.FloatField(
        label="Sample, %", min_value=0, max_value=100, initial=10
    )
    budget = forms.DecimalField(
        label="Budget, USD",
        min_value=0,
        max_digits=12,
        decimal_places=6,
        required=False,
        help_text="Empty: no limit.",
    )
    field_order = [
        *("to", "until_stage", "canary_percent", "sample_percent", "budget"),
        *("tenant", "version", "model_id", "template_key", "document_type"),
        *("since", "until"),
    ]

    def __init__(self, data: Mapping[str, Any], *, scope: Scope) -> None:
        plan = {"until_stage": 1, "canary_percent": "1", "sample_percent": "10"}
        super().__init__({**plan, **dict(data.items())}, scope=scope)
        for name in ("step", "outcome", "state"):
            del self.fields[name]
        self.fields["version"].label = "Read so far by"
        released = [str(v) for v in PipelineVersion.objects.released()]
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - by the class above
        field.choices = [("", "Choose"), *((v, v.replace("@", " ")) for v in released)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("canary_percent", 0) + given.get("sample_percent", 0) > 100:
            self.add_error("sample_percent", "Canary and sample are at most 100 %.")
        return given

    @property
    def target(self) -> PipelineVersion:
        return PipelineVersion.objects.named(self.cleaned_data["to"])

    @property
    def selection(self) -> Selection:
        return Selection(self.slice())

    @property
    def plan(self) -> Plan:
        given = self.cleaned_data
        budget = given["budget"]
        return Plan(
            canary_share=given["canary_percent"] / 100,
            sample_share=given["sample_percent"] / 100,
            budget_micro_usd=None if budget is None else int(budget * 1_000_000),
            until_stage=Stage(given["until_stage"]),
        )

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What was asked, for the button that begins it."""
        return [(n, str(self.data[n])) for n in self.fields if self.data.get(n)]
