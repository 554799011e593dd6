"""Remembering who was shown what."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import DerivedArtifact, Sighting, SourceMedia, Way, What
from catalog.models.sighting import EDGE
from catalog.regions import BoundingBox
from catalog.writing import insert

# Rows dropped in one transaction.
PIECE = 10_000


def note_seen(
    *,
    user: User,
    what: What,
    source: SourceMedia | None = None,
    sources: Iterable[tuple[uuid.UUID, uuid.UUID]] = (),
    way: Way = Way.PAGE,
    artifact_id: uuid.UUID | None = None,
    task_id: uuid.UUID | None = None,
    page: int | None = None,
    regions: Sequence[BoundingBox] | None = None,
) -> None:
    """One INSERT, before anything is sent: what cannot be noted is not shown.

    sources: (source id, tenant id) of several, as of a list of hits. regions: of the
    page; None: all of it.
    """
    of = [(source.pk, source.tenant_id), *sources] if source else list(sources)
    edges = [_whole(edge) for box in regions or () for edge in box.as_list()]
    rows = [
        Sighting(
            user_id=user.pk,
            tenant_id=tenant_id,
            source_id=source_id,
            what=what,
            way=way,
            artifact_id=artifact_id,
            task_id=task_id,
            page=page,
            regions=None if regions is None else edges,
        )
        for source_id, tenant_id in of
    ]
    if len(rows) == 1:
        # One statement, without a BEGIN and a COMMIT around it.
        insert(rows[0], told=False)
    else:
        Sighting.objects.bulk_create(rows)


def note_artifact_seen(*, user: User, artifact: DerivedArtifact, way: Way) -> None:
    note_seen(
        user=user,
        source=artifact.source,
        what=PICTURES_AND_WORDS.get(artifact.kind, What.VALUES),
        way=way,
        artifact_id=artifact.pk,
        page=_page(artifact.slot),
    )


PICTURES_AND_WORDS = {
    "page_image": What.PAGE,
    "thumbnail": What.THUMBNAIL,
    "crop": What.CROP,
    "ocr": What.WORDS,
    "search_text": What.WORDS,
    "layout": What.WORDS,
}


def drop_sightings(*, before: datetime) -> int:
    """Drop what is older, piece by piece; gives how many. The database lets nothing go
    that is younger than KEPT_MONTHS.
    """
    dropped = 0
    while True:
        with transaction.atomic():
            old = Sighting.objects.older_than(before).order_by("at")
            ids = list(old.values_list("pk", flat=True)[:PIECE])
            Sighting.objects.filter(pk__in=ids).delete()
        dropped += len(ids)
        if len(ids) < PIECE:
            return dropped


def _whole(edge: float) -> int:
    return min(max(round(edge * EDGE), 0), EDGE)


def _page(slot: str) -> int | None:
    number = slot.removeprefix("page=").partition(" ")[0]
    return int(number) if number.isdecimal() else None
