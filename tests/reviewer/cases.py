"""Tasks as the desk's tests want them, whatever a version's thresholds are."""

from __future__ import annotations

from typing import Any

from catalog.models import Tenant
from catalog.services import NewArtifact
from reviewer.models import ReviewTask
from tests.factories import BOX, field_artifact, make_task

SURE = field_artifact(
    "company",
    "Gin Kee",
    value_type="name",
    status="verified",
    confidence=1.0,
    critical=True,
)


def total(value: str = "21.20", **more: Any) -> NewArtifact:
    """A total that contradicts the lines, with two further readings."""
    artifact = field_artifact(
        "total",
        value,
        status="conflict",
        reason="sum_of_lines_differs",
        critical=True,
        **more,
    )
    assert artifact.payload is not None
    other = {
        **artifact.payload,
        "status": "unverified",
        "reason": "",
        "region": {"page": 1, "bbox": [0.6, 0.7, 0.75, 0.73]},
    }
    artifact.payload["candidates"] = [
        {**other, "value": "20.00", "raw": "20.00"},
        {**other, "value": "1.20", "raw": "1.20", "region": BOX},
    ]
    return artifact


def date(value: str = "2018-01-11") -> NewArtifact:
    return field_artifact(
        "date", value, value_type="date", confidence=0.6, critical=True
    )


def two_doubts(tenant: Tenant | None = None, **kwargs: Any) -> ReviewTask:
    """Asks about a total, then about a date."""
    return make_task(tenant, fields=[total(), date(), SURE], **kwargs)


def one_doubt(tenant: Tenant | None = None, **kwargs: Any) -> ReviewTask:
    """Asks about a date only; less urgent than two_doubts()."""
    sure = field_artifact(
        "total", "5.00", status="verified", confidence=1.0, critical=True
    )
    return make_task(tenant, fields=[sure, date(), SURE], **kwargs)
