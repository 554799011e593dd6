"""The layout step: lines, blocks, neighbours, tables and template key of a document."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.layout.analyse import Template, analyse
from pipeline.layout.codec import layout_to_json
from pipeline.layout.template import template_of
from pipeline.layout.template_steps import stepped_template_of
from pipeline.steps.base import Determinism, Output, StepError, StepInput, StepResult
from pipeline.words import PageWords

DEFAULTS: Mapping[str, str] = {"template": "sections"}
TEMPLATES: Mapping[str, Template] = {
    "sections": template_of,
    "steps": stepped_template_of,  # before 1.1.0
}


class LayoutStep:
    """Reads the words of all pages and says how they stand together."""

    name = "layout"
    version = "1.1.0"
    reads: tuple[str, ...] = ("ocr",)
    reads_types = False
    keeps = True
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        """One "layout" output for the whole document.

        Raises StepError where the words of a page are not as the ocr step writes them.
        """
        upstream = given.outputs("ocr")
        try:
            pages = sorted(
                (PageWords.from_json(output.payload or {}) for output in upstream),
                key=lambda page: page.page,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StepError(
                "bad_words", "the words of a page cannot be read"
            ) from error
        params = {**DEFAULTS, **given.params}
        layout = analyse(pages, TEMPLATES[params["template"]])
        output = Output(
            kind="layout",
            slot="document",
            payload=layout_to_json(layout),
            inputs=tuple(("ocr", one.slot) for one in upstream),
        )
        quality = {
            "pages": len(layout.pages),
            "lines": sum(len(page.lines) for page in layout.pages),
            "blocks": sum(len(page.blocks) for page in layout.pages),
            "neighbours": sum(len(page.neighbours) for page in layout.pages),
            "tables": sum(len(page.tables) for page in layout.pages),
        }
        detail = {"template_key": layout.template_key}
        return StepResult(outputs=(output,), quality=quality, detail=detail)
