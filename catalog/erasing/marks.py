"""What would give a document away, collected in memory before it is erased.

Never stored: the scan for residue looks for it and forgets it.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from catalog import blobs
from catalog.models import (
    DerivedArtifact,
    ErasedArtifact,
    GoldenValue,
    Kind,
    SourceMedia,
)
from catalog.models.derived_artifact import INLINE, DerivedArtifactQuerySet

# Shorter ones stand in too many places to say anything.
SHORTEST_WORD, SHORTEST_NAME = 6, 5
MOST_WORDS = 24
# Enough pages to choose words from.
MOST_READ = 200
DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Marks:
    """hashes: of the original and of blobs, in hex; name: of the file, "" if short."""

    hashes: Sequence[str]
    name: str = ""
    words: Sequence[str] = ()

    @property
    def texts(self) -> list[str]:
        return [text for text in (self.name, *self.words) if text]


def artifacts_under(erasure_id: uuid.UUID) -> DerivedArtifactQuerySet:
    """Those that the erasure covers."""
    covered = ErasedArtifact.objects.filter(erasure=erasure_id).values("artifact_id")
    return DerivedArtifact.objects.filter(pk__in=covered)


def marks_of(source: SourceMedia, *, erasure_id: uuid.UUID) -> Marks:
    """Everything to look for afterwards; before anything is emptied."""
    covered = artifacts_under(erasure_id)
    stored = covered.in_blobs().order_by().values_list("payload_hash", flat=True)
    name = source.name if len(source.name) >= SHORTEST_NAME else ""
    return Marks(
        hashes=[source.content_hash, *stored.distinct()],
        name=name,
        words=_distinctive(_said(source, covered)),
    )


def _said(source: SourceMedia, covered: DerivedArtifactQuerySet) -> Iterator[str]:
    """Values and words of the source, values first."""
    fields = covered.of_kind(Kind.FIELD).order_by().values_list("payload", flat=True)
    for found in fields.iterator(chunk_size=MOST_READ):
        payload = found or {}
        yield from (str(payload[key]) for key in ("value", "raw") if payload.get(key))
    values = GoldenValue.objects.filter(case__source=source)
    for value, machine_value in values.values_list("value", "machine_value"):
        yield from (value, machine_value)
    for artifact in covered.of_kind(Kind.OCR, Kind.SEARCH_TEXT)[:MOST_READ]:
        payload = _read(artifact)
        yield from (word[0] for word in payload.get("words", ()))
        yield from str(payload.get("text", "")).split()


def _read(artifact: DerivedArtifact) -> dict[str, Any]:
    if artifact.payload_uri == INLINE:
        return dict(artifact.payload or {})
    try:
        return dict(json.loads(blobs.read_verified(artifact.payload_hash)))
    except (blobs.BlobMissing, blobs.BlobDamaged):
        return {}


def _distinctive(said: Iterator[str]) -> list[str]:
    """Long texts with a digit or a space in them, and none that settings say too."""
    chosen: dict[str, None] = {}
    for text in said:
        telling = DIGIT.search(text) or " " in text.strip()
        if len(text) >= SHORTEST_WORD and telling and "\0" not in text:
            chosen[text] = None
        if len(chosen) >= 2 * MOST_WORDS:
            break
    known = _words_of_settings(list(chosen))
    return [text for text in chosen if text not in known][:MOST_WORDS]


def _words_of_settings(texts: Sequence[str]) -> set[str]:
    """Those that stand in what people set up: a tenant's own name is on its letters."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t FROM unnest(%s::text[]) t WHERE EXISTS (
                SELECT 1 FROM tenant s WHERE strpos(lower(s::text), lower(t)) > 0)
            OR EXISTS (
                SELECT 1 FROM auth_user u WHERE strpos(lower(concat_ws(' ', u.username,
                    u.first_name, u.last_name, u.email)), lower(t)) > 0)""",
            [list(texts)],
        )
        return {text for (text,) in cursor.fetchall()}
