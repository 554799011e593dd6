from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from catalog.api import questions, seen, views

router = SimpleRouter()
router.register("generations", views.GenerationViewSet, basename="api-generation")
router.register("artifacts", views.ArtifactViewSet, basename="api-artifact")
router.register("deliveries", views.DeliveryViewSet, basename="api-delivery")
router.register("seen", seen.SeenView, basename="api-seen")
urlpatterns = [
    path(
        "mixed-versions/",
        questions.MixedVersionsView.as_view(),
        name="api-mixed-versions",
    ),
    path(
        "mixed-versions/sources/",
        questions.MixedSourcesView.as_view(),
        name="api-mixed-sources",
    ),
    *router.urls,
]
