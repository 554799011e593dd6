from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from catalog.api.access import ApiView, OwnRows
from catalog.api.pages import NewestFirst
from catalog.models import Tenant
from pipeline.api import filters, serializers
from pipeline.models import ProcessingEvent, Run


class RunViewSet(OwnRows, ReadOnlyModelViewSet[Run]):
    """Executions of a pipeline version on a source."""

    queryset = Run.objects.select_related("pipeline_version")
    serializer_class = serializers.RunSerializer
    filterset_class = filters.RunFilter
    pagination_class = NewestFirst


class EventPages(NewestFirst):
    def get_ordering(self, *args: Any, **kwargs: Any) -> tuple[str, ...]:
        return ("-created_at", "-event_id")


class EventViewSet(ApiView, ListModelMixin, GenericViewSet[ProcessingEvent]):
    """One event a run, with one entry a step: outcome, milliseconds, tokens, cost."""

    queryset = ProcessingEvent.objects.all()
    serializer_class = serializers.EventSerializer
    filterset_class = filters.EventFilter
    pagination_class = EventPages

    def get_queryset(self) -> QuerySet[ProcessingEvent]:
        own = Tenant.objects.visible_to(self.request.user).values("pk")
        return super().get_queryset().filter(tenant_id__in=own)
