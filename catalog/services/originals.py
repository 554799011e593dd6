"""Keeping originals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from psycopg import ClientCursor

from catalog import blob_gate, blobs
from catalog.ids import new_id
from catalog.models import RetentionClass, SourceMedia, Tenant
from catalog.models.retention import STANDARD
from catalog.services.holding import hold_tenant
from catalog.sniffing import sniff

EMPTY_FILE_NAME = "unnamed"
COLUMNS = {
    field.attname: str(field.column) for field in SourceMedia._meta.concrete_fields
}
# All of it in one exchange, which is much of what a small file costs. Each statement
# sees what was committed before it began; the last gives no row where the tenant has
# left, or has these bytes.
FILING = f"""
{blob_gate.ENTER};
-- Made again if somebody deleted it.
INSERT INTO retention_class (name, action, description)
VALUES ('{STANDARD}', 'keep', '') ON CONFLICT DO NOTHING;
INSERT INTO source_media (source_id, content_hash, uri, modality, mime_type, bytes,
    tenant_id, retention_class, name, uploaded_by_id)
SELECT %(source_id)s, %(content_hash)s, %(uri)s, %(modality)s, %(mime_type)s, %(bytes)s,
    tenant_id, %(retention_class)s, %(name)s, %(uploaded_by_id)s
FROM tenant WHERE tenant_id = %(tenant_id)s AND off_boarded_at IS NULL
FOR KEY SHARE
ON CONFLICT (tenant_id, content_hash) DO NOTHING
RETURNING {", ".join(COLUMNS.values())}
"""  # noqa: S608 - our own constants


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
    with blobs.received(stream, limit=limit) as arrival:
        kind, blob = sniff(arrival.head), arrival.blob
        wait = arrival.keep_meanwhile()
        row = {
            "source_id": new_id(),
            "content_hash": blob.content_hash,
            "uri": blob.key,
            "modality": kind.modality,
            "mime_type": kind.mime_type,
            "bytes": blob.size,
            "tenant_id": tenant.pk,
            "retention_class": _class_for(tenant, retention_class),
            "name": Path(name).name[-255:] or EMPTY_FILE_NAME,
            "uploaded_by_id": uploaded_by and uploaded_by.pk,
        }
        with transaction.atomic():
            registered = _row_of(tenant, row)
            wait()
            # Before the gate somebody may have deleted them.
            if not blobs.exists(blob.content_hash):
                arrival.keep()
    return registered


def _class_for(tenant: Tenant, asked: RetentionClass | None) -> str:
    return asked.pk if asked else tenant.retention_class_id or STANDARD


def _row_of(tenant: Tenant, row: dict[str, Any]) -> Registered:
    """The tenant's row of these bytes: this one, or that which was there before.

    Enters the blob gate: deleters are kept out until the transaction ends, and so is
    the end of the tenant's off-boarding. Where the same bytes come twice at the same
    moment, the second waits for the first. Raises TenantOffBoarded.
    """
    with connection.cursor() as opened, connection.wrap_database_errors:
        # Several statements at once take their parameters in the text.
        cursor = ClientCursor(opened.connection)
        cursor.execute(FILING, row)
        while cursor.nextset():
            pass
        new = cursor.fetchone()
    if new:
        source = SourceMedia.from_db(connection.alias, list(COLUMNS), new)
    elif hold_tenant(tenant_id=tenant.pk) is None:
        source = SourceMedia.objects.get(
            tenant=tenant, content_hash=row["content_hash"]
        )
    else:
        raise TenantOffBoarded(tenant)
    source.tenant = tenant
    return Registered(source, created=new is not None)
