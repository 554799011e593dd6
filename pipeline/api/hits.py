"""Where on a found page the searched words stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from catalog.api.files import payload_of
from catalog.models import DerivedArtifact, Kind, SearchPage
from catalog.models.search_page import SEARCH_CONFIG
from pipeline.words import PageWords, Word

# The words in the text form of a tsquery; a quote inside a word is doubled.
LEXEME = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class Hit:
    """A page of a search's answer with its matching words, in reading order."""

    page: SearchPage
    words: tuple[Word, ...]


def hits_on(pages: Sequence[SearchPage], query: str) -> list[Hit]:
    """What of the query stands where on the pages. Raises Unavailable."""
    read = _words_of(pages)
    wanted = lexemes_of(query)
    return [
        Hit(page, matching(read.get((page.artifact.generation_id, page.page)), wanted))
        for page in pages
    ]


def _words_of(pages: Iterable[SearchPage]) -> dict[tuple[UUID, int], PageWords]:
    found = {}
    read = DerivedArtifact.objects.whole().of_kind(Kind.OCR)
    for artifact in read.filter(
        generation__in={page.artifact.generation_id for page in pages},
        slot__in={f"page={page.page}" for page in pages},
    ):
        words = PageWords.from_json(payload_of(artifact))
        found[artifact.generation_id, words.page] = words
    return found


def lexemes_of(query: str) -> list[str]:
    """The words that PostgreSQL looks for when asked for the query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT websearch_to_tsquery(%s::regconfig, %s)::text",
            [SEARCH_CONFIG, query.replace("\x00", "")],
        )
        [text] = cursor.fetchone() or [""]
    return [found.replace("''", "'") for found in LEXEME.findall(text)]


def matching(page: PageWords | None, lexemes: Sequence[str]) -> tuple[Word, ...]:
    """The page's words in which PostgreSQL sees one of the lexemes."""
    if page is None or not page.words or not lexemes:
        return ()
    printed = [word.text.replace("\x00", "") for word in page.words]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place FROM unnest(%s::text[]) WITH ORDINALITY AS w(word, place)"
            " WHERE tsvector_to_array(to_tsvector(%s::regconfig, word)) && %s::text[]"
            " ORDER BY place",
            [printed, SEARCH_CONFIG, list(lexemes)],
        )
        return tuple(page.words[place - 1] for (place,) in cursor.fetchall())
