from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest

from catalog.admin.windows import ByTenant, Window, administered_by
from catalog.models import Membership, Tenant

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Membership]
else:
    ModelForm = forms.ModelForm


@admin.register(Tenant)
class TenantAdmin(Window):
    list_display = ["name", "slug", "created_at", "retention_class", "off_boarded_at"]
    search_fields = ["name", "slug"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.filter(pk__in=administered_by(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser


class MembershipForm(ModelForm):
    """Names a person by user name: a pick list would show everybody of every tenant."""

    person = forms.CharField(label="User name", max_length=150)

    class Meta:
        model = Membership
        fields = ["person", "tenant", "role", "crops_only"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["person"] = self.instance.user.username
            self.fields["person"].disabled = True

    def clean_person(self) -> str:
        name: str = self.cleaned_data["person"]
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise ValidationError("Nobody has this user name: an operator adds people.")
        self.instance.user = user
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "person" in given and "tenant" in given:
            known = Membership.objects.filter(
                user=self.instance.user, tenant=given["tenant"]
            )
            if known.exclude(pk=self.instance.pk).exists():
                raise ValidationError("This person is a member already: change that.")
        return given


@admin.register(Membership)
class MembershipAdmin(Window):
    """Who may do what in which tenant; the one thing here that may be taken away."""

    tenant_path = "tenant"
    form = MembershipForm
    list_display = ["user", "tenant", "role", "crops_only"]
    list_filter = [ByTenant, "role", "crops_only"]
    list_select_related = ["user", "tenant"]
    search_fields = ["user__username"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "tenant":
            kwargs["queryset"] = administered_by(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
