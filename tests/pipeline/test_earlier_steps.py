"""What earlier step versions make of a fixed input is what they made then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine

from catalog.hashing import digest_of
from catalog.regions import BoundingBox
from pipeline.definitions.document_types import BUILT_IN
from pipeline.engines.rules import RulesEngine
from pipeline.layout.analyse import analyse
from pipeline.layout.codec import layout_to_json
from pipeline.steps.base import Output, SourceFacts, Step, StepInput
from pipeline.steps.extract import ExtractStep
from pipeline.steps.ground import GroundStep
from pipeline.steps.registry import Earlier, all_steps, step_named
from pipeline.words import PageWords, Word
from tests.pipeline.extract_pages import RECEIPT_LINES, Cell, page_of
from tests.pipeline.reading_inputs import text_picture

EARLIER = [step for step in all_steps() if isinstance(step, Earlier)]
# What is asked of them is today's way; they are to go theirs all the same.
TODAYS: dict[str, dict[str, Any]] = {
    "ocr": {"turn": True},
    "layout": {"template": "sections"},
    "extract": {"charges": "lines"},
    "verify": {"today": "received"},
}
CHARGED: tuple[str | tuple[Cell, ...], ...] = (
    "Oakhill Tools Ltd",
    ((0.08, "Invoice no."), (0.3, "A-2041")),
    ((0.08, "Invoice date"), (0.3, "4 May 2026")),
    "Bill to",
    "Plumtree Dairy Ltd",
    "",
    ((0.5, "Subtotal"), (0.8, "100.00")),
    ((0.5, "Freight"), (0.8, "12.50")),
    ((0.5, "Total due"), (0.8, "112.50")),
)
PINNED = {
    ("ocr", "1.0.0"): (
        "10ac0920a43aad716a1016fdabe662fc1728bdce10788960d763b0c22207276e"
    ),
    ("layout", "1.0.0"): (
        "8bcba00dccfa62b166b1d7b315fe18f673759fcfef48d2995dd0b2d325e0ffa0"
    ),
    ("extract", "1.0.0"): (
        "4f4da15f16e64518176755f00a3650f32064ec3606872fbf2631cab80a32c0d0"
    ),
    ("verify", "1.0.0"): (
        "671b111b87a895e10ed92930e91b3dbea06fba53ca2529981f26fadaebae3928"
    ),
}


class Turning:
    """Finds every page upside down at the first look."""

    model_id = "turning/1"
    weights_digest = "0" * 64

    def __init__(self) -> None:
        self.looks = 0

    def read(self, image: Path, *, page: int) -> PageWords:
        word = Word("plain", BoundingBox(0.1, 0.1, 0.2, 0.2), 0.8)
        return PageWords(page, 100.0, 100.0, (word,), "ocr")

    def read_as_it_lies(self, image: Path, *, page: int) -> tuple[PageWords, int]:
        self.looks += 1
        word = Word("turned", BoundingBox(0.1, 0.1, 0.2, 0.2), 0.9)
        read = PageWords(page, 100.0, 100.0, (word,), "ocr")
        return read, 2 if self.looks == 1 else 0


def pictured(folder: Path) -> list[Output]:
    path = folder / "page.jpg"
    text_picture("Total 12.00", size=(100, 100)).save(path, "JPEG")
    return [Output("page_image", "page=1", file=path, media_type="image/jpeg")]


def worded(page: PageWords) -> list[Output]:
    layout = layout_to_json(analyse([page]))
    return [
        Output("ocr", "page=1", page.as_json()),
        Output("layout", "document", layout),
    ]


def grounded(folder: Path) -> list[Output]:
    upstream = worded(page_of(RECEIPT_LINES))
    for step in (ExtractStep(), GroundStep()):
        given = given_to(step, folder, upstream)
        upstream = [*upstream, *step.run(given).outputs]
    return upstream


UPSTREAM: dict[str, Callable[[Path], list[Output]]] = {
    "ocr": pictured,
    "layout": lambda folder: worded(page_of(RECEIPT_LINES))[:1],
    "extract": lambda folder: worded(page_of(CHARGED)),
    "verify": grounded,
}


def given_to(step: Step, folder: Path, upstream: list[Output]) -> StepInput:
    engine = Turning() if step.name == "ocr" else RulesEngine()
    original = folder / "page.jpg"
    if not original.exists():
        pictured(folder)
    return StepInput(
        source=SourceFacts("0" * 64, "image/jpeg", "image", 1, date(2035, 1, 1)),
        original=original,
        workdir=folder,
        params=TODAYS.get(step.name, {}),
        document_types=BUILT_IN,
        upstream=upstream,
        engine=lambda role: engine,
    )


def made_by(step: Step, folder: Path) -> str:
    """The digest of all payloads, by slot, on a day before the document's date."""
    upstream = UPSTREAM[step.name](folder)
    with time_machine.travel(date(2001, 1, 1), tick=False):
        result = step.run(given_to(step, folder, upstream))
    return digest_of(
        [[o.kind, o.slot, o.payload] for o in result.outputs if o.payload is not None]
    )


def test_every_earlier_version_is_pinned() -> None:
    assert {(step.name, step.version) for step in EARLIER} == PINNED.keys()


@pytest.mark.parametrize("step", EARLIER, ids=lambda s: f"{s.name}-{s.version}")
def test_it_makes_what_it_made(step: Earlier, tmp_path: Path) -> None:
    assert made_by(step, tmp_path) == PINNED[step.name, step.version]


@pytest.mark.parametrize("step", EARLIER, ids=lambda s: f"{s.name}-{s.version}")
def test_the_input_tells_it_from_the_newest(step: Earlier, tmp_path: Path) -> None:
    """Or the digest would say nothing of what makes it an earlier one."""
    newest = step_named(step.name, step.step.version)

    assert made_by(newest, tmp_path) != PINNED[step.name, step.version]
