"""What an engine is: the replaceable call that a step makes.

Engines know no settings and no database; they get plain values and give plain values.
A backend outside the project only has to be importable (settings.ENGINES names it).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from pipeline.claims import DocumentTypeSpec, Extraction
from pipeline.layout.model import Layout
from pipeline.words import PageWords


class EngineError(Exception):
    """An engine could not answer; permanent says whether trying again can help.

    The message must not hold text or values of the document.
    """

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class OcrEngine(Protocol):
    """Reads words off a picture. Raises EngineError."""

    @property
    def model_id(self) -> str: ...

    @property
    def weights_digest(self) -> str: ...

    def read(self, image: Path, *, page: int) -> PageWords:
        """The words of an upright RGB picture file, in reading order."""


class TurningEngine(OcrEngine, Protocol):
    """An OCR engine that can also tell how a page lies; others are not asked."""

    def read_as_it_lies(self, image: Path, *, page: int) -> tuple[PageWords, int]:
        """As read, and how many clockwise quarter turns would set the page upright."""


class ExtractEngine(Protocol):
    """Finds a document type's fields in words and layout. Raises EngineError."""

    @property
    def model_id(self) -> str: ...

    @property
    def weights_digest(self) -> str: ...

    def extract(
        self,
        pages: Sequence[PageWords],
        layout: Layout,
        document_types: Sequence[DocumentTypeSpec],
    ) -> Extraction:
        """Choose the type by content and make its claims; regions may be missing."""
