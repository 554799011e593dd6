"""The versions of the incident: the one before the upgrade, and the one that mends it.

The version between them is the built-in one: it finds the totals of American invoices,
which the earlier one does not, and leaves freight out of the line items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.contrib.auth.models import User

from pipeline import versions
from pipeline.claims import DocumentTypeSpec, FieldSpec
from pipeline.extracting.charge_lines import LINES
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion

EARLIER, MENDED = "0.9.0", "1.1.0"
INVOICE, TOTAL, UNKNOWN_LABEL = "invoice", "grand_total", "total"
Changed = Callable[[DocumentTypeSpec], DocumentTypeSpec]


def earlier(built_in: PipelineVersion, created_by: User) -> PipelineVersion:
    return _released(
        built_in,
        EARLIER,
        _without_label,
        created_by,
        "Before the upgrade: freight is a line item; does not know American totals.",
    )


def mended(built_in: PipelineVersion, created_by: User) -> PipelineVersion:
    return _released(
        built_in,
        MENDED,
        _with_critical_lines,
        created_by,
        "After the incident: as the upgrade, but freight is a line item again.",
    )


def _released(
    built_in: PipelineVersion,
    version: str,
    changed: Changed,
    created_by: User,
    notes: str,
) -> PipelineVersion:
    known = PipelineVersion.objects.filter(name=built_in.name, version=version).first()
    if known is None:
        known = PipelineVersion.objects.create(
            name=built_in.name,
            version=version,
            manifest=_manifest(Manifest.of(built_in), changed).as_json(),
            base=built_in if version == MENDED else None,
            created_by=created_by,
            notes=notes,
        )
    if known.state == PipelineVersion.State.DRAFT:
        known = versions.release(version=known)
    return known


def _manifest(manifest: Manifest, changed: Changed) -> Manifest:
    steps = tuple(
        replace(entry, params={**entry.params, "charges": LINES})
        if entry.step == "extract"
        else entry
        for entry in manifest.steps
    )
    types = tuple(
        changed(spec) if spec.name == INVOICE else spec
        for spec in manifest.document_types
    )
    return replace(manifest, steps=steps, document_types=types)


def _with_critical_lines(spec: DocumentTypeSpec) -> DocumentTypeSpec:
    return replace(spec, critical_lines=True)


def _without_label(spec: DocumentTypeSpec) -> DocumentTypeSpec:
    fields = tuple(map(_less_known, spec.fields))
    return replace(_with_critical_lines(spec), fields=fields)


def _less_known(field: FieldSpec) -> FieldSpec:
    if field.name != TOTAL:
        return field
    labels = tuple(label for label in field.labels if label != UNKNOWN_LABEL)
    return replace(field, labels=labels)
