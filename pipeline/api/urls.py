from __future__ import annotations

from rest_framework.routers import SimpleRouter

from pipeline.api import views

router = SimpleRouter()
router.register("runs", views.RunViewSet, basename="api-run")
router.register("events", views.EventViewSet, basename="api-event")
urlpatterns = router.urls
