"""The pictures and words of a case, as far as they are granted."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog import blobs
from catalog.models import What
from catalog.services import note_seen
from pipeline.showing.cutting import CannotCut
from reviewer import citations, task_pictures
from reviewer.granting import glimpses_of, may_look, shows_only_crops
from reviewer.models import ReviewTask
from reviewer.task_pictures import NotGranted, Shown
from reviewer.views.accounts import UserRequest, login_needed

# How long a browser shows a crop without asking, in seconds: its address says all that
# it is drawn from. What is painted over in it can become more.
FRESH, FRESH_VEILED = 3600, 300


def _task(request: UserRequest, task_id: uuid.UUID) -> ReviewTask:
    visible = ReviewTask.objects.visible_to(request.user)
    related = ("generation", "comparison__new_generation", "source", "tenant")
    return get_object_or_404(visible.select_related(*related), pk=task_id)


@require_safe
@login_needed
def crop(
    request: UserRequest,
    task_id: uuid.UUID,
    image_id: uuid.UUID,
    place: str,
    width: int,
) -> HttpResponseBase:
    task = _task(request, task_id)
    try:
        shown = task_pictures.crop_of_task(request.user, task, image_id, place, width)
    except (NotGranted, blobs.BlobMissing, blobs.BlobDamaged) as error:
        raise Http404 from error
    return _picture(request, task, shown)


@require_safe
@login_needed
def page(
    request: UserRequest, task_id: uuid.UUID, image_id: uuid.UUID
) -> HttpResponseBase:
    task = _task(request, task_id)
    try:
        shown = task_pictures.page_of_task(request.user, task, image_id)
    except NotGranted as error:
        raise Http404 from error
    return _picture(request, task, shown)


def _picture(request: UserRequest, task: ReviewTask, shown: Shown) -> HttpResponseBase:
    note_seen(
        user=request.user,
        source=task.source,
        what=What.CROP,
        artifact_id=shown.image.pk,
        task_id=task.pk,
        page=shown.page,
        regions=shown.regions,
    )
    etag = f'"{shown.tag}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(_drawn(shown), content_type=shown.media_type)
        response.headers["ETag"] = etag
    whole = not shows_only_crops(request.user, task)
    patch_cache_control(
        response,
        private=True,
        immutable=whole,
        max_age=FRESH if whole else FRESH_VEILED,
    )
    return response


def _drawn(shown: Shown) -> bytes:
    try:
        return shown.drawn()
    except (blobs.BlobMissing, blobs.BlobDamaged, CannotCut) as error:
        raise Http404("An operator must restore the page picture.") from error


@require_safe
@never_cache
@login_needed
def words(request: UserRequest, task_id: uuid.UUID, number: int) -> HttpResponse:
    """The words of a page that a value can be picked from."""
    task = _task(request, task_id)
    glimpses = [g for g in glimpses_of(task).values() if g.page.number == number]
    read = citations.words_on(task.generation, number)
    if read is None or not may_look(request.user, task):
        raise Http404
    regions = None
    if shows_only_crops(request.user, task):
        if not glimpses:
            raise Http404
        regions = glimpses[0].windows
        read = glimpses[0].words(read)
    note_seen(
        user=request.user,
        source=task.source,
        what=What.WORDS,
        task_id=task.pk,
        page=number,
        regions=regions,
    )
    return JsonResponse(read.as_json())
