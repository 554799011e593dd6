"""Forms for models: dollars instead of micro-USD, numbers instead of JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from pipeline.engines.tokens import Formula, UnknownFormula
from pipeline.models import ModelEntry, ModelPrice, TokenFormula

if TYPE_CHECKING:
    EntryBase = forms.ModelForm[ModelEntry]
    PriceBase = forms.ModelForm[ModelPrice]
    FormulaBase = forms.ModelForm[TokenFormula]
else:
    EntryBase = PriceBase = FormulaBase = forms.ModelForm

MICRO = 1_000_000
_MOST = Decimal(1_000_000)  # dollars a million tokens


def dollars(micro_usd: int) -> Decimal:
    """With two places, or as many as it has: "0.40", "15.00", "0.075"."""
    amount = Decimal(micro_usd) / MICRO
    short = amount.quantize(Decimal("0.01"))
    return short if short == amount else Decimal(f"{amount.normalize():f}")


class EntryForm(EntryBase):
    class Meta:
        model = ModelEntry
        fields = ["model_id", "kind", "provider", "weights_digest"]
        fields += ["response_version", "retires_at", "notes"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        local = cleaned.get("kind") == ModelEntry.Kind.LOCAL
        wrong = "response_version" if local else "weights_digest"
        if cleaned.get(wrong):
            who = "A local model" if local else "A service's model"
            known = "its weights" if local else "what its answers report"
            self.add_error(wrong, f"{who} is known by {known}: leave this empty.")
        return cleaned


def _amount(label: str, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=_MOST, decimal_places=6, required=required
    )


class PriceForm(PriceBase):
    input_usd = _amount("input")
    output_usd = _amount("output")
    # Left empty it is no gift: then cached input costs as much as other input.
    cached_usd = _amount("input that was cached (empty: as input)", required=False)

    class Meta:
        model = ModelPrice
        fields = ["valid_from", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # In a table the heading of the column is all that says what an input is.
            field.widget.attrs["aria-label"] = field.label

    def save(self, commit: bool = True) -> ModelPrice:  # noqa: FBT001, FBT002 - Django's
        given = self.cleaned_data
        for name in ("input", "output", "cached"):
            amount = given[f"{name}_usd"]
            amount = given["input_usd"] if amount is None else amount
            setattr(self.instance, f"{name}_micro_usd", int(amount * MICRO))
        return super().save(commit)


def _number(label: str, *, whole: bool = True) -> forms.Field:
    kind: Any = forms.IntegerField if whole else forms.FloatField
    field: forms.Field = kind(label=label, min_value=0, required=False)
    return field


class FormulaForm(FormulaBase):
    """What is left empty is as pipeline.engines.tokens has it."""

    NUMBERS = {
        "base": _number("Tiles: tokens of any picture (usually 85)"),
        "each": _number("Tiles: tokens of a tile (170)"),
        "tile": _number("Tiles: pixels of a tile's side (512)"),
        "shortest": _number("Tiles: shorter side at most, pixels (768)"),
        "patch": _number("Patches: pixels of a patch's side (32)"),
        "most": _number("Patches: tokens at most (1536)"),
        "multiplier": _number("Patches: times this (1)", whole=False),
        "longest": _number("Longer side at most, pixels (tiles 2048, patches any)"),
    }

    class Meta:
        model = TokenFormula
        fields = ["valid_from", "kind", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.NUMBERS:
            self.initial[name] = self.instance.params.get(name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = {n: cleaned[n] for n in self.NUMBERS if cleaned.get(n) is not None}
        # Patches that are no 32 pixels are counted step by step (Claude's 28).
        if cleaned.get("kind") == "patches" and given.get("patch", 32) != 32:
            given["aligned"] = False
        try:
            Formula(str(cleaned.get("kind")), given).tokens(1000, 1000)
        except (UnknownFormula, ArithmeticError):
            raise ValidationError(
                "Fill in only the numbers of the kind that you chose, none of them 0"
                " where something is divided by it."
            ) from None
        self.instance.params = given
        return cleaned


# The fields by name, as the admin asks the class for them.
for _name, _field in FormulaForm.NUMBERS.items():
    FormulaForm.base_fields[_name] = _field
    FormulaForm.declared_fields[_name] = _field
