"""The forms of gates: what one is held against, and why somebody acts."""

from __future__ import annotations

from typing import Any

from django import forms

from pipeline.gate.deciding import DEFAULT_MARGIN
from pipeline.gate.errors import GateRefused
from pipeline.gate.evidence import DIMENSIONS, OF
from pipeline.gate.opening import checked
from pipeline.gate.wording import dimension_name

HOW = "write it as template:t-4f2a = 2."


class OpenGateForm(forms.Form):
    """Margins in percent; an empty one is that of the whole."""

    whole = forms.FloatField(
        label="Margin, in percent",
        initial=DEFAULT_MARGIN * 100,
        min_value=0.1,
        max_value=50,
        help_text="So many of a hundred documents may get worse. Stated once: after"
        " the first measurement it stays.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in DIMENSIONS:
            self.fields[name] = forms.FloatField(
                label=f"{dimension_name(name)}, in percent",
                required=False,
                min_value=0.1,
                max_value=50,
            )
        self.fields["single"] = forms.CharField(
            label="Single slices",
            required=False,
            max_length=5000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="One a line: dimension, colon, its name as the gate shows it,"
            " equals sign, percent; such as template:t-4f2a = 2. Dimensions:"
            f" {', '.join(DIMENSIONS)}.",
        )

    def clean_single(self) -> dict[str, float]:
        lines = self.cleaned_data["single"].splitlines()
        try:
            return checked(dict(_single(line) for line in lines if line.strip()))
        except GateRefused as refused:
            raise forms.ValidationError(str(refused)) from None

    def margins(self) -> dict[str, float]:
        given = self.cleaned_data
        stated = {"": given["whole"], **{name: given[name] for name in DIMENSIONS}}
        of_dimensions = {
            name: round(percent / 100, 6)
            for name, percent in stated.items()
            if percent is not None
        }
        return {**of_dimensions, **given["single"]}


def _single(line: str) -> tuple[str, float]:
    """The slice and its share. Raises forms.ValidationError."""
    name, _, percent = line.rpartition("=")
    if OF not in name:
        raise forms.ValidationError(f"{line!r} is about no slice: {HOW}")
    try:
        share = float(percent.strip().removesuffix("%")) / 100
    except ValueError:
        raise forms.ValidationError(f"{line!r} says no percent: {HOW}") from None
    return name.strip(), round(share, 6)


class ActForm(forms.Form):
    """seen: the digest of the report that was looked at."""

    note = forms.CharField(max_length=200, required=False)
    seen = forms.CharField(max_length=64, required=False)
