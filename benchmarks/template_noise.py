"""Template keys against known look-alikes after the words were disturbed.

    python -m benchmarks.template_noise WORDS TRUTH [--rounds 40] [--template steps]

WORDS and TRUTH are as for benchmarks.templates, WORDS a folder. In every round each
document is disturbed on its own, in one way a kind of round: its words are shifted and
scaled by up to 1 % of the page, 3 % of them are dropped, or one document in five gets
one page more (its middle page once more); or every threshold of the key is drawn from
80 to 120 % of its value, the documents as they are. Printed: mean and least F1 a kind
and of all rounds, and the F1 of the undisturbed documents. --template is a name of
pipeline.steps.layout.TEMPLATES.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from benchmarks.templates import clusters_of, score
from catalog.regions import BoundingBox
from pipeline.layout import template, template_steps
from pipeline.layout.analyse import Template
from pipeline.layout.lines import lines_of
from pipeline.layout.model import PageLayout
from pipeline.steps.layout import DEFAULTS, TEMPLATES
from pipeline.words import PageWords, Word

MOVED = 0.01  # of the page
DROPPED = 0.03  # of the words
LENGTHENED = 0.2  # of the documents
VARIED = 0.2  # of each threshold
# No thresholds: what paper measures, and a bound that keeps hostile lines cheap.
GIVEN = frozenset({"A4", "LETTER", "LONGEST"})
Documents = Mapping[str, list[PageWords]]


def shifted(pages: list[PageWords], chance: random.Random) -> list[PageWords]:
    """All words of a document moved and scaled alike, as another scan would."""
    dx, dy, wide, high = (chance.uniform(-MOVED, MOVED) for _ in range(4))

    def moved(word: Word) -> Word:
        box = word.bbox
        across = (box.left * (1 + wide) + dx, box.right * (1 + wide) + dx)
        down = (box.top * (1 + high) + dy, box.bottom * (1 + high) + dy)
        return replace(
            word, bbox=BoundingBox.clamped(across[0], down[0], across[1], down[1])
        )

    return [replace(page, words=tuple(map(moved, page.words))) for page in pages]


def thinned(pages: list[PageWords], chance: random.Random) -> list[PageWords]:
    return [
        replace(page, words=tuple(w for w in page.words if chance.random() >= DROPPED))
        for page in pages
    ]


def lengthened(pages: list[PageWords], chance: random.Random) -> list[PageWords]:
    if chance.random() >= LENGTHENED:
        return pages
    middle = len(pages) // 2
    longer = [*pages[: middle + 1], *pages[middle:]]
    return [replace(page, page=number) for number, page in enumerate(longer, 1)]


@contextmanager
def varied(chance: random.Random) -> Iterator[None]:
    """Every figure that the keys' modules name, drawn anew."""
    figures = [
        (module, name, value)
        for module in (template, template_steps)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int | float) and name not in GIVEN
    ]
    try:
        for module, name, value in figures:
            other = value * chance.uniform(1 - VARIED, 1 + VARIED)
            setattr(module, name, round(other) if isinstance(value, int) else other)
        yield
    finally:
        for module, name, value in figures:
            setattr(module, name, value)


@dataclass(frozen=True)
class Bench:
    """Documents, what tells look-alikes, and the key under test."""

    documents: Documents
    clusters: Mapping[str, str]
    template: Template

    def f1(self, documents: Documents) -> float:
        keys = {name: self.key_of(pages) for name, pages in documents.items()}
        return score(keys, self.clusters)["f1"]

    def key_of(self, pages: list[PageWords]) -> str:
        """What pipeline.layout.analyse gives; only lines enter the key."""
        layouts = [PageLayout(p.page, lines_of(p), (), (), ()) for p in pages]
        return self.template(pages, layouts)[0]


def rounds_of(bench: Bench, count: int, seed: int) -> dict[str, list[float]]:
    """The F1 of each round by kind."""
    found: dict[str, list[float]] = {}
    for disturb in (shifted, thinned, lengthened):
        chance = random.Random(f"{seed} {disturb.__name__}")  # noqa: S311
        for _ in range(count):
            made = {name: disturb(p, chance) for name, p in bench.documents.items()}
            found.setdefault(disturb.__name__, []).append(bench.f1(made))
    chance = random.Random(f"{seed} thresholds")  # noqa: S311
    for _ in range(count):
        with varied(chance):
            found.setdefault("thresholds", []).append(bench.f1(bench.documents))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("words", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--rounds", type=int, default=40, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--template", choices=TEMPLATES, default=DEFAULTS["template"])
    args = parser.parse_args()
    documents = {
        path.stem: [PageWords.from_json(page) for page in json.loads(path.read_text())]
        for path in sorted(args.words.glob("*.json"))
    }
    bench = Bench(documents, clusters_of(args.truth), TEMPLATES[args.template])
    print(f"{'undisturbed':<12} {bench.f1(documents):.3f}")
    found = rounds_of(bench, args.rounds, args.seed)
    found["all"] = [value for values in found.values() for value in values]
    for kind, values in found.items():
        least, mean = min(values), fmean(values)
        print(f"{kind:<12} mean {mean:.3f}  least {least:.3f}  of {len(values)}")


if __name__ == "__main__":
    main()
