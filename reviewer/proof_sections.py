"""Two sections of the page that proves review: what is wrong after it, and audits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.models import Tenant
from pipeline.models import PipelinePolicy
from reviewer import audit_sizing, auditing
from reviewer.names import FieldNames
from reviewer.residual import ENOUGH_CHECKS, ENOUGH_REVIEWED, Residual
from reviewer.review_counts import Report, report_of


def contexts(tenants: Sequence[Tenant]) -> dict[str, Any]:
    """Of both."""
    return {**residual_context(tenants), **audits_context(tenants)}


def residual_context(tenants: Sequence[Tenant]) -> dict[str, Any]:
    """Of review/_proof_residual.html: "residual"."""
    report = report_of(tenants)
    return {
        "residual": {
            "whole": report.whole,
            "parts": _parts(report, {one.slug: one.name for one in tenants}),
            "enough_checks": ENOUGH_CHECKS,
            "enough_reviewed": ENOUGH_REVIEWED,
        }
    }


def _parts(report: Report, tenants: dict[str, str]) -> list[tuple[str, Residual]]:
    """Tenants where there are several, then fields, each by its name."""
    names = FieldNames.now()
    found = []
    if len(report.tenants) > 1:
        found += [(tenants.get(o.key, o.key), o.residual) for o in report.tenants]
    return found + [(names.of(one.key, ""), one.residual) for one in report.fields]


def audits_context(tenants: Sequence[Tenant]) -> dict[str, Any]:
    """Of review/_proof_audits.html: "audits"."""
    ids = [one.pk for one in tenants]
    rows = audit_sizing.field_audits(ids)
    names = sorted({row.pipeline_name for row in rows} | _pipelines())
    return {
        "audits": {
            "rows": rows,
            "waiting": audit_sizing.waiting(ids),
            "shares": [(name, auditing.share_of(name)) for name in names],
            "alone": audit_sizing.needed_without_error(),
            "bound": audit_sizing.SHOWN_BOUND,
        }
    }


def _pipelines() -> set[str]:
    return set(PipelinePolicy.objects.values_list("name", flat=True))
