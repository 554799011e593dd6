"""The forms of gates: what one is held against, and why somebody acts."""

from __future__ import annotations

from typing import Any

from django import forms

from pipeline.gate.deciding import DEFAULT_MARGIN
from pipeline.gate.evidence import DIMENSIONS
from pipeline.gate.wording import dimension_name


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

    def margins(self) -> dict[str, float]:
        given = self.cleaned_data
        stated = {"": given["whole"], **{name: given[name] for name in DIMENSIONS}}
        return {
            name: round(percent / 100, 6)
            for name, percent in stated.items()
            if percent is not None
        }


class ActForm(forms.Form):
    """seen: the digest of the report that was looked at."""

    note = forms.CharField(max_length=200, required=False)
    seen = forms.CharField(max_length=64, required=False)
