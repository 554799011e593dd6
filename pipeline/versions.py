"""Verbs on pipeline versions: built-in set-up, draft, release, activate, retire."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from pipeline import policies
from pipeline.claims import DocumentTypeSpec
from pipeline.definitions import doc_extract
from pipeline.definitions.document_types import BUILT_IN, SHOWN_AS
from pipeline.manifest import Manifest
from pipeline.model_registry import register_models_of, retired_said
from pipeline.models import (
    Activation,
    DocumentType,
    FieldDefinition,
    Gate,
    PipelineVersion,
)


class VersionRefused(Exception):
    """The version may not go that way; the message says why and what to do."""


def type_specs() -> list[DocumentTypeSpec]:
    """The document types as admins have described them now."""
    types = DocumentType.objects.prefetch_related("fields")
    return [document_type.spec() for document_type in types]


@transaction.atomic
def add_missing_types(specs: Sequence[DocumentTypeSpec] = BUILT_IN) -> None:
    """Write the built-in types that the database does not have; edited ones stay."""
    for spec in specs:
        columns = spec.line_columns
        document_type, created = DocumentType.objects.get_or_create(
            name=spec.name,
            defaults={
                "keywords": list(spec.keywords),
                "description_labels": list(columns.get("description", ())),
                "quantity_labels": list(columns.get("quantity", ())),
                "unit_price_labels": list(columns.get("unit_price", ())),
                "amount_labels": list(columns.get("amount", ())),
                "critical_lines": spec.critical_lines,
            },
        )
        if created:
            FieldDefinition.objects.bulk_create(
                [
                    FieldDefinition(
                        document_type=document_type,
                        position=position,
                        name=field.name,
                        shown_as=SHOWN_AS.get((spec.name, field.name), ""),
                        value_type=field.value_type.value,
                        labels=list(field.labels),
                        critical=field.critical,
                        required=field.required,
                        hints=field.hints,
                    )
                    for position, field in enumerate(spec.fields)
                ]
            )


@transaction.atomic
def ensure_built_in() -> PipelineVersion:
    """The built-in version, released; active if it is the first of its name.

    Where engines or steps changed since it was released, a next patch version is
    released beside it and not activated: no upgrade is ever silent.
    """
    add_missing_types()
    versions = PipelineVersion.objects.filter(name=doc_extract.NAME)
    newest = (
        versions.exclude(state=PipelineVersion.State.DRAFT)
        .filter(created_by__isnull=True)
        .first()
    )
    if newest is None:
        version = doc_extract.VERSION
        manifest = doc_extract.manifest(type_specs())
    else:
        # The document types stay those of the last built-in version: edits of admins go
        # their own way, through a draft.
        types = Manifest.of(newest).document_types
        manifest = doc_extract.manifest(types)
        if manifest.digest == newest.digest:
            return newest
        version = _free_version(newest.version)
    built_in = PipelineVersion.objects.create(
        name=doc_extract.NAME,
        version=version,
        manifest=manifest.as_json(),
        digest=manifest.digest,
        state=PipelineVersion.State.RELEASED,
        released_at=timezone.now(),
        base=newest,
        notes="Built in.",
    )
    register_models_of(manifest)
    if Activation.objects.filter(pipeline_version__name=built_in.name).exists():
        return built_in
    return activate(version=built_in)


def next_version(version: str) -> str:
    """The following patch version: "1.4.0" gives "1.4.1"."""
    major, minor, patch = (int(number) for number in version.split("."))
    return f"{major}.{minor}.{patch + 1}"


def _free_version(version: str) -> str:
    taken = set(PipelineVersion.objects.values_list("version", flat=True))
    while version in taken:
        version = next_version(version)
    return version


@transaction.atomic
def draft_from(*, base: PipelineVersion, created_by: User) -> PipelineVersion:
    """A draft with the base's steps and the document types as they are now."""
    manifest = Manifest.of(base)
    drafted = Manifest(
        steps=manifest.steps,
        engines=manifest.engines,
        document_types=tuple(type_specs()),
    )
    return PipelineVersion.objects.create(
        name=base.name,
        version=_free_version(base.version),
        manifest=drafted.as_json(),
        base=base,
        created_by=created_by,
    )


