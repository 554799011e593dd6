"""Extraction on words that were read before, scored against truth in one process.

    python -m benchmarks.extraction WORDS TRUTH [--json OUT] [--wrong] [--bins]
    python -m benchmarks.extraction --labels [--skip TRUTH] [--wrong] [--bins]

WORDS is a folder with one JSON file a document: the list of its PageWords. TRUTH is a
truth.jsonl. --labels takes the text lines of receipts/labels.jsonl in the folder that
PALIMPSEST_DATA names instead, without the documents that TRUTH names. --json writes
what `manage.py process --json` would, for the scorer. --bins prints how often claims of
each confidence were right.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.regions import BoundingBox
from pipeline.claims import Claim, Extraction, ValueType
from pipeline.definitions.document_types import BUILT_IN
from pipeline.engines.rules import RulesEngine
from pipeline.extracting.acceptance import decide
from pipeline.extracting.grounding import ground, says, text_under
from pipeline.extracting.values import same_value
from pipeline.extracting.verify import verify
from pipeline.layout.analyse import analyse
from pipeline.steps.verify import table_of
from pipeline.words import PageWords, Word

TYPES: Mapping[str, ValueType] = {
    field.name: field.value_type for spec in BUILT_IN for field in spec.fields
}
MARGIN = 1.03  # of the outermost text, where the size of the page is not known


@dataclass(frozen=True)
class Document:
    name: str
    pages: list[PageWords]
    truth: dict[str, str | None]


@dataclass(frozen=True)
class Result:
    """What the pipeline's last steps say of a document."""

    document: Document
    extraction: Extraction
    disposition: str
    reason: str


def main() -> None:
    args = parse()
    documents = list(
        label_documents(args.skip) if args.labels else word_documents(args)
    )
    engine = RulesEngine()
    started = time.perf_counter()
    results = [process(engine, document) for document in documents]
    seconds = time.perf_counter() - started
    report(results, wrong=args.wrong)
    print(f"seconds a document   {seconds / max(1, len(results)):.4f}")
    if args.bins:
        report_bins(results)
    if args.json:
        rows = (json.dumps(as_row(result), ensure_ascii=False) for result in results)
        args.json.write_text("\n".join(rows) + "\n", encoding="utf-8")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("words", type=Path, nargs="?")
    parser.add_argument("truth", type=Path, nargs="?")
    parser.add_argument("--labels", action="store_true")
    parser.add_argument("--skip", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--bins", action="store_true")
    args = parser.parse_args()
    if not args.labels and not (args.words and args.truth):
        parser.error("give WORDS and TRUTH, or --labels")
    return args


def process(engine: RulesEngine, document: Document) -> Result:
    """The same calls that the extract, ground, verify and disposition steps make."""
    layout = analyse(document.pages)
    extraction = engine.extract(document.pages, layout, BUILT_IN)
    extraction = ground(extraction, document.pages).extraction
    spec = next((s for s in BUILT_IN if s.name == extraction.document_type), None)
    if spec is not None:
        extraction = verify(extraction, document.pages, layout, spec)
    disposition, reason = decide(extraction, spec, params={})
    return Result(document, extraction, disposition, reason.value)


def word_documents(args: argparse.Namespace) -> Iterator[Document]:
    for row in read_lines(args.truth):
        path = args.words / f"{Path(row['file']).stem}.json"
        if path.exists():
            pages = [PageWords.from_json(page) for page in json.loads(path.read_text())]
            yield Document(Path(row["file"]).name, pages, row["fields"])


def label_documents(skip: Path | None) -> Iterator[Document]:
    skipped = {Path(row["file"]).stem for row in read_lines(skip)} if skip else set()
    data = Path(os.environ["PALIMPSEST_DATA"])
    for row in read_lines(data / "receipts" / "labels.jsonl"):
        if row["name"] not in skipped:
            yield Document(row["name"], [page_of_lines(row["lines"])], row["fields"])


def page_of_lines(lines: list[list[Any]]) -> PageWords:
    """Words with boxes from lines with boxes: each gets its share of the width."""
    width = MARGIN * max(line[2] for line in lines)
    height = MARGIN * max(line[3] for line in lines)
    words = []
    for left, top, right, bottom, text in lines:
        at = 0
        for part in text.split(" "):
            if part:
                start = left + (right - left) * at / len(text)
                end = left + (right - left) * (at + len(part)) / len(text)
                box = BoundingBox.clamped(
                    start / width, top / height, end / width, bottom / height
                )
                words.append(Word(part, box))
            at += len(part) + 1
    return PageWords(1, width, height, tuple(words), "ocr")


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def is_right(name: str, claim: Claim | None, truth: Mapping[str, str | None]) -> bool:
    wanted = truth.get(name)
    if claim is None or not wanted:
        return claim is None and not wanted
    return same_value(TYPES[name], claim.value, wanted)


def report(results: list[Result], *, wrong: bool) -> None:
    right: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    boxed, given, accepted, accepted_wrong = 0, 0, 0, 0
    for result in results:
        truth = result.document.truth
        critical_right = True
        for name, wanted in truth.items():
            claim = result.extraction.claim(name)
            given += claim is not None
            boxed += claim is not None and under_box(claim, result)
            ok = is_right(name, claim, truth)
            if claim is not None and claim.critical:
                critical_right &= ok
            if not wanted:
                continue
            counted[name] += 1
            right[name] += ok
            if wrong and not ok:
                print(
                    f"wrong {result.document.name} {name}: "
                    f"{claim and claim.value!r}, want {wanted!r}, "
                    f"confidence {claim and round(claim.confidence, 2)}"
                )
        accepted += result.disposition == "auto_accept"
        accepted_wrong += result.disposition == "auto_accept" and not critical_right
    print(f"documents            {len(results)}")
    for name, number in counted.items():
        print(f"field {name:<15} {right[name] / number:.3f} ({right[name]}/{number})")
    print(f"box says the value   {boxed / max(1, given):.3f}")
    print(f"auto-accepted        {accepted}, wrong {accepted_wrong}")
    for reason, number in Counter(r.reason for r in results).most_common():
        print(f"  {reason:<28} {number}")


def under_box(claim: Claim, result: Result) -> bool:
    if claim.region is None:
        return False
    return says(claim, text_under(claim.region, result.document.pages))


def report_bins(results: list[Result]) -> None:
    bins: dict[tuple[str, str, int], list[bool]] = defaultdict(list)
    for result in results:
        for claim in result.extraction.claims:
            if claim.slot in result.document.truth:
                ok = is_right(claim.slot, claim, result.document.truth)
                key = (claim.slot, claim.status.value, int(claim.confidence * 20))
                bins[key].append(ok)
    for (slot, status, step), oks in sorted(bins.items()):
        share = sum(oks) / len(oks)
        print(f"{slot:<15} {status:<11} {step / 20:.2f}+ {share:.3f} of {len(oks)}")


def as_row(result: Result) -> dict[str, Any]:
    fields = {
        claim.slot: {
            "value": claim.value,
            "page": claim.region.page if claim.region else None,
            "bbox": claim.region.bbox.as_list() if claim.region else None,
            "confidence": claim.confidence,
            "status": claim.status.value,
        }
        for claim in result.extraction.claims
        if not claim.slot.startswith("lines[")
    }
    return {
        "path": result.document.name,
        "disposition": result.disposition,
        "reason": result.reason,
        "document_type": result.extraction.document_type,
        "fields": fields,
        "lines": table_of(result.extraction)["rows"],
    }


if __name__ == "__main__":
    main()
