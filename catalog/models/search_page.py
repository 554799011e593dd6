from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db import models
from django.db.models import F

from catalog.models.derived_artifact import DerivedArtifact
from catalog.models.generation import State
from catalog.models.tenant import Tenant
from catalog.people import Viewer, within_tenants_of

# Not a language's: invoices mix languages, and numbers and names must match as printed.
SEARCH_CONFIG = "simple"


class SearchPageQuerySet(models.QuerySet["SearchPage"]):
    def visible_to(self, user: Viewer) -> SearchPageQuerySet:
        return self.filter(within_tenants_of(user))

    def matching(self, words: str) -> SearchPageQuerySet:
        """Current pages that hold all the words, best first; quotes make phrases."""
        query = SearchQuery(words, config=SEARCH_CONFIG, search_type="websearch")
        return (
            self.filter(
                vector=query,
                artifact__generation__state=State.CURRENT,
                artifact__superseded_by__isnull=True,
            )
            .annotate(rank=SearchRank(F("vector"), query))
            .order_by("-rank", "-artifact_id")
        )


class SearchPage(models.Model):
    """The search index of one page; the text itself is in the artifact."""

    artifact = models.OneToOneField(
        DerivedArtifact, models.CASCADE, primary_key=True, related_name="search_page"
    )
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    page = models.PositiveIntegerField()
    vector = SearchVectorField()

    objects = SearchPageQuerySet.as_manager()

    class Meta:
        db_table = "search_page"
        indexes = [GinIndex(fields=["vector"], name="search_page_words")]

    def __str__(self) -> str:
        return f"page {self.page} of {self.artifact_id}"
