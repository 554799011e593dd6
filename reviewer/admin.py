from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest

from catalog.admin import ByTenant, OfSource
from catalog.admin.windows import Window, administered_by
from catalog.models import Membership
from reviewer import second_look_admin  # noqa: F401 - registers
from reviewer.models import CheckShare, ReviewItem, ReviewTask, Skills, Turnaround
from reviewer.reasons import reason_text

if TYPE_CHECKING:
    TabularInline = admin.TabularInline[ReviewItem, ReviewTask]
else:
    TabularInline = admin.TabularInline

COLUMNS = ("position", "slot", "value_type", "critical", "why", "decided")


class ItemInline(TabularInline):
    model = ReviewItem
    fields = COLUMNS
    readonly_fields = COLUMNS
    extra = 0
    can_delete = False

    @admin.display(description="reason")
    def why(self, item: ReviewItem) -> str:
        return reason_text(item.reason)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Skills)
class SkillsAdmin(Window):
    """What each member may be given to review; without an entry: everything."""

    tenant_path = "membership__tenant"
    list_display = ["membership", "types", "tongues", "senior"]
    list_filter = ["senior"]
    list_select_related = ["membership__user", "membership__tenant"]
    fields = ["membership", "document_types", "languages", "senior"]

    @admin.display(description="document types")
    def types(self, skills: Skills) -> str:
        return ", ".join(skills.document_types) or "all"

    @admin.display(description="languages")
    def tongues(self, skills: Skills) -> str:
        return ", ".join(skills.languages) or "all"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "membership":
            own = administered_by(request.user)
            kwargs["queryset"] = Membership.objects.filter(tenant__in=own)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Turnaround)
class TurnaroundAdmin(Window):
    """Within what time tasks should be answered; it sets what is due when."""

    tenant_path = "tenant"
    list_display = ["tenant", "document_type", "minutes"]
    list_filter = [ByTenant]
    fields = ["tenant", "document_type", "minutes"]

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


@admin.register(CheckShare)
class CheckShareAdmin(Window):
    """In which share of its cases a tenant has an error planted; without an entry, in 4
    of 100. What is planted, and who answered it, is nowhere to be seen."""

    tenant_path = "tenant"
    list_display = ["tenant", "percent"]
    list_filter = [ByTenant]
    fields = ["tenant", "share"]

    @admin.display(description="share", ordering="share")
    def percent(self, row: CheckShare) -> str:
        return f"{row.share * 100:.1f} %" if row.share else "off"

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


@admin.register(ReviewTask)
class ReviewTaskAdmin(OfSource):
    """What people are asked, and who holds it; the answers are given on the pages."""

    tenant_path = "tenant"
    list_display = [
        "created_at",
        "page",
        "asks",
        "state",
        "level",
        "why",
        "document_type",
        "holder",
    ]
    list_filter = [ByTenant, "asks", "state", "stakes"]
    list_select_related = ["source", "reserver"]
    ordering = ["-task_id"]
    # All but the token: it is the holder's alone.
    fields = [
        "tenant",
        "source",
        "generation",
        "asks",
        "comparison",
        "state",
        "level",
        "why",
        "document_type",
        "template_key",
        "created_at",
        "done_at",
        "reserver",
        "reserved_until",
    ]
    readonly_fields = ["level", "why"]
    inlines = [ItemInline]

    @admin.display(description="held by")
    def holder(self, task: ReviewTask) -> str:
        if not task.is_held:
            return ""
        return f"{task.reserver} until {task.reserved_until:%H:%M}"

    @admin.display(description="stakes", ordering="stakes")
    def level(self, task: ReviewTask) -> str:
        return task.get_stakes_display().capitalize()

    @admin.display(description="reason", ordering="reason")
    def why(self, task: ReviewTask) -> str:
        return reason_text(task.reason)
