"""Every change that can change a result must miss, and no other change may.

A mutation changes one thing of a small step in files of its own (memo_world), and both
keys are computed by the code that the runner uses.
"""

from __future__ import annotations

import platform
import sys
from datetime import date
from pathlib import Path

import pytest

from pipeline.memo import fonts, installed
from tests.pipeline.memo_changes import (
    ENGINE,
    HELPER,
    READ,
    Mutation,
    Patch,
    change_other_step,
    edit,
    made,
    move,
    no_program,
    original,
    other_locale,
    other_program,
    other_zone,
    python,
    rename_helper,
    requirement,
    sort_backwards,
    speak,
    speak_of_another,
    step_that,
    swap_pages,
    touch,
    version,
    windows_ends,
)
from tests.pipeline.memo_world import TYPE, Made, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


MISSES: dict[str, Mutation] = {
    # the step's own code
    "a constant": edit(READ, "LIMIT = 3", "LIMIT = 4"),
    "a constant's type": edit(READ, "RATIO = 1", "RATIO = 1.0"),
    "a flag as a number": edit(READ, "FLAG = True", "FLAG = 1"),
    "a constant of bytes": edit(READ, '"%PDF"', '"%PDE"'),
    "a regular expression": edit(READ, "[0-9]+", "[0-9]*"),
    "a blank in a text": edit(READ, "nothing at all", "nothing  at all"),
    "a text's case": edit(READ, "nothing at all", "Nothing at all"),
    "a formatted text": edit(READ, "seen: {", "Seen: {"),
    "a formatted value": edit(READ, "{second}", "{second:>9}"),
    "a comparison": edit(READ, "<= LIMIT", "< LIMIT"),
    "a default": edit(READ, "depth: int = 2", "depth: int = 3"),
    "a default of a keyword": edit(READ, "wide: bool = False", "wide: bool = True"),
    "a class attribute": edit(READ, "margin = 5", "margin = 6"),
    "an exception that is caught": edit(READ, "ValueError", "KeyError"),
    "another name called": edit(READ, "polish(first)", "polish(given)"),
    "a decorator": edit(READ, "    def run", "    @staticmethod\n    def run"),
    "a base class": edit(READ, "class Read:", "class Read(dict):"),
    "a line more": edit(READ, "        return", "        text += '.'\n        return"),
    "an import for its effects": edit(
        READ, "import PIL", "import PIL\nimport toy.unrelated"
    ),
    "a docstring that the code reads": speak("Shouts."),
    "a docstring that other code reads": speak_of_another,
    # other modules of ours
    "a helper's code": edit(HELPER, "* depth", "* 2"),
    "a helper moved": rename_helper,
    "a constant of a helper's helper": edit("toy/deeper.py", '" "', '"-"'),
    "a function of a helper's helper": edit("toy/deeper.py", "return None", "return 1"),
    "a module imported late": edit("toy/late.py", "strip", "rstrip"),
    "a module imported by a star": edit("toy/stars.py", "1", "2"),
    "a module that a text names": edit("toy/job.py", "return path", "return path[1:]"),
    "a package's own code": edit("toy/steps/__init__.py", "True", "False"),
    "a parent package's code": lambda w, p: w.write("toy/__init__.py", "import re\n"),
    "a file that a text names": edit("toy/steps/words.txt", "amount", "sum"),
    "a word's place in such a file": edit("toy/steps/words.txt", "total\n", "\ntotal"),
    # what the step says of itself
    "the declared version": lambda w, p: w.entry.update(version="1.0.1"),
    "the step's name": lambda w, p: w.entry.update(step="read_well"),
    "a kind more that is read": step_that(reads=("page_image", "ocr", "thumbnail")),
    "a kind less that is read": step_that(reads=("page_image",)),
    "types no longer read": step_that(reads_types=False),
    # parameters and prompt
    "a parameter": lambda w, p: w.params.update(dpi=151),
    "a parameter's type": lambda w, p: w.params.update(dpi="150"),
    "a parameter more": lambda w, p: w.params.update(quality=88),
    "a parameter less": lambda w, p: w.params.pop("dpi"),
    "a parameter inside": lambda w, p: w.params["bounds"].update(side=4001),
    "an order inside": lambda w, p: w.params["bounds"].update(pixels=[2, 1]),
    "the prompt": lambda w, p: w.params.update(prompt="Read all that is printed."),
    "a blank at the prompt's end": lambda w, p: w.params.update(
        prompt=w.params["prompt"] + " "
    ),
    "no prompt": lambda w, p: w.params.pop("prompt"),
    # the engine
    "the model": lambda w, p: w.engine.update(model_id="eye-2"),
    "the model's weights": lambda w, p: w.engine.update(weights_digest="1" * 64),
    "an option": lambda w, p: w.engine["options"].update(min_confidence=0.6),
    "an option inside": lambda w, p: w.engine["options"]["layers"].update(a=2),
    "the engine's class": lambda w, p: w.engine.update(
        backend="toy.engine.OtherEngine"
    ),
    "the engine's code": edit(ENGINE, "scale(picture)", "scale(-picture)"),
    "the engine's helper": edit("toy/weights.py", "* 2", "* 3"),
    "another engine": lambda w, p: w.entry.update(engine="ear"),
    # document types
    "a label": lambda w, p: w.invoice["fields"][0]["labels"].append("Amount"),
    "the order of labels": lambda w, p: w.invoice["fields"][0]["labels"].reverse(),
    "a keyword": lambda w, p: w.invoice["keywords"].pop(),
    "a field that becomes critical": lambda w, p: w.invoice["fields"][0].update(
        critical=False
    ),
    "a hint": lambda w, p: w.invoice["fields"][0]["hints"].update(below=True),
    "a type more": lambda w, p: w.manifest["document_types"].append(
        {**TYPE, "name": "letter"}
    ),
    "the order of types": lambda w, p: w.manifest["document_types"].reverse(),
    # the environment
    "an imported package": version("pillow"),
    "a package of the engine": version("numpy"),
    "a package that is used unseen": version("onnxruntime"),
    "a package that a package needs": version("protobuf"),
    "a package gone": version("pillow", installed.ABSENT),
    "a new requirement": requirement,
    "a program": other_program,
    "a program gone": no_program,
    "a font": lambda w, p: p.setattr(fonts, "fonts_digest", lambda: "f" * 64),
    "Python's minor version": python(sys.version_info.minor + 1, 0),
    "the locale": other_locale,
    "the locale that programs see": lambda w, p: p.setenv("LC_ALL", "tr_TR.UTF-8"),
    "the time zone": lambda w, p: p.setenv("TZ", "Asia/Tokyo"),
    "the time zone that is in force": other_zone,
    "the processor": lambda w, p: p.setattr(platform, "machine", lambda: "riscv64"),
    # what it is given
    "the original": original(content_hash="f" * 64),
    "what the original is": original(mime_type="image/png"),
    "the day it came in": original(received_on=date(2026, 2, 1)),
    "an upstream payload": made(0, payload_hash="f" * 64),
    "an upstream region": made(2, region={"page": 1, "bbox": [0, 0, 1, 0.5]}),
    "an upstream region gone": made(2, region=None),
    "the order of pages": swap_pages,
    "a page less": lambda w, p: w.made.pop(1),
    "a page more": lambda w, p: w.made.append(Made("page_image", "page=3", "a" * 64)),
    "a page's number": made(1, slot="page=3"),
    "a page of another kind": made(1, kind="ocr", slot="page=2"),
}


