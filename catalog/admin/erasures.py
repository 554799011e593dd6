"""How long what is kept, what must be kept, and what was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest

from catalog.admin.windows import ByTenant, OfSource, Window, administered_by
from catalog.models import Erasure, LegalHold, RetentionClass, SourceMedia
from catalog.services import SourceErased, lift_hold, place_hold

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[LegalHold]
else:
    ModelForm = forms.ModelForm


@admin.register(RetentionClass)
class RetentionClassAdmin(Window):
    """Every tenant's, so that only operators change them."""

    list_display = ["name", "keep_days", "action", "description"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name"] if obj else []


class HoldForm(ModelForm):
    source_number = forms.UUIDField(
        required=False,
        label="Source",
        help_text="The id of one source; empty: the whole tenant.",
    )

    class Meta:
        model = LegalHold
        fields = ["tenant", "source_number", "reference"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        wanted, tenant = given.get("source_number"), given.get("tenant")
        if wanted and tenant:
            found = SourceMedia.objects.kept().filter(pk=wanted, tenant=tenant).first()
            if found is None:
                raise ValidationError(
                    "This tenant has no such source, or it was erased."
                )
            self.instance.source = found
        return given


@admin.register(LegalHold)
class LegalHoldAdmin(Window):
    """Added here and lifted by the action; a hold never changes otherwise."""

    tenant_path = "tenant"
    form = HoldForm
    search_ids = ("pk", "source_id")
    search_fields = ["=reference"]
    list_display = ["reference", "tenant", "source_id", "placed_at", "lifted_at"]
    list_filter = [ByTenant, ("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["tenant"]
    actions = ["lift"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["tenant", "source_number", "reference"]
        return [field.name for field in LegalHold._meta.fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "tenant":
            kwargs["queryset"] = administered_by(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: LegalHold, form: Any, change: Any
    ) -> None:
        try:
            placed = place_hold(
                tenant=obj.tenant,
                source=obj.source,
                reference=obj.reference,
                actor=request.user,  # type: ignore[arg-type]  # the admin's own people
            )
        except SourceErased:
            messages.error(request, "The source was erased a moment ago.")
            return
        obj.pk = placed.pk

    @admin.action(description="Lift the selected holds", permissions=["view"])
    def lift(self, request: HttpRequest, chosen: QuerySet[LegalHold]) -> None:
        for hold in chosen:
            lift_hold(hold=hold, actor=request.user)  # type: ignore[arg-type]


@admin.register(Erasure)
class ErasureAdmin(OfSource):
    tenant_path = "tenant"
    search_fields = ["=reference"]
    search_help_text = "An id of the erasure or its source, or a whole reference"
    list_display = [
        "at",
        "tenant",
        "page",
        "basis",
        "reference",
        "actor",
        "finished_at",
    ]
    list_filter = [ByTenant, "basis", ("finished_at", admin.EmptyFieldListFilter)]
    list_select_related = ["source", "tenant", "actor"]