@transaction.atomic
def release(*, version: PipelineVersion) -> PipelineVersion:
    """Freeze a draft with this machine's engines. Raises VersionRefused."""
    version = PipelineVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != PipelineVersion.State.DRAFT:
        raise VersionRefused(f"{version} is {version.state}; only a draft is released.")
    frozen = Manifest.of(version).with_engines_here()
    if why := retired_said(frozen):
        raise VersionRefused(f"{version} cannot be released: {why}")
    version.manifest = frozen.as_json()
    version.digest = frozen.digest
    version.state = PipelineVersion.State.RELEASED
    version.released_at = timezone.now()
    version.save()
    register_models_of(frozen)
    return version


@transaction.atomic
def activate(
    *,
    version: PipelineVersion,
    actor: User | None = None,
    gate: Gate | None = None,
    note: str = "",
) -> PipelineVersion:
    """Read new sources by this version from now on.

    The first version of a name needs no reason, nor does one that was active before;
    any other one needs a signed gate that it passed, or somebody's written reason.
    What was read before stays as it is: nothing is superseded here.
    Raises VersionRefused.
    """
    versions = PipelineVersion.objects.filter(name=version.name)
    # All of the name, in one order: two admins at once follow each other.
    locked = {v.pk: v for v in versions.order_by("pk").select_for_update()}
    version = locked[version.pk]
    if version.state != PipelineVersion.State.RELEASED:
        raise VersionRefused(f"{version} is {version.state}; release it first.")
    if version.active:
        return version
    if why := retired_said(Manifest.of(version)):
        raise VersionRefused(f"{version} cannot read new documents: {why}")
    Activation.objects.create(
        pipeline_version=version,
        replaced=next((v for v in locked.values() if v.active), None),
        reason=_reason_to_activate(version, actor, gate, note),
        gate=gate,
        note=note,
        actor=actor,
    )
    versions.filter(active=True).update(active=False)
    versions.filter(pk=version.pk).update(active=True)
    version.refresh_from_db()
    policies.after_activation(version=version, actor=actor)
    return version


def _reason_to_activate(
    version: PipelineVersion, actor: User | None, gate: Gate | None, note: str
) -> str:
    if gate is not None:
        _refuse_gate(version, gate)
        return Activation.Reason.GATE
    before = Activation.objects.filter(pipeline_version__name=version.name)
    if not before.exists():
        return Activation.Reason.FIRST
    if before.filter(pipeline_version=version).exists():
        return Activation.Reason.RETURN
    if actor is None or not note:
        raise VersionRefused(
            f"{version} has not passed a gate: reprocess a sample and sign its gate,"
            " or write down why it is to read new documents without one."
        )
    return Activation.Reason.UNGUARDED


def _refuse_gate(version: PipelineVersion, gate: Gate) -> None:
    """Raises VersionRefused for a gate by which the version may not read."""
    if gate.reprocess.pipeline_version_id != version.pk:
        raise VersionRefused(f"{gate} is not about {version}.")
    if gate.signed_at is None or not gate.fit_to_activate:
        raise VersionRefused(f"{version} has not passed its gate, or nobody signed.")
    if gate.reprocess.narrowed_by:
        raise VersionRefused(
            f"The gate of {version} is about a part of the documents only: reprocess a"
            " sample of everything, and sign its gate."
        )
    if gate.is_loose:
        raise VersionRefused(
            f"The gate of {version} has a margin or a level above 10 %: reprocess anew"
            " and state stricter ones."
        )
    if (later := Gate.objects.against(gate).order_by("measured_at").last()) is not None:
        raise VersionRefused(
            f"Another gate of {version} was measured later, on"
            f" {later.measured_at:%d %b %Y}, and does not pass. Look at that one, or"
            " write down why the version is to read new documents without a gate."
        )


@transaction.atomic
def retire(*, version: PipelineVersion) -> PipelineVersion:
    """Take a version out of use; what it made stays. Raises VersionRefused."""
    if version.active or version.state != PipelineVersion.State.RELEASED:
        raise VersionRefused(f"{version} is in use or not released: activate another.")
    PipelineVersion.objects.filter(pk=version.pk).update(
        state=PipelineVersion.State.RETIRED
    )
    version.refresh_from_db()
    return version
