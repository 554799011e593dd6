"""A small pipeline step in files of its own, whose memo key the real code computes."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.manifest import Manifest
from pipeline.memo.closure import Sources
from pipeline.memo.recipe import Recipe, memo_key, recipe_of
from pipeline.steps.base import Determinism, SourceFacts, Step, StepInput, StepResult

FILES = {
    "toy/__init__.py": "",
    "toy/steps/__init__.py": "READY = True\n",
    "toy/steps/read.py": '''"""Reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import PIL
from toy import helper
from toy.stars import *

if TYPE_CHECKING:
    from toy.annotations import Hint

LIMIT = 3
RATIO = 1
FLAG = True
MARK = b"%PDF"
NUMBER = re.compile(r"[0-9]+")
JOB = "toy.job.run"
WORDS = "words.txt"


class Read:
    """Says what it sees."""

    margin = 5

    def run(self, given: Hint, *, depth: int = 2, wide: bool = False) -> str:
        """What is seen."""
        from toy.late import polish

        first = helper.join(given, depth)
        second = polish(first)
        try:
            text = f"seen: {second}"
        except ValueError:
            text = "nothing at all"
        return text if 0 < len(text) <= LIMIT else ""
''',
    "toy/steps/words.txt": "total\namount\n",
    "toy/steps/notes.txt": "not read by anybody\n",
    "toy/helper.py": '''"""Helps."""

from .deeper import SPACE, pause


def join(given, depth):
    pause()
    return SPACE.join([given] * depth)
''',
    "toy/deeper.py": 'SPACE = " "\n\n\ndef pause():\n    return None\n',
    "toy/stars.py": "STAR = 1\n",
    "toy/late.py": "def polish(text):\n    return text.strip()\n",
    "toy/job.py": "def run(path):\n    return path\n",
    "toy/annotations.py": "class Hint: ...\n",
    "toy/unrelated.py": "OTHER = 1\n",
    "toy/speaking.py": '"""Speaks."""\n\nTEXT = __doc__\n',
    "toy/engine.py": """import numpy
from toy.weights import scale

NEEDS_DISTRIBUTIONS = ("onnxruntime",)
NEUTRAL_DISTRIBUTIONS = ("tqdm",)
NEEDS_PROGRAMS = ("pdftoppm",)


class Engine:
    def read(self, picture):
        return scale(picture)


class OtherEngine(Engine):
    pass
""",
    "toy/weights.py": "def scale(picture):\n    return picture * 2\n",
}

TYPE = {
    "name": "invoice",
    "keywords": ["invoice", "bill"],
    "fields": [
        {
            "name": "total",
            "value_type": "money",
            "labels": ["Total", "Sum"],
            "critical": True,
            "required": False,
            "hints": {"not": ["Subtotal"], "below": False},
        }
    ],
    "line_columns": {"amount": ["Amount"], "quantity": ["Qty"]},
}

MANIFEST: dict[str, Any] = {
    "steps": [
        {
            "step": "read",
            "version": "1.0.0",
            "engine": "eye",
            "params": {
                "dpi": 150,
                "bounds": {"side": 4000, "pixels": [1, 2]},
                "prompt": "Read what is printed.",
            },
        },
        {"step": "later", "version": "1.0.0", "engine": "ear", "params": {"x": 1}},
    ],
    "engines": {
        alias: {
            "backend": "toy.engine.Engine",
            "options": {"min_confidence": 0.5, "layers": {"a": 1, "b": 2}},
            "model_id": f"{alias}-1",
            "weights_digest": "0" * 64,
        }
        for alias in ("eye", "ear")
    },
    "document_types": [TYPE, {**TYPE, "name": "receipt"}],
}


class ToyStep:
    name = "read"
    version = "1.0.0"
    reads: tuple[str, ...] = ("page_image", "ocr")
    reads_types = True
    keeps = True
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        return StepResult()


# Its code is looked for where its class says that it is from.
ToyStep.__module__ = "toy.steps.read"


@dataclass(frozen=True, slots=True)
class Made:
    kind: str
    slot: str
    payload_hash: str
    region: Mapping[str, Any] | None = None


def upstream() -> list[Made]:
    return [
        Made("page_image", "page=1", "a" * 64),
        Made("page_image", "page=2", "b" * 64),
        Made("ocr", "page=1", "c" * 64, {"page": 1, "bbox": [0, 0, 1, 1]}),
        Made("thumbnail", "page=1", "d" * 64),
    ]


ORIGINAL = SourceFacts("e" * 64, "application/pdf", "document", 999, date(2026, 1, 31))


@dataclass
class World:
    """root holds the files; everything else may be changed in place."""

    root: Path
    manifest: dict[str, Any] = field(default_factory=lambda: deepcopy(MANIFEST))
    made: list[Made] = field(default_factory=upstream)
    source: SourceFacts = ORIGINAL
    step: Step = field(default_factory=ToyStep)

    def __post_init__(self) -> None:
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text, f"{name} does not hold {old!r}"
        self.write(name, text.replace(old, new, 1))

    @property
    def entry(self) -> dict[str, Any]:
        entry: dict[str, Any] = self.manifest["steps"][0]
        return entry

    @property
    def params(self) -> dict[str, Any]:
        params: dict[str, Any] = self.entry["params"]
        return params

    @property
    def engine(self) -> dict[str, Any]:
        engine: dict[str, Any] = self.manifest["engines"]["eye"]
        return engine

    @property
    def invoice(self) -> dict[str, Any]:
        spec: dict[str, Any] = self.manifest["document_types"][0]
        return spec

    def key(self) -> str:
        return memo_key(self._recipe(), self.step, self.source, self.made)

    def _recipe(self) -> Recipe:
        manifest = self.parsed()
        sources = self.sources()
        return recipe_of(manifest, manifest.steps[0], self.step, sources=sources)

    def parsed(self) -> Manifest:
        return Manifest.from_json(deepcopy(self.manifest))

    def sources(self) -> Sources:
        """As a process that starts now finds the files."""
        return Sources({"toy": self.root})
