"""Released values on their way out: what was sent is what the delivery says."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db.models import Exists, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from catalog.api.files import payload_of
from catalog.models import (
    Delivery,
    DerivedArtifact,
    Generation,
    Kind,
    Promotion,
    SourceMedia,
    Tenant,
)
from catalog.services import record_delivery
from pipeline import policies
from pipeline.report import ABSENT
from reviewer.models import Settlement

Form = Literal["json", "csv"]
BATCH = 1000
# That of a value which a check contradicted, until people answered another field.
SETTLED = "agrees"
# Statuses of values that are not there, from the answer of the person who looked.
NO_VALUE = {"person_absent": "absent", "person_unreadable": "unreadable"}
SOURCE_COLUMNS = (
    "source_id",
    "name",
    "content_hash",
    "document_type",
    "template_key",
    "pipeline_name",
    "pipeline_version",
    "generation_id",
    "released_at",
)
VALUE_COLUMNS = (
    "slot",
    "value",
    "status",
    "origin",
    "confidence",
    "page",
    "bbox",
    "model_id",
    "artifact_id",
)
# A spreadsheet takes a cell that begins like this for a formula and runs it.
FORMULA = re.compile(r"^[\s]*[=+\-@\t\r\n]")
NUMBER = re.compile(r"^-?\d+(\.\d+)?$")


@dataclass(frozen=True, slots=True)
class Export:
    """A recorded delivery and the text that carries it, in pieces."""

    delivery: Delivery
    lines: Iterator[str]


def export(
    *,
    tenant: Tenant,
    recipient: User,
    form: Form,
    since: datetime | None = None,
    sources: QuerySet[SourceMedia] | None = None,
) -> Export:
    """Record a delivery of a tenant's released values, then give them out.

    The pieces are read from the delivery's own list, so that they cannot carry more
    than it says; an export broken off on the way carries less. since: only documents
    of which something was released, corrected or promoted at that time or later.
    sources: only these, of the tenant's; None for all of them.
    """
    generations = released_generations(tenant, since, sources)
    fields = (
        DerivedArtifact.objects.filter(
            generation__in=generations, superseded_by__isnull=True
        )
        .of_kind(Kind.FIELD)
        .whole()
    )
    artifacts = without_removed_lines(fields).values_list("artifact_id", flat=True)
    delivery = record_delivery(
        tenant=tenant, recipient=recipient, form=form, artifact_ids=artifacts
    )
    policies.somebody_exports(delivery_id=delivery.pk)
    lines = csv_lines if form == "csv" else json_lines
    return Export(delivery, lines(delivery))


def without_removed_lines(
    artifacts: QuerySet[DerivedArtifact],
) -> QuerySet[DerivedArtifact]:
    """All but the cells of what a person found to be no line item; its amount stays,
    which says so."""
    parts = ("slot", Value("."), Value(1))
    line = Func(*parts, function="split_part", output_field=TextField())
    denied = DerivedArtifact.objects.filter(
        generation=OuterRef("generation"),
        superseded_by__isnull=True,
        slot=OuterRef("amount_slot"),
        payload__reason=ABSENT,
    )
    cells = Q(slot__startswith="lines[") & ~Q(slot__endswith=".amount")
    named = artifacts.alias(
        amount_slot=Concat(line, Value(".amount"), output_field=TextField())
    )
    return named.exclude(cells & Exists(denied))


def released_generations(
    tenant: Tenant,
    since: datetime | None = None,
    sources: QuerySet[SourceMedia] | None = None,
) -> QuerySet[Generation]:
    """The tenant's current generations whose values were accepted."""
    generations = Generation.objects.released().filter(source__tenant=tenant)
    if sources is not None:
        generations = generations.filter(source__in=sources.order_by().values("pk"))
    if since is None:
        return generations
    corrected = DerivedArtifact.objects.of_kind(Kind.FIELD).filter(
        generation=OuterRef("pk"), created_at__gte=since
    )
    promoted = Promotion.objects.filter(new_generation=OuterRef("pk"), at__gte=since)
    return generations.filter(
        Q(released_at__gte=since) | Exists(corrected) | Exists(promoted)
    )


def carried_by(delivery: Delivery) -> QuerySet[DerivedArtifact]:
    """The artifacts of a delivery, source by source, fields in order of their names;
    settled: whether a check agrees with it since a person's answer to another field.
    """
    settled = Settlement.objects.standing()
    return (
        DerivedArtifact.objects.filter(deliveries__delivery=delivery)
        .select_related("source", "generation")
        .annotate(settled=Exists(settled.filter(item__artifact=OuterRef("pk"))))
        .order_by("source_id", "generation_id", "slot")
    )


def json_lines(delivery: Delivery) -> Iterator[str]:
    """One JSON object a source: its stamps, and its values by slot."""
    rows = carried_by(delivery).iterator(BATCH)
    for _, group in groupby(rows, key=lambda artifact: artifact.generation_id):
        artifacts = list(group)
        values = {a.slot: _value_of(a) for a in artifacts}
        for value in values.values():
            del value["slot"]
        data = {**_source_of(artifacts[0]), "values": values}
        yield json.dumps(data, ensure_ascii=False) + "\n"


class _Echo:
    """A file for csv.writer that hands each written line straight back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(delivery: Delivery) -> Iterator[str]:
    """A header line, then one line a value."""
    writer: Any = csv.writer(_Echo())
    yield writer.writerow((*SOURCE_COLUMNS, *VALUE_COLUMNS))
    for artifact in carried_by(delivery).iterator(BATCH):
        row = {**_source_of(artifact), **_value_of(artifact)}
        if row["bbox"] is not None:
            row["bbox"] = " ".join(str(edge) for edge in row["bbox"])
        cells = (row[name] for name in (*SOURCE_COLUMNS, *VALUE_COLUMNS))
        yield writer.writerow([safe_cell(cell) for cell in cells])


def safe_cell(value: Any) -> str:
    """The value as CSV text that no spreadsheet runs as a formula."""
    text = "" if value is None else str(value)
    if FORMULA.match(text) and not NUMBER.match(text):
        return f"'{text}"
    return text


def _source_of(artifact: DerivedArtifact) -> dict[str, Any]:
    source, generation = artifact.source, artifact.generation
    return {
        "source_id": str(source.source_id),
        "name": source.name,
        "content_hash": source.content_hash,
        "document_type": generation.document_type,
        "template_key": generation.template_key,
        "pipeline_name": artifact.pipeline_name,
        "pipeline_version": artifact.pipeline_version,
        "generation_id": str(generation.generation_id),
        "released_at": generation.released_at and generation.released_at.isoformat(),
    }


def _value_of(artifact: Any) -> dict[str, Any]:
    payload = payload_of(artifact) or {}
    region = artifact.region or {}
    missing = NO_VALUE.get(payload.get("reason", ""))
    return {
        "slot": artifact.slot,
        "value": None if missing else payload.get("value") or None,
        "status": missing or (SETTLED if artifact.settled else payload.get("status")),
        "origin": artifact.origin,
        "confidence": payload.get("confidence"),
        "page": region.get("page"),
        "bbox": region.get("bbox"),
        "model_id": artifact.model_id,
        "artifact_id": str(artifact.artifact_id),
    }
