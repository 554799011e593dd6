from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from pipeline.api import reprocesses, reproduce, stale, views

router = SimpleRouter()
router.register("runs", views.RunViewSet, basename="api-run")
router.register("reprocesses", reprocesses.ReprocessViewSet, basename="api-reprocess")
router.register("events", views.EventViewSet, basename="api-event")
urlpatterns = [
    path(
        "artifacts/<uuid:artifact_id>/reproduce/",
        reproduce.ReproduceView.as_view(),
        name="api-artifact-reproduce",
    ),
    path("stale/", stale.StaleView.as_view(), name="api-stale"),
    path("stale/sources/", stale.StaleSourcesView.as_view(), name="api-stale-sources"),
    path(
        "reprocesses/<uuid:reprocess_id>/items/",
        reprocesses.ReprocessItemsView.as_view(),
        name="api-reprocess-items",
    ),
    *router.urls,
]
