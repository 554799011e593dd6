"""How many more disagreements of which part of a reprocess people are to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

# Of ReprocessItem.slices.
SLICE_KEYS = ("tenant", "template", "document_type", "modality", "quality")
# Between the dimensions, and the keys, of a gate's slice of two.
CROSS = " x "
MOST_ASKED = 500
UNKNOWN_KEY = "There is no slice {key!r}: use one of {known}."


def slices_of(pairs: Mapping[str, str]) -> dict[str, str]:
    """The pairs, if each key is one. Raises ValueError with what to do."""
    for key in pairs:
        if key not in SLICE_KEYS:
            known = ", ".join(SLICE_KEYS)
            raise ValueError(UNKNOWN_KEY.format(key=key, known=known))
    return dict(pairs)


class AskingForm(forms.Form):
    """most: how many. dimension, key: a slice as a gate writes it, "template" and
    "t-1", or "template x quality" and "t-1 x low"; empty: all that was compared.
    """

    most = forms.IntegerField(
        min_value=1,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"),
            f"Say how many: a number from 1 to {MOST_ASKED}.",
        ),
    )
    dimension = forms.CharField(required=False, max_length=100)
    key = forms.CharField(required=False, max_length=200, strip=False)

    def clean_most(self) -> int:
        """A gate may want more than is opened at once."""
        return min(int(self.cleaned_data["most"]), MOST_ASKED)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        names = str(data.get("dimension") or "").split(CROSS)
        words = str(data.get("key") or "").split(CROSS, maxsplit=len(names) - 1)
        if len(words) != len(names):
            raise forms.ValidationError("Name as many keys as dimensions.")
        pairs = dict(zip(names, words, strict=True)) if names != [""] else {}
        try:
            data["slices"] = slices_of(pairs)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        return data

    @property
    def first_error(self) -> str:
        return str(next(iter(self.errors.values()))[0])
