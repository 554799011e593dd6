"""The local extract engine: rules over words and layout, no model weights."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from pipeline import extracting, layout
from pipeline.claims import DocumentTypeSpec, Extraction
from pipeline.extracting.extract import extract
from pipeline.extracting.line_items import line_claims
from pipeline.layout.model import Layout
from pipeline.words import PageWords

VERSION = "1.1.0"


class RulesEngine:
    """Deterministic: the same words, layout and types give the same claims."""

    @property
    def model_id(self) -> str:
        return f"rules-{VERSION}"

    @cached_property
    def weights_digest(self) -> str:
        """SHA-256 over the source of the rules and of the layout that they read."""
        digest = hashlib.sha256()
        for package in (extracting, layout):
            for source in sorted(Path(package.__path__[0]).glob("*.py")):
                name = f"{package.__name__}.{source.stem}"
                digest.update(name.encode() + b"\0")
                digest.update(canonical(source.read_bytes()) + b"\0")
        return digest.hexdigest()

    def extract(
        self,
        pages: Sequence[PageWords],
        layout: Layout,
        document_types: Sequence[DocumentTypeSpec],
    ) -> Extraction:
        """Choose the type by content and claim its header fields and line items."""
        found = extract(pages, layout, document_types)
        spec = next((s for s in document_types if s.name == found.document_type), None)
        if spec is None or not spec.line_columns:
            return found
        lines = line_claims(pages, layout, spec)
        return replace(found, claims=(*found.claims, *lines))


def canonical(source: bytes) -> bytes:
    """Source text that is the same on every machine: LF ends, no blanks before them."""
    lines = source.decode().splitlines()
    return "\n".join(line.rstrip() for line in lines).strip().encode()
