"""How right one document was read. Pure: what is true and what was said, in counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from anls_star import anls_score

from pipeline.claims import LINE_SLOT, Claim, ValueType
from pipeline.comparing.critical import Critical
from pipeline.comparing.lines import Line, lines_of, match_lines
from pipeline.comparing.truth import Truth, is_right
from pipeline.comparing.values import Value, same
from pipeline.extracting.grounding import says, text_under
from pipeline.words import PageWords

# What is read as prose; of an amount or a day "nearly" means nothing.
FREE_TEXT = (ValueType.NAME, ValueType.ADDRESS, ValueType.TEXT)
# One cell in common is the least that lets two lines be the same.
ONE_CELL = 1.0


@dataclass(frozen=True, slots=True)
class Tally:
    """Values: right, wrong or made up, not found; absent: rightly nothing was said.

    A wrong value is one that is there and should not be, and one that is missing.
    """

    right: int = 0
    wrong: int = 0
    missed: int = 0
    absent: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.right + other.right,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.absent + other.absent,
        )

    @property
    def precision(self) -> float | None:
        said = self.right + self.wrong
        return self.right / said if said else None

    @property
    def recall(self) -> float | None:
        true = self.right + self.missed
        return self.right / true if true else None

    @property
    def f1(self) -> float | None:
        both = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / both if both else None


@dataclass(frozen=True, slots=True)
class Scored:
    """One document. anls: of each free text, 0..1. lines: cells, where all lines are
    known; known_lines: lines, where only some are. boxes: of the values said, how many
    have one and in how many of those the words say the value. all_right: every critical
    field; None where nobody knows, or none is critical. unknown: values that were said
    and that nobody knows the truth of.
    """

    fields: Mapping[str, Tally] = field(default_factory=dict)
    anls: Sequence[float] = ()
    lines: Tally | None = None
    known_lines: Tally = Tally()
    boxes: int = 0
    boxes_hold: int = 0
    all_right: bool | None = None
    unknown: int = 0


def scored(
    truth: Truth,
    said: Mapping[str, Value],
    *,
    critical: Critical,
    pages: Sequence[PageWords] = (),
) -> Scored:
    whole = whole_lines(truth)
    known = truth.about(said)
    if whole:
        known = {s: v for s, v in known.items() if not LINE_SLOT.fullmatch(s)}
    fields: dict[str, Tally] = {}
    for slot, true in known.items():
        name = field_of(slot)
        fields[name] = fields.get(name, Tally()) + tally(true, said.get(slot))
    boxed = [value for value in said.values() if value.region]
    return Scored(
        fields=fields,
        anls=[
            anls(true, said.get(slot))
            for slot, true in known.items()
            if true.text and true.value_type in FREE_TEXT
        ],
        lines=line_tally(truth, said) if whole else None,
        known_lines=Tally() if whole else known_line_tally(truth, said),
        boxes=len(boxed),
        boxes_hold=sum(holds(value, pages) for value in boxed),
        all_right=all_right(truth, said, critical),
        unknown=sum(
            slot not in known and not (whole and LINE_SLOT.fullmatch(slot))
            for slot in said
        ),
    )


def field_of(slot: str) -> str:
    """The field that a slot counts for: cells of a column are one."""
    match = LINE_SLOT.fullmatch(slot)
    return f"lines.{match['column']}" if match else slot


def tally(true: Value, said: Value | None) -> Tally:
    if not true.text:
        return Tally(absent=1) if said is None else Tally(wrong=1)
    if said is None:
        return Tally(missed=1)
    return Tally(right=1) if same(true, said) else Tally(wrong=1, missed=1)


def anls(true: Value, said: Value | None) -> float:
    """Likeness of two texts by edit distance; below a half it is none.

    Source: ANLS of DocVQA in the form of the anls_star package.
    """
    return cast(float, anls_score(true.text, said.text)) if said else 0.0


def holds(value: Value, pages: Sequence[PageWords]) -> bool:
    """Whether the words under a value's box say it."""
    if value.region is None:
        return False
    claim = Claim("", value.text, value.text, ValueType(value.value_type), 1.0)
    return says(claim, text_under(value.region, pages))


def whole_lines(truth: Truth) -> bool:
    """Whether the truth lists all lines, and is not about single cells of some.

    It does where the lines are numbered without a gap and none has one cell only.
    """
    lines = lines_of(truth.values)
    numbered = list(lines) == [f"lines[{i}]" for i in range(len(lines))]
    return bool(lines) and numbered and all(len(line) > 1 for line in lines.values())


def line_tally(
    truth: Truth,
    said: Mapping[str, Value],
    only: frozenset[str] | None = None,
) -> Tally:
    """The cells of line items after the pairing with the most equal cells.

    Only columns that the truth has are counted, or those given of them. Source:
    DocILE's line item recognition pairs lines and scores their fields the same way.
    """
    true = lines_of({s: v for s, v in truth.values.items() if v.text})
    found = lines_of(said)
    columns = {column for line in true.values() for column in line}
    pairs = match_lines(
        true,
        {prefix: _cells(line, columns) for prefix, line in found.items()},
        measure=equal_cells,
        least=ONE_CELL,
    )
    counted = columns if only is None else columns & only
    true = {prefix: _cells(line, counted) for prefix, line in true.items()}
    found = {prefix: _cells(line, counted) for prefix, line in found.items()}
    right = int(sum(equal_cells(true[a], found[b]) for a, b in pairs.items()))
    return Tally(
        right=right,
        wrong=sum(map(len, found.values())) - right,
        missed=sum(map(len, true.values())) - right,
    )


def known_line_tally(truth: Truth, said: Mapping[str, Value]) -> Tally:
    """Lines that people were asked about, one by one: found as they are, found
    otherwise, not found; or rightly not there.
    """
    found, pairs = lines_of(said), truth.lines_among(said)
    total = Tally()
    for prefix, true in lines_of(truth.values).items():
        line = found.get(pairs.get(prefix, ""), {})
        spelt = {column: value for column, value in true.items() if value.text}
        if not spelt:
            there = any(column in line for column in true)
            total += Tally(wrong=1) if there else Tally(absent=1)
        elif all(c in line and same(v, line[c]) for c, v in spelt.items()):
            total += Tally(right=1)
        else:
            total += Tally(wrong=int(bool(line)), missed=1)
    return total


def _cells(line: Line, columns: Collection[str]) -> dict[str, Value]:
    return {column: value for column, value in line.items() if column in columns}


def equal_cells(one: Line, other: Line) -> float:
    return float(sum(same(one[c], other[c]) for c in one.keys() & other.keys()))


def all_right(
    truth: Truth, said: Mapping[str, Value], critical: Critical
) -> bool | None:
    known = truth.about(said)
    rights = [is_right(said.get(name), known.get(name)) for name in critical.names]
    if critical.columns and whole_lines(truth):
        lines = line_tally(truth, said, critical.columns)
        rights.append(not lines.wrong and not lines.missed)
    elif critical.columns:
        cells = [s for s in known if s not in critical.names and s in critical]
        wrong = any(is_right(said.get(s), known[s]) is False for s in cells)
        rights.append(False if wrong or lacks_line(truth, said, critical) else None)
    if False in rights:
        return False
    return True if rights and None not in rights else None


def lacks_line(truth: Truth, said: Mapping[str, Value], critical: Critical) -> bool:
    """Whether a line that is known to be there, with a critical cell, is not read."""
    pairs = truth.lines_among(said)
    return any(
        prefix not in pairs
        and any(line[c].text for c in line.keys() & critical.columns)
        for prefix, line in lines_of(truth.values).items()
    )
