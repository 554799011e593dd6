from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.admin import Window
from pipeline import versions
from pipeline.admin.differences import differences
from pipeline.admin.document_types import may_edit
from pipeline.admin.parameters import ACCEPTANCE, GATE, PARAMETERS, NumberedDraftForm
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion

DRAFT = PipelineVersion.State.DRAFT


@admin.register(PipelineVersion)
class PipelineVersionAdmin(Window):
    """Versions: a released one is frozen, and a change is a draft made from it."""

    form = NumberedDraftForm
    list_display = ["__str__", "state", "active", "base", "released_at", "created_by"]
    list_filter = ["state", "active"]
    list_select_related = ["base", "created_by"]
    search_ids = ("pk",)
    search_fields = ["version", "notes"]
    readonly_fields = [
        "name",
        "state",
        "active",
        "digest",
        "base",
        "created_by",
        "created_at",
        "released_at",
        "changes",
        "contents",
    ]
    actions = ["draft", "release", "activate", "retire"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about = ["name", "version", "state", "active", "notes"]
        made = ["base", "created_by", "created_at", "released_at", "digest"]
        numbers = []
        if obj is not None and self.has_change_permission(request, obj):
            numbers = [
                ("When a document is accepted", {"fields": _names(ACCEPTANCE)}),
                ("What the gate lets in", {"fields": _names(GATE)}),
            ]
        return [
            (None, {"fields": about}),
            *numbers,
            ("Against its base", {"fields": ["changes"]}),
            ("What it does", {"fields": ["contents"]}),
            ("Made", {"fields": made}),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request) and (obj is None or obj.state == DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request) and obj is not None and obj.state == DRAFT

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.display(description="changes")
    def changes(self, version: PipelineVersion) -> str:
        found = (
            differences(Manifest.of(version.base), Manifest.of(version))
            if version.base
            else []
        )
        return render_to_string(
            "admin/pipeline/_changes.html", {"base": version.base, "changes": found}
        )

    @admin.display(description="contents")
    def contents(self, version: PipelineVersion) -> str:
        manifest = Manifest.of(version)
        numbers = [(p, p.value_in(manifest)) for p in PARAMETERS]
        return render_to_string(
            "admin/pipeline/_manifest.html", {"manifest": manifest, "numbers": numbers}
        )

    @admin.action(description="New draft from this version", permissions=["change"])
    def draft(
        self, request: HttpRequest, chosen: QuerySet[PipelineVersion]
    ) -> HttpResponse | None:
        made = self._each(
            request,
            chosen,
            lambda base: versions.draft_from(
                base=base,
                created_by=request.user,  # type: ignore[arg-type]  # staff only
            ),
            "{} is a draft now.",
        )
        if len(made) != 1:
            return None
        return HttpResponseRedirect(
            reverse("admin:pipeline_pipelineversion_change", args=[made[0].pk])
        )

    @admin.action(description="Release", permissions=["change"])
    def release(self, request: HttpRequest, chosen: QuerySet[PipelineVersion]) -> None:
        self._each(
            request,
            chosen,
            lambda version: versions.release(version=version),
            "{} is released and frozen.",
        )

    @admin.action(description="Activate", permissions=["change"])
    def activate(self, request: HttpRequest, chosen: QuerySet[PipelineVersion]) -> None:
        self._each(
            request,
            chosen,
            lambda version: versions.activate(
                version=version,
                actor=request.user,  # type: ignore[arg-type]  # staff only
            ),
            "{} reads new documents from now on.",
        )

    @admin.action(description="Retire", permissions=["change"])
    def retire(self, request: HttpRequest, chosen: QuerySet[PipelineVersion]) -> None:
        self._each(
            request,
            chosen,
            lambda version: versions.retire(version=version),
            "{} is out of use; what it made stays.",
        )

    def _each(
        self,
        request: HttpRequest,
        chosen: QuerySet[PipelineVersion],
        verb: Callable[[PipelineVersion], PipelineVersion],
        sentence: str,
    ) -> list[PipelineVersion]:
        """Do it to each chosen version and say how it went; the ones it worked on."""
        done = []
        for version in chosen:
            try:
                result = verb(version)
            except (versions.VersionRefused, ImproperlyConfigured) as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                continue
            done.append(result)
            self.log_change(request, result, sentence.format(result))
            self.message_user(request, sentence.format(result), messages.SUCCESS)
        return done


def _names(parameters: tuple[Any, ...]) -> list[str]:
    return [parameter.field_name for parameter in parameters]
