"""Golden cases for people: how many values each holds, and all of one case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalog.models import DerivedArtifact, GoldenCase, GoldenValue
from catalog.people import Viewer
from reviewer import citations
from reviewer.blinding import veil_of, veils_of
from reviewer.citations import Box, Page, region_box
from reviewer.source_list import rows_of as source_rows


@dataclass(frozen=True, slots=True)
class CaseRow:
    """slips: standing values at which the machine's own value was another one."""

    case: GoldenCase
    thumbnail: DerivedArtifact | None
    values: int
    slips: int


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
    value: GoldenValue
    box: Box | None

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


def rows_of(cases: Iterable[GoldenCase], viewer: Viewer) -> list[CaseRow]:
    listed = list(cases)
    veils = veils_of(viewer, [case.source_id for case in listed])
    by_case: dict[object, list[GoldenValue]] = {case.pk: [] for case in listed}
    sources_of = {case.pk: case.source_id for case in listed}
    for value in GoldenValue.objects.filter(case__in=listed).standing():
        if value.slot not in veils[sources_of[value.case_id]].slots:
            by_case[value.case_id].append(value)
    sources = {row.source.pk: row for row in source_rows([c.source for c in listed])}
    return [
        CaseRow(
            case=case,
            thumbnail=sources[case.source_id].thumbnail,
            values=len(by_case[case.pk]),
            slips=sum(v.value != v.machine_value for v in by_case[case.pk]),
        )
        for case in listed
    ]


def open_page(
    case: GoldenCase, wanted: dict[str, str], viewer: Viewer
) -> dict[str, Any]:
    """Without what another person is to read unseen."""
    hidden = veil_of(viewer, case.source_id).slots
    filed = GoldenValue.objects.filter(case=case).select_related("filed_by")
    rows = [
        ValueRow(value, region_box(value.region, slot=value.slot, look="human"))
        for value in filed.standing()
        if value.slot not in hidden
    ]
    pages = _images(case)
    return {
        "case": case,
        "rows": rows,
        "numbers": list(pages),
        "page": _page(case, rows, pages, wanted.get("page", "")),
    }


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
    return citations.page_of(images[number], words, [r.box for r in rows if r.box])
