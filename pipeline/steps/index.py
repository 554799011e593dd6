"""Text for the full-text search, a page at a time."""

from __future__ import annotations

from pipeline.steps.base import Determinism, Output, StepInput, StepResult
from pipeline.words import PageWords, text_of

# What PostgreSQL can index in one tsvector is one megabyte of lexemes; a page with more
# text than this is no page that anybody reads.
MAX_CHARACTERS = 200_000


class IndexStep:
    name = "index"
    version = "1.0.0"
    reads: tuple[str, ...] = ("ocr",)
    reads_types = False
    keeps = True
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        outputs = []
        for read in given.outputs("ocr"):
            if read.payload is None:
                continue
            page = PageWords.from_json(read.payload)
            text = text_of(page.words).replace("\x00", "")[:MAX_CHARACTERS]
            if text:
                outputs.append(
                    Output(
                        kind="search_text",
                        slot=f"page={page.page}",
                        payload={"page": page.page, "text": text},
                        inputs=((read.kind, read.slot),),
                    )
                )
        return StepResult(
            outputs=tuple(outputs), quality={"pages_indexed": len(outputs)}
        )
