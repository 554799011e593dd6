"""An export as a download, the same for programs and for people."""

from __future__ import annotations

from django.http import StreamingHttpResponse

from reviewer.exports import Export

MEDIA_TYPES = {"json": "application/x-ndjson", "csv": "text/csv"}


def download(exported: Export) -> StreamingHttpResponse:
    """The header X-Delivery-Id names the delivery that records it."""
    delivery = exported.delivery
    name = f"{delivery.tenant.slug}-{delivery.pk}.{delivery.form}"
    return StreamingHttpResponse(
        exported.lines,
        content_type=f"{MEDIA_TYPES[delivery.form]}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Delivery-Id": str(delivery.pk),
        },
    )
