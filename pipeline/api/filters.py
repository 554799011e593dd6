from __future__ import annotations

import django_filters as filters

from catalog.models import Disposition
from pipeline.models import ProcessingEvent, Run


class RunFilter(filters.FilterSet):
    source = filters.UUIDFilter(field_name="source_id")
    tenant = filters.CharFilter(field_name="source__tenant__slug")
    state = filters.ChoiceFilter(choices=Run.State.choices)
    lane = filters.ChoiceFilter(choices=Run.Lane.choices)
    disposition = filters.ChoiceFilter(choices=Disposition.choices)
    pipeline_name = filters.CharFilter(field_name="pipeline_version__name")
    pipeline_version = filters.CharFilter(field_name="pipeline_version__version")
    after = filters.IsoDateTimeFilter(field_name="requested_at", lookup_expr="gte")
    before = filters.IsoDateTimeFilter(field_name="requested_at", lookup_expr="lt")

    class Meta:
        model = Run
        fields = ["reason"]


class EventFilter(filters.FilterSet):
    source = filters.UUIDFilter(field_name="source_id")
    run = filters.UUIDFilter(field_name="run_id")
    disposition = filters.ChoiceFilter(choices=Disposition.choices)
    after = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    before = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = ProcessingEvent
        fields = [
            "reason",
            "pipeline_name",
            "pipeline_version",
            "model_id",
            "document_type",
            "template_key",
        ]
