from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from config.health import health, healthz, readyz


class Schema(SpectacularAPIView):
    """There is one version; what somebody writes as ?version= goes nowhere."""

    def _get_version_parameter(self, request: Request) -> None:
        return None


api: list[URLPattern | URLResolver] = [
    path("v1/", include("catalog.api.urls")),
    path("v1/", include("pipeline.api.urls")),
    path("v1/", include("reviewer.api.urls")),
    path(
        "schema/",
        Schema.as_view(permission_classes=[IsAuthenticated]),
        name="api-schema",
    ),
    path(
        "docs/",
        login_required(
            SpectacularSwaggerSplitView.as_view(
                url_name="api-schema", template_name="api/docs.html"
            )
        ),
        name="api-docs",
    ),
]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("health/", health, name="health"),
    path("admin/", admin.site.urls),
    path("api/", include(api)),
    path("", include("reviewer.urls")),
]

handler500 = "config.errors.broken"
