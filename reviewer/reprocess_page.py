"""What the pages about reprocessing show, of one's own tenants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse

from catalog.models import Comparison
from catalog.people import Viewer
from pipeline.models import Reprocess, ReprocessItem, Stage
from pipeline.models.reprocess_item import ReprocessItemQuerySet
from pipeline.reprocessing.progress import Progress, progress_of
from reviewer.rollbacks import administered
from reviewer.slice_form import Scope

PAGE_SIZE = 50
# Counting takes longer the more there is to count: a large one is asked less often.
PACE = ((20_000, 3), (200_000, 10))
SLOWEST = 30


@dataclass(frozen=True, slots=True)
class Row:
    reprocess: Reprocess
    items: int
    ended: int


@dataclass(frozen=True, slots=True)
class ReprocessPage:
    """may_act: whether the buttons are for whoever looks. gate_url: empty where there
    is no page of its gate. every: seconds until the next look; 0 when nothing moves.
    """

    progress: Progress
    items: Page[ReprocessItem]
    listed: str
    may_act: bool
    gate_url: str
    every: int

    @property
    def ms_left(self) -> int:
        return (self.progress.seconds_left or 0) * 1000


def may_act(user: Viewer, reprocess: Reprocess) -> bool:
    """Admins of all tenants whose sources are in it, and operators."""
    own = administered(user)
    return own is None or set(reprocess.tenant_ids) <= set(own)


def rows_of(reprocesses: Sequence[Reprocess], scope: Scope) -> list[Row]:
    found = []
    for reprocess in reprocesses:
        states = items_of(reprocess, scope).totals()["states"]
        ended = sum(states.get(state, 0) for state in ("done", "failed", "skipped"))
        found.append(Row(reprocess, sum(states.values()), ended))
    return found


def items_of(reprocess: Reprocess, scope: Scope) -> ReprocessItemQuerySet:
    items = ReprocessItem.objects.filter(reprocess=reprocess)
    return items if scope is None else items.filter(source__tenant__in=scope)


def open_page(
    reprocess: Reprocess, scope: Scope, user: Viewer, query: Mapping[str, str]
) -> ReprocessPage:
    """query may name what is listed: a "state", a "stage", a "verdict", or "only" the
    "disagreeing" or the "refused" ones; and the "page".
    """
    items = items_of(reprocess, scope)
    progress = progress_of(reprocess, items)
    listed, rows = _listed(items, query)
    return ReprocessPage(
        progress=progress,
        items=Paginator(rows, PAGE_SIZE).get_page(query.get("page")),
        listed=listed,
        may_act=may_act(user, reprocess),
        gate_url=reverse("gate-open", args=[reprocess.pk]),
        every=_pace(progress),
    )


def _listed(
    items: ReprocessItemQuerySet, query: Mapping[str, str]
) -> tuple[str, QuerySet[ReprocessItem]]:
    words = []
    if (state := query.get("state", "")) in ReprocessItem.State.values:
        items = items.filter(state=state)
        words.append(state)
    if (stage := query.get("stage", "")) in map(str, Stage.values):
        items = items.filter(stage=int(stage))
        words.append("the rest" if stage == "3" else f"of the {_label_of(stage)}")
    if (verdict := query.get("verdict", "")) in Comparison.Verdict.values:
        items = items.filter(comparison__verdict=verdict)
        words.append(verdict)
    if query.get("only") == "disagreeing":
        items = items.disagreeing()
        words.append("that disagree")
    elif query.get("only") == "refused":
        items = items.without_candidate()
        words.append("that the new version refused")
    rows = items.select_related("source__tenant", "comparison", "new_generation")
    return " ".join(words), rows.order_by("stage", "position", "item_id")


def _label_of(stage: str) -> str:
    return str(Stage(int(stage)).label)


def _pace(progress: Progress) -> int:
    if progress.reprocess.state != Reprocess.State.RUNNING:
        return 0
    return next((s for most, s in PACE if progress.items <= most), SLOWEST)
