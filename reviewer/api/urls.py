from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from reviewer.api.blast_radius import AffectedView, BlastRadiusView
from reviewer.api.export import ExportView
from reviewer.api.proof import AuditsView, ResidualView
from reviewer.api.review_checks import ReviewChecksView
from reviewer.api.review_tasks import ReviewTaskViewSet
from reviewer.api.search import SearchView
from reviewer.api.sources import SourceViewSet
from reviewer.api.token import TokenView

router = SimpleRouter()
router.register("sources", SourceViewSet, basename="api-source")
router.register("review-tasks", ReviewTaskViewSet, basename="api-review-task")
urlpatterns = [
    path("token/", TokenView.as_view(), name="api-token"),
    path("search/", SearchView.as_view(), name="api-search"),
    path("export/", ExportView.as_view(), name="api-export"),
    path("review-checks/", ReviewChecksView.as_view(), name="api-review-checks"),
    path("blast-radius/", BlastRadiusView.as_view(), name="api-blast-radius"),
    path("blast-radius/sources/", AffectedView.as_view(), name="api-affected"),
    path("proof/residual/", ResidualView.as_view(), name="api-residual"),
    path("proof/audits/", AuditsView.as_view(), name="api-audits"),
    *router.urls,
]
