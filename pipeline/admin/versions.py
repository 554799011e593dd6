from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from catalog.admin import Window
from pipeline import versions
from pipeline.admin import trial_page, version_pages
from pipeline.admin.document_types import may_edit
from pipeline.admin.draft_form import fieldsets_for, form_for, numbers_of
from pipeline.engines.base import EngineError
from pipeline.manifest import Manifest
from pipeline.models import Activation, PipelineVersion

DRAFT = PipelineVersion.State.DRAFT
REFUSALS = (versions.VersionRefused, ImproperlyConfigured, EngineError)


@admin.register(PipelineVersion)
class PipelineVersionAdmin(Window):
    """Versions: a released one is frozen, and a change is a draft made from it."""

    change_form_template = "admin/pipeline/version.html"
    list_display = ["__str__", "state", "reads", "base", "released_at", "created_by"]
    list_filter = ["state", "active"]
    list_select_related = ["base", "created_by"]
    search_ids = ("pk",)
    search_fields = ["version", "notes"]
    readonly_fields = [
        "name",
        "state",
        "reads",
        "digest",
        "base",
        "created_by",
        "created_at",
        "released_at",
        "changes",
        "activated",
        "contents",
    ]
    actions = ["draft", "release", "activate", "retire"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = cast("Any", super().get_queryset(request))
        return cast("QuerySet[Any]", rows.with_unguarded())

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: Any = False,  # noqa: FBT002 - Django's
        **kwargs: Any,
    ) -> Any:
        if obj is not None and self.has_change_permission(request, obj):
            kwargs["form"] = form_for(obj)
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about = ["name", "version", "state", "reads", "notes"]
        made = ["base", "created_by", "created_at", "released_at", "digest"]
        editable = obj is not None and self.has_change_permission(request, obj)
        return [
            (None, {"fields": about}),
            ("What it changes", {"fields": ["changes"]}),
            *(fieldsets_for(obj) if editable else []),
            ("What it does", {"fields": ["contents"]}),
            ("When it was active", {"fields": ["activated"]}),
            ("Made", {"fields": made}),
        ]

    def get_urls(self) -> list[URLPattern]:
        def page(tail: str, view: Callable[..., Any]) -> URLPattern:
            name = f"pipeline_pipelineversion_{tail}"
            return path(f"<uuid:version_id>/{tail}/", view, name=name)

        wrap = self.admin_site.admin_view
        return [
            page("activate", wrap(self.activate_view)),
            page("try", trial_page.limited(wrap(self.try_view))),
            page("do", wrap(self.do_view)),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request) and (obj is None or obj.state == DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request) and obj is not None and obj.state == DRAFT

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"may_edit": may_edit(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description="reads what comes in", ordering="active")
    def reads(self, version: PipelineVersion) -> str:
        words = "now" if version.active else "no"
        if getattr(version, "unguarded", False):
            words = "now, without a gate" if version.active else "once without a gate"
            return format_html('<span class="pl-doubt">{}</span>', words)
        return words

    @admin.display(description="in words")
    def changes(self, version: PipelineVersion) -> str:
        context = {"sides": version_pages.against(version)}
        return render_to_string("admin/pipeline/_changes.html", context)

    @admin.display(description="activations")
    def activated(self, version: PipelineVersion) -> str:
        rows = Activation.objects.filter(pipeline_version=version)
        context = {"rows": rows.select_related("actor", "replaced", "gate")}
        return render_to_string("admin/pipeline/_activations.html", context)

    @admin.display(description="contents")
    def contents(self, version: PipelineVersion) -> str:
        manifest = Manifest.of(version)
        context = {"manifest": manifest, "numbers": numbers_of(manifest)}
        return render_to_string("admin/pipeline/_manifest.html", context)

    @admin.action(description="New draft from this version", permissions=["change"])
    def draft(
        self, request: HttpRequest, chosen: QuerySet[PipelineVersion]
    ) -> HttpResponse | None:
        made = self._each(
            request,
            chosen,
            lambda base: versions.draft_from(base=base, created_by=_person(request)),
            "{} is a draft now.",
        )
        return self._to(made[0]) if len(made) == 1 else None

    @admin.action(description="Release", permissions=["change"])
    def release(self, request: HttpRequest, chosen: QuerySet[PipelineVersion]) -> None:
        self._each(
            request,
            chosen,
            lambda version: versions.release(version=version),
            "{} is released and frozen.",
        )

    @admin.action(description="Activate", permissions=["change"])
    def activate(
        self, request: HttpRequest, chosen: QuerySet[PipelineVersion]
    ) -> HttpResponse | None:
        one = chosen.first()
        if chosen.count() != 1 or one is None:
            words = "Choose one version: one reads what comes in."
            self.message_user(request, words, messages.ERROR)
            return None
        return self._to(one, "activate")

    @admin.action(description="Retire", permissions=["change"])
    def retire(self, request: HttpRequest, chosen: QuerySet[PipelineVersion]) -> None:
        self._each(
            request,
            chosen,
            lambda version: versions.retire(version=version),
            "{} is out of use; what it made stays.",
        )

    def do_view(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        """The buttons of a version's page: one action, on this version."""
        version = self._found(request, version_id)
        verb = {"draft": self.draft, "release": self.release, "retire": self.retire}
        chosen = verb.get(request.POST.get("what", ""))
        if request.method != "POST" or chosen is None:
            raise Http404
        if not may_edit(request):
            raise PermissionDenied
        done = chosen(request, PipelineVersion.objects.filter(pk=version.pk))
        return done or self._to(version)

    def activate_view(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        version = self._found(request, version_id)
        if not may_edit(request):
            raise PermissionDenied
        posted = request.POST if request.method == "POST" else None
        form = version_pages.ActivateForm(posted)
        ways = version_pages.ways_of(version)
        if posted is not None and form.is_valid():
            verb = lambda _: form.activate(ways, _person(request))  # noqa: E731
            words = "{} reads new documents from now on."
            if self._each(request, [version], verb, words):
                return self._to(version)
        context = {**self._context(request, version, "Activate"), "form": form}
        status = 422 if posted is not None and form.errors else 200
        return TemplateResponse(
            request,
            "admin/pipeline/activate.html",
            {**context, "ways": ways},
            status=status,
        )

    def try_view(self, request: HttpRequest, version_id: UUID) -> HttpResponseBase:
        version = self._found(request, version_id)
        context = self._context(request, version, "Try")
        return trial_page.answer(request, version, context)

    def _context(
        self, request: HttpRequest, version: PipelineVersion, what: str
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": f"{what} {version}",
            "version": version,
        }

    def _found(self, request: HttpRequest, version_id: UUID) -> PipelineVersion:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=version_id).first()
        if found is None:
            raise Http404
        return cast(PipelineVersion, found)

    def _to(self, version: PipelineVersion, page: str = "change") -> HttpResponse:
        name = f"admin:pipeline_pipelineversion_{page}"
        return HttpResponseRedirect(reverse(name, args=[version.pk]))

    def _each(
        self,
        request: HttpRequest,
        chosen: QuerySet[PipelineVersion] | list[PipelineVersion],
        verb: Callable[[PipelineVersion], PipelineVersion],
        sentence: str,
    ) -> list[PipelineVersion]:
        """Do it to each chosen version and say how it went; the ones it worked on."""
        done = []
        for version in chosen:
            try:
                result = verb(version)
            except REFUSALS as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                continue
            done.append(result)
            self.log_change(request, result, sentence.format(result))
            self.message_user(request, sentence.format(result), messages.SUCCESS)
        return done


def _person(request: HttpRequest) -> User:
    """Who asks; the admin lets nobody in without log-in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
