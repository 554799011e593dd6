from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest

from catalog.admin import Window
from catalog.admin.windows import administered_by
from reviewer.models import SecondLookRule
from reviewer.review_errors import people_of


@admin.register(SecondLookRule)
class SecondLookRuleAdmin(Window):
    """When a second person reads a field before it is released: where the loss that
    this is expected to spare is above its cost. Without a row nothing is read twice.
    """

    tenant_path = "tenant"
    list_display = ["whose", "document_type", "slot", "loss", "look_cost", "misses"]
    fields = [
        *("tenant", "document_type", "slot"),
        *("loss", "look_cost", "wait_minutes", "misses"),
    ]
    readonly_fields = ["misses"]

    @admin.display(description="tenant", ordering="tenant")
    def whose(self, rule: SecondLookRule) -> str:
        return str(rule.tenant or "all")

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
