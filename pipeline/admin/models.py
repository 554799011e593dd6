from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string

from catalog.admin import Window
from pipeline.admin.document_types import may_edit
from pipeline.admin.model_forms import EntryForm, FormulaForm, PriceForm, dollars
from pipeline.model_registry import listed
from pipeline.models import ModelEntry, ModelPrice, TokenFormula

if TYPE_CHECKING:
    Rows = admin.TabularInline[Any, ModelEntry]
    Blocks = admin.StackedInline[Any, ModelEntry]
else:
    Rows = admin.TabularInline
    Blocks = admin.StackedInline


class Dated:
    """What was valid once stays; from another day on something else can be."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PriceInline(Dated, Rows):
    model = ModelPrice
    extra = 0
    ordering = ["-valid_from"]
    form = PriceForm
    verbose_name = "price"
    verbose_name_plural = "prices, US dollars a million tokens"
    fields = ["valid_from", "input_usd", "output_usd", "cached_usd", "source"]

    # What the form calls its fields, as it is shown once it stands.
    @admin.display(description="input")
    def input_usd(self, price: ModelPrice) -> Decimal:
        return dollars(price.input_micro_usd)

    @admin.display(description="output")
    def output_usd(self, price: ModelPrice) -> Decimal:
        return dollars(price.output_micro_usd)

    @admin.display(description="input that was cached")
    def cached_usd(self, price: ModelPrice) -> Decimal:
        return dollars(price.cached_micro_usd)


class FormulaInline(Dated, Blocks):
    model = TokenFormula
    extra = 0
    ordering = ["-valid_from"]
    form = FormulaForm
    verbose_name = "formula"
    verbose_name_plural = "formulas for the tokens of a picture"

    fields = ["valid_from", "kind", *FormulaForm.NUMBERS, "source"]


def _shown(name: str) -> Callable[[FormulaInline, TokenFormula], Any]:
    @admin.display(description=FormulaForm.NUMBERS[name].label)
    def number(inline: FormulaInline, formula: TokenFormula) -> Any:
        return formula.params.get(name, "as usual")

    return number


for _name in FormulaForm.NUMBERS:
    setattr(FormulaInline, _name, _shown(_name))


@admin.register(ModelEntry)
class ModelEntryAdmin(Window):
    """Models by their weights, or by what a service's answers report."""

    form = EntryForm
    inlines = [PriceInline, FormulaInline]
    search_ids = ("pk",)
    search_fields = ["model_id", "provider", "response_version"]
    list_display = ["model_id", "known_by", "kind", "price", "used_by", "retires_at"]
    list_display += ["to_do"]
    list_filter = ["kind", "provider"]
    fields = [
        "model_id",
        "kind",
        "provider",
        "weights_digest",
        "response_version",
        "retires_at",
        "notes",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return ("model_id", "kind", "weights_digest", "response_version", "today")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is None else [*self.fields, "today"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        today = {one.entry.pk: one for one in listed()}
        for entry in changelist.result_list:
            entry.listed = today[entry.pk]
        return changelist

    @admin.display(description="known by")
    def known_by(self, entry: Any) -> str:
        weights = entry.weights_digest[:12]
        return weights or entry.response_version or "its name alone"

    @admin.display(description="price today, in and out")
    def price(self, entry: Any) -> str:
        if entry.kind == ModelEntry.Kind.LOCAL:
            return "none: it runs here"
        price = entry.listed.price
        if price is None:
            return "not known"
        both = (price.input_micro_usd, price.output_micro_usd)
        return " and ".join(str(dollars(amount)) for amount in both) + " USD"

    @admin.display(description="versions")
    def used_by(self, entry: Any) -> str:
        return ", ".join(map(str, entry.listed.versions)) or "none"

    @admin.display(description="to do")
    def to_do(self, entry: Any) -> str:
        return " ".join(entry.listed.warnings)

    @admin.display(description="today")
    def today(self, entry: ModelEntry) -> str:
        found = next(one for one in listed() if one.entry == entry)
        return render_to_string("admin/pipeline/_model.html", {"listed": found})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)
