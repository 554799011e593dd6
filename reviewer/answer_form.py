"""An answer as it comes from a form or a script."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from catalog.regions import Region
from reviewer.answers import LONGEST_VALUE, Answer
from reviewer.desk import from_field
from reviewer.models import ANSWERS, Correction, Verdict

LONGEST_WORK = 24 * 60 * 60 * 1000  # milliseconds; more is a broken clock
# What it says to choose one of them; the task knows what they found.
OF_TWO_VERSIONS = {
    "older": (Verdict.CONFIRM, Correction.How.CANDIDATE),
    "newer": (Verdict.CORRECT, Correction.How.VERSION),
}


class AnswerForm(forms.Form):
    """choice is the button pressed: a verdict, "older" or "newer" of two versions, or
    "candidate|region|value".
    """

    token = forms.UUIDField()
    decision_id = forms.UUIDField()
    slot = forms.CharField(max_length=100)
    choice = forms.CharField(max_length=LONGEST_VALUE + 200)
    value = forms.CharField(max_length=LONGEST_VALUE, required=False, strip=True)
    region = forms.CharField(max_length=100, required=False)
    active_ms = forms.IntegerField(min_value=0, max_value=LONGEST_WORK, required=False)
    seen = forms.IntegerField(min_value=0, max_value=32_000, required=False)
    shown = forms.CharField(max_length=LONGEST_VALUE, required=False)

    def clean_region(self) -> Region | None:
        try:
            return from_field(self.cleaned_data["region"])
        except ValueError as error:
            raise forms.ValidationError("That is no place on a page.") from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        choice = str(data.get("choice", ""))
        if choice.startswith("candidate|"):
            place, _, value = choice.removeprefix("candidate|").partition("|")
            try:
                data["region"] = from_field(place)
            except ValueError:
                self.add_error("choice", "That is no place on a page.")
            data |= {"verdict": Verdict.CORRECT, "value": value}
            data["how"] = Correction.How.CANDIDATE
        elif choice in OF_TWO_VERSIONS:
            data["verdict"], data["how"] = OF_TWO_VERSIONS[choice]
            data |= {"value": "", "region": None}
        elif choice in ANSWERS:
            data["verdict"] = Verdict(choice)
            shown = data.get("region") is not None
            data["how"] = Correction.How.WORDS if shown else Correction.How.TYPED
        else:
            self.add_error("choice", "Say which answer it is.")
        return data

    @property
    def held_by(self) -> uuid.UUID:
        """The token of the reservation under which the answer is given."""
        token: uuid.UUID = self.cleaned_data["token"]
        return token

    @property
    def first_error(self) -> str:
        return str(next(iter(self.errors.values()))[0])

    def answer(self) -> Answer:
        data = self.cleaned_data
        return Answer(
            decision_id=data["decision_id"],
            slot=data["slot"],
            verdict=data["verdict"],
            value=data["value"],
            region=data["region"],
            how=data["how"],
            active_ms=data["active_ms"] or 0,
            seen=data["seen"],
            shown=data["shown"],
        )
