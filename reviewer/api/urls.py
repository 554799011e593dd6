from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from reviewer.api.blast_radius import AffectedView, BlastRadiusView
from reviewer.api.export import ExportView
from reviewer.api.golden import AgreementView, GoldenCases
from reviewer.api.handle_time import HandleTimeView
from reviewer.api.proof import AuditsView, ResidualView
from reviewer.api.review_checks import ReviewChecksView
from reviewer.api.review_tasks import ReviewTaskViewSet
from reviewer.api.search import SearchView
from reviewer.api.sheets import (
    SheetAnswerView,
    SheetExtendView,
    SheetPutBackView,
    SheetsView,
)
from reviewer.api.sources import SourceViewSet
from reviewer.api.token import TokenView

router = SimpleRouter()
router.register("sources", SourceViewSet, basename="api-source")
router.register("review-tasks", ReviewTaskViewSet, basename="api-review-task")
router.register("golden-cases", GoldenCases, basename="api-golden-case")
urlpatterns = [
    path("agreement/", AgreementView.as_view(), name="api-agreement"),
    path("token/", TokenView.as_view(), name="api-token"),
    path("search/", SearchView.as_view(), name="api-search"),
    path("export/", ExportView.as_view(), name="api-export"),
    path("review-checks/", ReviewChecksView.as_view(), name="api-review-checks"),
    path("blast-radius/", BlastRadiusView.as_view(), name="api-blast-radius"),
    path("blast-radius/sources/", AffectedView.as_view(), name="api-affected"),
    path("proof/residual/", ResidualView.as_view(), name="api-residual"),
    path("proof/audits/", AuditsView.as_view(), name="api-audits"),
    path("review-sheets/", SheetsView.as_view(), name="api-sheets"),
    path(
        "review-sheets/<uuid:token>/answer/",
        SheetAnswerView.as_view(),
        name="api-sheet-answer",
    ),
    path(
        "review-sheets/<uuid:token>/extend/",
        SheetExtendView.as_view(),
        name="api-sheet-extend",
    ),
    path(
        "review-sheets/<uuid:token>/put-back/",
        SheetPutBackView.as_view(),
        name="api-sheet-put-back",
    ),
    path("handle-time/", HandleTimeView.as_view(), name="api-handle-time"),
    *router.urls,
]
