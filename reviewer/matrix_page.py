"""What the version matrix shows: its lines with links to what each number counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404

from catalog.answers import Kinds, mixed_kinds_of
from catalog.models import LINES, Line, Matrix, SourceMedia, Tenant, VersionTally
from catalog.models.matrix import Version
from pipeline.models import PipelineVersion
from pipeline.wording import plain
from reviewer.slice_form import Scope
from reviewer.template_names import template_names

PAGE_SIZE = 50
LINE_NAMES = {"tenant": "By tenant", "template": "By template", "type": "By type"}
# The field of the slice form that a line fills in.
FIELDS = {"tenant": "tenant", "template": "template_key", "type": "document_type"}


@dataclass(frozen=True, slots=True)
class Cell:
    """query: of the blast radius page that lists what is counted here. version: of
    which it is, empty for all together."""

    count: int
    query: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """key: what a template is known by, where the name only says who sends by it."""

    line: Line
    name: str
    key: str
    cells: Sequence[Cell]
    whole: Cell

    @property
    def models(self) -> list[tuple[str, int]]:
        """Models joined by + and how many readings they made, the most first."""
        counts: dict[str, int] = {}
        for by_models in self.line.models.values():
            for models, count in by_models.items():
                counts[models] = counts.get(models, 0) + count
        return sorted(counts.items(), key=lambda item: -item[1])


@dataclass(frozen=True, slots=True)
class MatrixPage:
    matrix: Matrix
    rows: Page[Line]
    shown: Sequence[MatrixRow]
    totals: Sequence[Cell]
    mixed_sources: Sequence[tuple[SourceMedia, Kinds]]
    mixed_count: int
    unguarded: Sequence[PipelineVersion]


def open_page(scope: Scope, query: Mapping[str, str]) -> MatrixPage:
    """query may name what a line is, "by", and the page. Raises Http404."""
    by = query.get("by") or "tenant"
    if by not in LINES:
        raise Http404
    matrix = VersionTally.objects.of_tenants(scope).matrix(by)
    page = Paginator(matrix.lines, PAGE_SIZE).get_page(query.get("page"))
    names = _names(matrix, page.object_list, scope)
    sources = SourceMedia.objects.with_mixed_versions(scope)
    if scope is not None:
        sources = sources.filter(tenant__in=scope)
    first = sources.select_related("tenant").order_by("source_id")[:PAGE_SIZE]
    return MatrixPage(
        matrix,
        page,
        [_row(matrix, line, names) for line in page.object_list],
        [_cell(matrix.total_of(v), v) for v in matrix.versions],
        list(mixed_kinds_of(first)),
        sources.count(),
        _unguarded(matrix),
    )


def _unguarded(matrix: Matrix) -> list[PipelineVersion]:
    """Of the versions that speak now: those that once began to read without a gate."""
    rows = PipelineVersion.objects.unguarded()
    known = {(version.name, version.version): version for version in rows}
    shown = ((v.pipeline_name, v.pipeline_version) for v in matrix.versions)
    return [known[key] for key in shown if key in known]


def _names(
    matrix: Matrix, lines: Iterable[Line], scope: Scope
) -> Mapping[Any, tuple[str, str]]:
    """The word of a query and the words for people, by the key of a line."""
    keys = [line.key for line in lines]
    if matrix.by == "type":
        return {key: (key, plain(key)) for key in keys}
    if matrix.by == "template":
        called = template_names(keys, scope)
        return {key: (key, called.get(key, key)) for key in keys}
    rows = Tenant.objects.values_list("pk", "slug", "name")
    return {pk: (slug, name) for pk, slug, name in rows}


def _row(matrix: Matrix, line: Line, names: Mapping[Any, tuple[str, str]]) -> MatrixRow:
    word, name = names[line.key]
    field = {FIELDS[matrix.by]: word}
    cells = [_cell(line.versions.get(v, 0), v, **field) for v in matrix.versions]
    return MatrixRow(
        line,
        name,
        word if matrix.by == "template" else "",
        cells,
        Cell(line.generations, urlencode({**field, "show": "readings"})),
    )


def _cell(count: int, version: Version, **more: str) -> Cell:
    name = f"{version.pipeline_name} {version.pipeline_version}"
    return Cell(count, _query(version=version, **more), name)


def _query(*, version: Version, **more: str) -> str:
    name = f"{version.pipeline_name}@{version.pipeline_version}"
    return urlencode({"version": name, **more})
