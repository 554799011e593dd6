from __future__ import annotations

from rest_framework.routers import SimpleRouter

from catalog.api import views

router = SimpleRouter()
router.register("generations", views.GenerationViewSet, basename="api-generation")
router.register("artifacts", views.ArtifactViewSet, basename="api-artifact")
router.register("golden-cases", views.GoldenCaseViewSet, basename="api-golden-case")
router.register("deliveries", views.DeliveryViewSet, basename="api-delivery")
urlpatterns = router.urls
