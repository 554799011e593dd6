"""Keeping originals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.contrib.auth.models import User
from django.db import IntegrityError

from catalog import blob_gate, blobs
from catalog.models import RetentionClass, SourceMedia, Tenant
from catalog.sniffing import sniff

EMPTY_FILE_NAME = "unnamed"


@dataclass(frozen=True, slots=True)
class Registered:
    """A source, and whether this call made it (False: the tenant had these bytes)."""

    source: SourceMedia
    created: bool


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

    Raises blobs.BlobTooLarge when more than limit bytes come, blobs.BlobUnavailable.
    """
    with blobs.received(stream, limit=limit) as (path, blob):
        known = SourceMedia.objects.filter(
            tenant=tenant, content_hash=blob.content_hash
        ).first()
        if known is not None and blobs.exists(blob.content_hash):
            return Registered(known, created=False)
        kind = sniff(path)
        if known is not None:
            blobs.keep_file(path, blob)
            return Registered(known, created=False)
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


def _filed(
    source: SourceMedia, path: Path, blob: blobs.Blob, wait: Callable[[], object]
) -> Registered:
    try:
        with blob_gate.writing():
            source.save(force_insert=True)
            wait()
            # From the gate to the commit nobody deletes; before it somebody may have.
            if not blobs.exists(blob.content_hash):
                blobs.keep_file(path, blob)
    except IntegrityError:
        # The same bytes came twice at the same moment; the other upload was first.
        first = SourceMedia.objects.get(
            tenant=source.tenant, content_hash=blob.content_hash
        )
        return Registered(first, created=False)
    del source.uploaded_at  # the database's clock; read when somebody asks for it
    return Registered(source, created=True)
