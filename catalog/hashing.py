"""SHA-256 over streams and over canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

CHUNK = 1024 * 1024


def chunks_of(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def sha256_of(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def sha256_of_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def canonical_json(data: Any) -> bytes:
    """One spelling for equal data: sorted keys, no spaces, UTF-8, no NaN.

    What went through the database has the same spelling as what goes in.

    Raises ValueError for NaN and infinities, TypeError for what JSON cannot say.
    """
    text = _spelt(data)
    if "-0.0" in text or "e+" in text:
        text = _spelt(json.loads(text, parse_float=_plain))
    return text.encode()


def _spelt(data: Any) -> str:
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def _plain(number: str) -> float | int:
    """The number as PostgreSQL's jsonb gives it back: it has no negative zero, and
    writes out what Python would give an exponent."""
    if "e+" in number:
        return int(Decimal(number))
    return float(number) or 0.0


def digest_of(data: Any) -> str:
    """SHA-256 in hex over the canonical JSON of data."""
    return hashlib.sha256(canonical_json(data)).hexdigest()
