"""What the page about what is behind shows: counts, causes, and a page of sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404

from pipeline.models import PipelineVersion
from pipeline.services import NoActiveVersion, active_version
from pipeline.staleness import staleness_of
from reviewer.slice_form import Scope

PAGE_SIZE = 50


def open_page(scope: Scope, query: Mapping[str, str]) -> dict[str, Any]:
    """query may name a "pipeline" (as PipelineVersion.named() takes it), a "component"
    and the "page". Without an active version there is no "staleness" to show. Raises
    Http404 for a version that is none.
    """
    released = PipelineVersion.objects.exclude(state=PipelineVersion.State.DRAFT)
    context: dict[str, Any] = {"versions": released, "asked": query}
    target = _target(query.get("pipeline", ""))
    if target is None:
        return context
    staleness = staleness_of(target, tenants=scope)
    rows = staleness.generations(query.get("component", ""), tenants=scope)
    ordered = rows.select_related("source__tenant").order_by("source_id")
    page = Paginator(ordered.defer("steps"), PAGE_SIZE).get_page(query.get("page"))
    return {**context, "staleness": staleness, "page": page}


def _target(reference: str) -> PipelineVersion | None:
    try:
        if reference:
            return PipelineVersion.objects.named(reference)
        return active_version()
    except NoActiveVersion:
        return None
    except PipelineVersion.DoesNotExist as error:
        raise Http404 from error
