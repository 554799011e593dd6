"""Keeping originals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.contrib.auth.models import User

from catalog import blob_gate, blobs
from catalog.models import RetentionClass, SourceMedia, Tenant
from catalog.services.holding import hold_tenant
from catalog.sniffing import sniff

EMPTY_FILE_NAME = "unnamed"


@dataclass(frozen=True, slots=True)
class Registered:
    """A source, and whether this call made it (False: the tenant had these bytes)."""

    source: SourceMedia
    created: bool


class TenantOffBoarded(Exception):
    """The tenant left and was erased: nothing comes in any more."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__(
            f"The tenant {tenant.slug} was off-boarded and takes no documents any"
            " more: upload to another tenant."
        )


def _class_for(tenant: Tenant, asked: RetentionClass | None) -> RetentionClass:
    return asked or tenant.retention_class or RetentionClass.objects.standard()


def register_source(
    *,
    tenant: Tenant,
    stream: IO[bytes],
    name: str,
    uploaded_by: User | None = None,
    limit: int | None = None,
    retention_class: RetentionClass | None = None,
) -> Registered:
    """Keep an original: hash while receiving, type by content, once a tenant.

    Raises blobs.BlobTooLarge when more than limit bytes come, blobs.BlobUnavailable,
    TenantOffBoarded.
    """
    if tenant.off_boarded_at is not None:
        raise TenantOffBoarded(tenant)
    with blobs.received(stream, limit=limit) as (path, blob):
        kind = sniff(path)
        # The disk flushes the bytes while the database takes the row.
        with blobs.kept_meanwhile(path, blob) as wait:
            source = SourceMedia(
                tenant=tenant,
                content_hash=blob.content_hash,
                uri=blob.key,
                modality=kind.modality,
                mime_type=kind.mime_type,
                bytes=blob.size,
                retention_class=_class_for(tenant, retention_class),
                name=Path(name).name[-255:] or EMPTY_FILE_NAME,
                uploaded_by=uploaded_by,
            )
            return _filed(source, path, blob, wait)


def _hold(tenant: Tenant) -> None:
    """No off-boarding may end until the transaction does. Raises TenantOffBoarded."""
    if hold_tenant(tenant_id=tenant.pk) is not None:
        raise TenantOffBoarded(tenant)


def _filed(
    source: SourceMedia, path: Path, blob: blobs.Blob, wait: Callable[[], object]
) -> Registered:
    """The row, and its bytes for certain: the gate keeps deleters out to the commit."""
    with blob_gate.writing():
        _hold(source.tenant)
        registered = _row_of(source)
        wait()
        # Before the gate somebody may have deleted them.
        if not blobs.exists(blob.content_hash):
            blobs.keep_file(path, blob)
    return registered


def _row_of(source: SourceMedia) -> Registered:
    """The tenant's row of these bytes: this one, or that which was there before.

    Where the same bytes come twice at the same moment, the second waits for the first.
    """
    SourceMedia.objects.bulk_create([source], ignore_conflicts=True)
    kept = SourceMedia.objects.get(
        tenant=source.tenant, content_hash=source.content_hash
    )
    kept.tenant = source.tenant
    return Registered(kept, created=kept.pk == source.pk)
