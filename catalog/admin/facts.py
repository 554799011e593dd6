from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from catalog.admin.windows import ByTenant, OfSource, Window
from catalog.models import (
    Delivery,
    DerivedArtifact,
    GoldenCase,
    GoldenSet,
    GoldenValue,
    Promotion,
    SourceMedia,
    Way,
)
from catalog.services import note_artifact_seen

if TYPE_CHECKING:
    TabularInline = admin.TabularInline[Any, Any]
else:
    TabularInline = admin.TabularInline

GOLDEN_COLUMNS = (
    *("slot", "value", "machine_value", "pipeline_version"),
    *("other_value", "other_version", "created_at"),
)


@admin.register(SourceMedia)
class SourceAdmin(Window):
    tenant_path = "tenant"
    search_ids = ("pk",)
    search_fields = ["=content_hash", "=name"]
    search_help_text = "An id, a content hash, or a file's whole name"
    list_display = [
        *["name", "tenant", "modality", "mime_type", "bytes", "uploaded_at"],
        *["retention_class", "erased_at"],
    ]
    list_filter = [ByTenant, "modality"]
    list_select_related = ["tenant"]

    def view_on_site(self, obj: Model) -> str:
        return reverse("source", args=[obj.pk])


@admin.register(DerivedArtifact)
class ArtifactAdmin(OfSource):
    shows_values = True
    search_ids = ("pk", "source_id", "generation_id")
    list_display = [
        "artifact_id",
        "page",
        "kind",
        "slot",
        "pipeline_version",
        "model_id",
        "origin",
        "state",
    ]
    list_filter = [ByTenant, "kind", "generation__state", "origin"]
    list_select_related = ["source", "generation"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).order_by("-artifact_id")

    def note(self, user: User, row: DerivedArtifact) -> None:
        note_artifact_seen(user=user, artifact=row, way=Way.PAGE)


@admin.register(Promotion)
class PromotionAdmin(OfSource):
    list_display = ["at", "page", "reason", "old_version", "new_version", "actor"]
    list_filter = [ByTenant, "reason"]
    list_select_related = ["source", "old_generation", "new_generation", "actor"]
    ordering = ["-at"]

    @admin.display(description="from version")
    def old_version(self, promotion: Promotion) -> str:
        old = promotion.old_generation
        return old.pipeline_version if old else ""

    @admin.display(description="to version")
    def new_version(self, promotion: Promotion) -> str:
        return promotion.new_generation.pipeline_version


class GoldenValueInline(TabularInline):
    model = GoldenValue
    fields = GOLDEN_COLUMNS
    readonly_fields = GOLDEN_COLUMNS
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(GoldenCase)
class GoldenCaseAdmin(OfSource):
    shows_values = True
    list_display = ["created_at", "page", "document_type", "came_from", "retired_at"]
    list_filter = [ByTenant, "came_from"]
    inlines = [GoldenValueInline]


@admin.register(GoldenSet)
class GoldenSetAdmin(Window):
    """Sets hold values of every tenant, and so are operators' business."""

    list_display = ["number", "cases", "values_count", "note", "created_at"]
    fields = [
        *["number", "cases", "values_count", "still_there"],
        *["note", "created_by", "created_at", "digest"],
    ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    @admin.display(description="values that no erasure took")
    def still_there(self, golden_set: GoldenSet) -> int:
        return golden_set.members.count()


@admin.register(Delivery)
class DeliveryAdmin(Window):
    tenant_path = "tenant"
    search_ids = ("pk", "carried__artifact_id")
    search_fields = ["=recipient__username"]
    search_help_text = "Of a delivery or of an artifact that it carried: the id"
    list_display = ["at", "tenant", "recipient", "form", "carried_count"]
    list_filter = [ByTenant, "form"]
    list_select_related = ["tenant", "recipient"]
    fields = ["delivery_id", "tenant", "recipient", "form", "at", "carried_count"]

    @admin.display(description="artifacts")
    def carried_count(self, delivery: Delivery) -> int:
        return delivery.carried.count()