HITS: dict[str, Mutation] = {
    # the same code
    "nothing": lambda w, p: None,
    "a comment": edit(READ, "LIMIT = 3", "# as many as fit\nLIMIT = 3  # three"),
    "blank lines": edit(READ, "class Read", "\n\n\n\nclass Read"),
    "a module's docstring": edit(READ, '"""Reads."""', '"""Reads what is there."""'),
    "no docstring": edit(READ, '    """Says what it sees."""\n\n', ""),
    "a function's docstring": edit(READ, "What is seen.", "What is to be seen."),
    "a helper's docstring": edit(HELPER, "Helps.", "Is of help."),
    "quotes": edit(READ, '"nothing at all"', "'nothing at all'"),
    "a text in two pieces": edit(READ, '"nothing at all"', '("nothing " "at all")'),
    "line breaks": edit(READ, "len(text) <= LIMIT", "len(\n text\n) <= (LIMIT)"),
    "a trailing comma": edit(HELPER, "join(given, depth)", "join(given, depth,)"),
    "a number's spelling": edit(READ, "margin = 5", "margin = 0x5"),
    "line ends": windows_ends,
    "a name for type checkers": edit(READ, "import Hint", "import Hint as Hint, Other"),
    "a module for type checkers": edit("toy/annotations.py", "...", "x = 1"),
    "a comment in the engine": edit(ENGINE, "class Engine", "# sees\nclass Engine"),
    # other code
    "an unrelated module": edit("toy/unrelated.py", "1", "2"),
    "a new module": lambda w, p: w.write("toy/steps/listen.py", "X = 1\n"),
    "a file that nobody names": edit("toy/steps/notes.txt", "read", "seen"),
    "times of files": touch,
    "the place of the installation": move,
    # the same data
    "the order of dictionaries": sort_backwards,
    "the order in which pages were made": lambda w, p: w.made.reverse(),
    "the order of kinds that are read": step_that(reads=("ocr", "page_image")),
    # what it does not read
    "a payload that it does not read": made(3, payload_hash="f" * 64),
    "an artifact that it does not read": lambda w, p: w.made.append(
        Made("layout", "document", "f" * 64)
    ),
    "another step of the version": change_other_step,
    "an engine that it does not call": lambda w, p: w.manifest["engines"]["ear"].update(
        model_id="ear-2"
    ),
    # an environment that it does not feel
    "an unrelated package": version("django"),
    "a package that decides nothing": version("tqdm"),
    "Python's patch release": python(sys.version_info.minor, 99),
    "a variable": lambda w, p: p.setenv("PALIMPSEST_OCR_THREADS", "7"),
}


@pytest.mark.parametrize("name", MISSES)
def test_a_change_misses(name: str, world: World, monkeypatch: Patch) -> None:
    before = world.key()

    MISSES[name](world, monkeypatch)

    assert world.key() != before


@pytest.mark.parametrize("name", HITS)
def test_a_neutral_edit_hits(name: str, world: World, monkeypatch: Patch) -> None:
    before = world.key()

    HITS[name](world, monkeypatch)

    assert world.key() == before


def test_types_of_a_step_that_reads_none_are_neutral(
    world: World, monkeypatch: Patch
) -> None:
    step_that(reads_types=False)(world, monkeypatch)
    before = world.key()

    world.invoice["keywords"].pop()

    assert world.key() == before


def test_the_suite_is_as_large_as_it_says() -> None:
    assert len(MISSES) >= 40
    assert len(HITS) >= 15
