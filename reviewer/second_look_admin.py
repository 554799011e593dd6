from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.http import HttpRequest

from catalog.admin import Window
from catalog.admin.windows import administered_by
from pipeline.admin.model_forms import MICRO, dollars
from reviewer.models import SecondLookRule
from reviewer.review_errors import people_of

if TYPE_CHECKING:
    RuleBase = forms.ModelForm[SecondLookRule]
else:
    RuleBase = forms.ModelForm


class Dollars(forms.DecimalField):
    """Shown and typed in dollars, kept in millionths of one."""

    def __init__(self, **words: Any) -> None:
        super().__init__(min_value=0, max_digits=12, decimal_places=6, **words)

    def prepare_value(self, value: Any) -> Any:
        return dollars(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        typed = super().clean(value)
        if typed is None:
            raise ValidationError(self.error_messages["required"], code="required")
        return int(typed * MICRO)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class RuleForm(RuleBase):
    loss = Dollars(
        label="A wrong value costs", help_text="US dollars, once it is released"
    )
    look_cost = Dollars(label="A second look costs", help_text="US dollars a field")


@admin.register(SecondLookRule)
class SecondLookRuleAdmin(Window):
    """When a second person reads a field before it is released: where the loss that
    this is expected to spare is above its cost. Without a row nothing is read twice.
    """

    tenant_path = "tenant"
    form = RuleForm
    list_display = ["whose", "document_type", "slot", "loss_usd", "cost_usd", "misses"]
    fields = [
        *("tenant", "document_type", "slot"),
        *("loss", "look_cost", "wait_minutes", "misses"),
    ]
    readonly_fields = ["misses"]

    @admin.display(description="tenant", ordering="tenant")
    def whose(self, rule: SecondLookRule) -> str:
        return str(rule.tenant or "all")

    @admin.display(description="a wrong value costs", ordering="loss")
    def loss_usd(self, rule: SecondLookRule) -> str:
        return f"{dollars(rule.loss)} USD"

    @admin.display(description="a second look costs", ordering="look_cost")
    def cost_usd(self, rule: SecondLookRule) -> str:
        return f"{dollars(rule.look_cost)} USD"

    @admin.display(description="how many errors people miss")
    def misses(self, rule: SecondLookRule) -> str:
        people = people_of(rule.tenant, rule.slot or None)
        if not people.measured:
            return f"{people.misses:.0%}, as is believed: nothing is measured here yet"
        return f"{people.misses:.0%}, by {people.measured} seeded checks and before"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_foreignkey(
            db_field,
            request,
            **kwargs,
            **(
                {"queryset": administered_by(request.user)}
                if db_field.name == "tenant"
                else {}
            ),
        )
        # A rule for all tenants is the operators'.
        if db_field.name == "tenant" and field and not request.user.is_superuser:
            field.required = True
        return field
