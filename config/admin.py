"""The admin's own look, and the people in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from rest_framework.authtoken.models import TokenProxy

from catalog.models import Membership

if TYPE_CHECKING:
    People = UserAdmin[User]
    TabularInline = admin.TabularInline[Membership, User]
else:
    People = UserAdmin
    TabularInline = admin.TabularInline

admin.site.site_header = "Palimpsest"
admin.site.site_title = "Palimpsest"
admin.site.index_title = "Manage"

# The queue's own tables: what they mean for a document stands in its run.
admin.site.unregister(
    filter(admin.site.is_registered, apps.get_app_config("django_q").get_models())
)
# Roles come from memberships, and nobody reads another person's token.
admin.site.unregister([Group, TokenProxy, User])


class MembershipInline(TabularInline):
    model = Membership
    extra = 0


@admin.register(User)
class PersonAdmin(People):
    """People; for operators only. Whoever leaves is made inactive, never deleted."""

    list_display = ["username", "first_name", "last_name", "is_staff", "is_active"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        (
            "May",
            {
                "fields": ("is_active", "is_staff", "is_superuser"),
                "description": "Staff who are admin of a tenant may manage that tenant"
                " here; superusers manage all of them.",
            },
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    inlines = [MembershipInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
