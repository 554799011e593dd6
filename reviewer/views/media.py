from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from catalog import blobs
from catalog.api.files import artifact_response
from catalog.models import DerivedArtifact, SourceMedia, Way, What
from catalog.services import note_artifact_seen, note_seen
from reviewer.views.accounts import UserRequest, login_needed
from reviewer.views.erasing import gone

# What a browser shows without running anything of it.
SHOWN_ORIGINALS = frozenset(
    ["image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"]
)
# How long a browser may show a picture again without asking, in seconds. Short, since
# who may see it can change.
FRESH = 300


@require_safe
@login_needed
def original(request: UserRequest, source_id: uuid.UUID) -> HttpResponseBase:
    sources = SourceMedia.objects.visible_to(request.user)
    source = get_object_or_404(sources, pk=source_id)
    if source.erased_at is not None:
        return gone(request, None)
    attachment = "download" in request.GET or source.mime_type not in SHOWN_ORIGINALS
    disposition = content_disposition_header(
        as_attachment=attachment, filename=source.name
    )
    response = _blob(request, source.content_hash, source.mime_type)
    note_seen(user=request.user, source=source, what=What.ORIGINAL)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response


@require_safe
@login_needed
def artifact_file(request: UserRequest, artifact_id: uuid.UUID) -> HttpResponseBase:
    artifacts = DerivedArtifact.objects.visible_to(request.user)
    artifacts = artifacts.select_related("source")
    artifact = get_object_or_404(artifacts, pk=artifact_id)
    if artifact.is_erased:
        return gone(request, None)
    note_artifact_seen(user=request.user, artifact=artifact, way=Way.PAGE)
    if artifact.media_type.startswith("image/"):
        return _blob(request, artifact.payload_hash, artifact.media_type)
    return artifact_response(artifact)


def _blob(request: HttpRequest, content_hash: str, media_type: str) -> HttpResponseBase:
    """The blob in pieces, or 304; the hash is the tag, since bytes never change."""
    if not blobs.exists(content_hash):
        raise Http404("The stored bytes are missing: an operator must restore them.")
    response: HttpResponseBase = StreamingHttpResponse(
        blobs.chunks_verified(content_hash), content_type=media_type
    )
    response.headers["ETag"] = f'"{content_hash}"'
    patch_cache_control(response, private=True, max_age=FRESH)
    unchanged = get_conditional_response(
        request,
        etag=response.headers["ETag"],
        response=response,  # type: ignore[arg-type]  # streaming is fine too
    )
    return unchanged or response
