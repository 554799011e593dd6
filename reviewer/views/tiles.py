"""The tiles of a large page, for people who see whole pages."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog import blobs
from catalog.models import DerivedArtifact, Kind, What
from catalog.regions import BoundingBox
from catalog.services import note_seen
from pipeline.showing import tiles
from reviewer.page_tiles import wanted_for
from reviewer.views.accounts import UserRequest, login_needed

FRESH = 3600  # seconds; the address says all that a tile is cut from
SECONDS = 1  # until a page may ask again


def _wanted(
    request: UserRequest, image_id: uuid.UUID
) -> tuple[DerivedArtifact, tiles.Wanted]:
    pictures = DerivedArtifact.objects.visible_to(request.user).whole()
    pages = pictures.of_kind(Kind.PAGE_IMAGE).select_related("source")
    image = get_object_or_404(pages, pk=image_id)
    try:
        return image, wanted_for(image)
    except (blobs.BlobMissing, blobs.BlobDamaged) as error:
        raise Http404("An operator must restore the page picture.") from error


@require_safe
@never_cache
@login_needed
def page_tiles(request: UserRequest, artifact_id: uuid.UUID) -> HttpResponse:
    """Which tiles there are; where there are none yet, they are being made."""
    _, wanted = _wanted(request, artifact_id)
    pack = tiles.pack_of(wanted)
    if pack is not None:
        told = {"state": "ready", "tile": pack.index["tile"], "levels": pack.sizes}
        return JsonResponse(told)
    if tiles.is_refused(wanted):
        return JsonResponse({"state": "none"})
    tiles.begin(wanted)
    return JsonResponse(
        {"state": "making"}, status=202, headers={"Retry-After": str(SECONDS)}
    )


@require_safe
@login_needed
def page_tile(
    request: UserRequest, artifact_id: uuid.UUID, level: int, x: int, y: int
) -> HttpResponse:
    image, wanted = _wanted(request, artifact_id)
    pack = tiles.pack_of(wanted)
    if pack is None:
        raise Http404
    try:
        data = pack.tile(level, x, y)
    except LookupError as error:
        raise Http404 from error
    note_seen(
        user=request.user,
        source=image.source,
        what=What.TILE,
        artifact_id=image.pk,
        page=wanted.page,
        regions=[BoundingBox.from_list(pack.edges(level, x, y))],
    )
    response = HttpResponse(data, content_type="image/jpeg")
    patch_cache_control(response, private=True, immutable=True, max_age=FRESH)
    return response
