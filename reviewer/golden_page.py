"""Golden cases for people: how many values each holds, and all of one case."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalog.models import (
    DerivedArtifact,
    GoldenCase,
    GoldenRetirement,
    GoldenValue,
)
from catalog.people import Viewer
from reviewer import agreement, citations, wording
from reviewer.agreement import Pair
from reviewer.blinding import veil_of, veils_of
from reviewer.citations import Box, Page, region_box
from reviewer.models import Decision
from reviewer.source_list import rows_of as source_rows


@dataclass(frozen=True, slots=True)
class CaseRow:
    """slips: standing values at which the machine's own value was another one.
    compared, agreed: other people's answers beside what was decided there.
    """

    case: GoldenCase
    thumbnail: DerivedArtifact | None
    values: int
    slips: int
    compared: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Said:
    version: str
    value: str
    right: bool

    @classmethod
    def of(cls, true: GoldenValue, version: str, value: str) -> Said:
        return cls(version, value, right=value == true.value)


@dataclass(frozen=True, slots=True)
class ValueRow:
    """pairs: second opinions beside the answer that filed it. asks: what kind of
    question that was, in words; "" for an import."""

    value: GoldenValue
    box: Box | None
    machine_box: Box | None
    pairs: list[Pair]
    asks: str

    @property
    def places(self) -> list[tuple[str, str]]:
        """Whose box, and where it is in words."""
        value = self.value
        whose = [("True", value.region), ("Machine's", value.machine_region)]
        if value.other_version:
            whose = [
                ("True", value.region),
                (f"That of {value.pipeline_version}", value.machine_region),
                (f"That of {value.other_version}", value.other_region),
            ]
        return [(who, _words_of(region)) for who, region in whose]

    @property
    def agrees(self) -> bool:
        return self.value.value == self.value.machine_value

    @property
    def said(self) -> list[Said]:
        """What each version read that a person had before them, the older one first."""
        value = self.value
        found = [Said.of(value, value.pipeline_version, value.machine_value)]
        if value.other_version:
            found.append(Said.of(value, value.other_version, value.other_value))
        return found


def _words_of(region: dict[str, Any] | None) -> str:
    """A place in per cent of the page's width and height."""
    box = region_box(region, slot="")
    if box is None:
        return "none"
    left, top, right, bottom = (f"{100 * edge:.0f}" for edge in box.as_list)
    return f"page {box.page}, {left} to {right} % across, {top} to {bottom} % down"


def rows_of(cases: Iterable[GoldenCase], viewer: Viewer) -> list[CaseRow]:
    listed = list(cases)
    veils = veils_of(viewer, [case.source_id for case in listed])
    by_case: dict[object, list[GoldenValue]] = {case.pk: [] for case in listed}
    sources_of = {case.pk: case.source_id for case in listed}
    for value in GoldenValue.objects.filter(case__in=listed).standing():
        if value.slot not in veils[sources_of[value.case_id]].slots:
            by_case[value.case_id].append(value)
    beside: dict[uuid.UUID, list[Pair]] = {case.source_id: [] for case in listed}
    for pair in agreement.pairs_about(beside):
        beside[pair.item.task.source_id].append(pair)
    sources = {row.source.pk: row for row in source_rows([c.source for c in listed])}
    return [
        CaseRow(
            case=case,
            thumbnail=sources[case.source_id].thumbnail,
            values=len(by_case[case.pk]),
            slips=sum(v.value != v.machine_value for v in by_case[case.pk]),
            compared=len(beside[case.source_id]),
            agreed=sum(pair.agrees for pair in beside[case.source_id]),
        )
        for case in listed
    ]


def open_page(
    case: GoldenCase, wanted: dict[str, str], viewer: Viewer
) -> dict[str, Any]:
    """Without what another person is to read unseen."""
    hidden = veil_of(viewer, case.source_id).slots
    filed = GoldenValue.objects.filter(case=case).select_related("filed_by")
    shown = [value for value in filed.standing() if value.slot not in hidden]
    rows = _rows(case, shown)
    standing = {row.value.slot for row in rows}
    retirements = list(GoldenRetirement.objects.of_case(case))
    last = {one.slot: one for one in retirements if one.slot not in standing}
    pages = _images(case)
    return {
        "case": case,
        "rows": rows,
        "retirements": retirements[::-1],
        "retired": [one for slot, one in last.items() if slot and one.act == "retire"],
        "earlier": filed.count() - len(rows),
        "numbers": list(pages),
        "page": _page(case, rows, pages, wanted.get("page", "")),
    }


def _rows(case: GoldenCase, values: Iterable[GoldenValue]) -> list[ValueRow]:
    beside = agreement.by_decision(agreement.pairs_about([case.source_id]))
    listed = list(values)
    answers = Decision.objects.filter(pk__in=[v.decision_ref for v in listed])
    asks: dict[object, str] = dict(answers.values_list("pk", "item__task__asks"))
    return [
        ValueRow(
            value,
            region_box(value.region, slot=value.slot, look="human"),
            _machine_box(value),
            beside.get(value.decision_ref, []),
            wording.ASKS.get(asks.get(value.decision_ref, ""), ""),
        )
        for value in listed
    ]


def _machine_box(value: GoldenValue) -> Box | None:
    """Where it is another place than the true one."""
    if value.machine_region == value.region:
        return None
    return region_box(value.machine_region, slot=value.slot, look="conflict")


def _images(case: GoldenCase) -> dict[int, DerivedArtifact]:
    [row] = source_rows([case.source])
    return citations.page_images(row.generation) if row.generation else {}


def _page(
    case: GoldenCase,
    rows: Iterable[ValueRow],
    images: dict[int, DerivedArtifact],
    wanted: str,
) -> Page | None:
    """The page asked for, or the first."""
    number = int(wanted) if wanted.isdecimal() else next(iter(images), 0)
    if number not in images:
        return None
    words = citations.words_on(images[number].generation, number)
    boxes = [box for r in rows for box in (r.box, r.machine_box) if box]
    return citations.page_of(images[number], words, boxes)
