"""The drawn receipt as two versions read it: its words are known exactly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from tempfile import TemporaryDirectory
from typing import Any

from catalog.models import Generation, SourceMedia, Tenant
from catalog.services import NewArtifact, Reading, store_generation
from pipeline.comparing import compare_generations
from reviewer import services
from reviewer.models import ReviewTask
from tests.e2e.drawn import artifacts, region
from tests.factories import field_artifact, make_source, make_version

_numbers = count(1)
TWO_WORDS = {
    "page": 1,
    "bbox": [*region("Harbour")["bbox"][:2], *region("Cafe")["bbox"][2:]],
}


def claims(
    total: tuple[str, Any], date: str, company: tuple[str, Any]
) -> list[NewArtifact]:
    more: dict[str, Any] = {"critical": True}
    read = region("11/02/2026")
    return [
        field_artifact("total", total[0], region=total[1], **more),
        field_artifact("date", date, value_type="date", region=read, **more),
        field_artifact(
            "company", company[0], value_type="name", region=company[1], **more
        ),
    ]


def make_difference(tenant: Tenant) -> ReviewTask:
    """Asks about a company (places that overlap), a date (one place for both) and a
    total (places far apart).
    """
    source = make_source(tenant, name=f"two-versions-{next(_numbers)}.jpg")
    old = read_by(
        "1.0.0",
        source,
        claims(
            ("21.20", region("21.20")), "2026-02-11", ("Harbour", region("Harbour"))
        ),
    )
    new = read_by(
        "1.1.0",
        source,
        claims(("20.00", region("20.00")), "2026-11-02", ("Harbour Cafe", TWO_WORDS)),
    )
    task = services.ask_difference(comparison=compare_generations(old=old, new=new))
    assert task is not None
    return task


def read_by(
    version: str, source: SourceMedia, fields: Sequence[NewArtifact]
) -> Generation:
    make_version(version=version, active=version == "1.0.0")
    with TemporaryDirectory() as folder:
        pages = [one for one in artifacts(folder) if one.kind != "field"]
        return store_generation(
            source=source,
            reading=Reading(
                pipeline_name="doc-extract",
                pipeline_version=version,
                complete=True,
                disposition="auto_accept",
                reason="all_critical_confident",
                document_type="receipt",
                template_key="t-000000000001",
                artifacts=[*pages, *fields],
            ),
        )
