"""How many more disagreements of which part of a reprocess people are to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

# Of ReprocessItem.slices. Two at once are written with JOIN between, keys and words.
SLICE_KEYS = ("tenant", "template", "document_type", "modality", "quality")
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
    """most: how many. Each slice key may stand in the form with its word; one that
    does not is not narrowed by.
    """

    most = forms.IntegerField(min_value=1, max_value=MOST_ASKED)

    def slices(self) -> dict[str, str]:
        given: Any = self.data
        return {key: str(given[key]) for key in SLICE_KEYS if key in given}
