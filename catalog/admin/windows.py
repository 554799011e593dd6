"""Windows on rows: what can be looked at here can be neither changed nor deleted.

Operators (superusers) see everything. A member of the staff who is admin of a tenant
sees that tenant's rows; to them, other tenants' rows do not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html

from catalog.models import Membership, SourceMedia, Tenant, What
from catalog.services import note_seen

if TYPE_CHECKING:
    BasePaginator = Paginator[Any]
    ModelAdmin = admin.ModelAdmin[Any]
else:
    BasePaginator = Paginator
    ModelAdmin = admin.ModelAdmin

COUNTED = 10_000


class ShortCount(BasePaginator):
    """Counts as far as anybody pages, so that a list of millions opens at once."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:COUNTED].count()
        return len(rows)


def administered_by(user: User | AnonymousUser) -> QuerySet[Tenant]:
    return Tenant.objects.led_by(user, Membership.Role.ADMIN)


class Window(ModelAdmin):
    """Read-only, and only what belongs to the tenants that the person administers.

    tenant_path leads from the model to its tenant; "" where rows are everybody's.
    search_ids are fields that are searched when the search text is an id.
    """

    tenant_path = ""
    search_ids: tuple[str, ...] = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = ShortCount
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.user.is_superuser or not self.tenant_path:
            return rows
        return rows.filter(**{f"{self.tenant_path}__in": administered_by(request.user)})

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            # PostgreSQL knows no text with a NUL, so nothing can match it.
            return HttpResponseRedirect(request.path)
        return super().changelist_view(request, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        try:
            wanted = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        found = queryset.none()
        for name in self.search_ids:
            found = found | queryset.filter(**{name: wanted})
        return found, False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = request.user
        return user.is_superuser or administered_by(user).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ByTenant(admin.SimpleListFilter):
    """Only tenants that the person administers, so that others' names stay unknown."""

    title = "tenant"
    parameter_name = "tenant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(administered_by(request.user).values_list("slug", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        model_admin = admin.site.get_model_admin(queryset.model)
        path = getattr(model_admin, "tenant_path", "")
        return queryset.filter(**{f"{path}__slug": self.value()})


def source_link(source: SourceMedia) -> str:
    """A link to the page that shows the document and what was read."""
    return format_html(
        '<a href="{}">{}</a>', reverse("source", args=[source.pk]), source.name
    )


class OfSource(Window):
    """A window on rows that belong to a source.

    shows_values: whether the page of one row shows what the document says, so that it
    is noted who was shown it.
    """

    shows_values = False
    tenant_path = "source__tenant"
    search_ids: tuple[str, ...] = ("source_id", "pk")
    search_fields = ["=source__content_hash", "=source__name"]
    search_help_text = "An id, a content hash, or a file's whole name"
    list_select_related = ["source"]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        answer = super().change_view(request, object_id, form_url, extra_context)
        row = self.get_object(request, object_id) if self.shows_values else None
        if row is not None and isinstance(request.user, User):
            self.note(request.user, row)
        return answer

    def note(self, user: User, row: Any) -> None:
        note_seen(user=user, source=row.source, what=What.VALUES)

    @admin.display(description="source")
    def page(self, row: Any) -> str:
        return source_link(row.source)
