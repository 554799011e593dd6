"""Sending bytes of the catalog to people: as a download, never run in our name."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from catalog import blobs
from catalog.api.problems import Erased, Unavailable
from catalog.models import DerivedArtifact
from catalog.models.derived_artifact import GONE, INLINE

LOST = "The stored bytes are missing or damaged: an operator must restore a backup."


def payload_of(artifact: DerivedArtifact) -> Any:
    """The JSON payload, wherever it is kept; None for pictures and for what was erased.

    Raises Unavailable.
    """
    if artifact.payload_uri in (INLINE, GONE):
        return artifact.payload
    if artifact.media_type != "application/json":
        return None
    try:
        return json.loads(blobs.read_verified(artifact.payload_hash))
    except (blobs.BlobMissing, blobs.BlobDamaged) as error:
        raise Unavailable(LOST) from error


def blob_response(content_hash: str, media_type: str, name: str) -> HttpResponseBase:
    """Raises Unavailable."""
    if not blobs.exists(content_hash):
        raise Unavailable(LOST)
    chunks = blobs.chunks_verified(content_hash)
    return _as_download(StreamingHttpResponse(chunks, content_type=media_type), name)


def artifact_response(artifact: DerivedArtifact) -> HttpResponseBase:
    """The payload as a file, JSON or picture. Raises Unavailable, Erased."""
    if artifact.is_erased:
        raise Erased
    name = f"{artifact.kind}-{artifact.artifact_id}"
    if artifact.payload_uri == INLINE:
        body = json.dumps(artifact.payload, ensure_ascii=False)
        return _as_download(HttpResponse(body, content_type="application/json"), name)
    return blob_response(artifact.payload_hash, artifact.media_type, name)


def _as_download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    # Someone's upload, shown in a browser after all, gets no scripts and no origin.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
