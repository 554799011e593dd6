"""What the queue page shows: rows in triage order, counts, and how the user stands."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from catalog.models import DerivedArtifact, Membership, Tenant
from catalog.people import within_tenants_of
from pipeline.models import Run
from pipeline.wording import plain
from reviewer import wording
from reviewer.models import ReviewTask, Scope, Stakes, scopes_of
from reviewer.models.review_task import Place
from reviewer.names import FieldNames
from reviewer.narrowing import COLUMNS, Narrowing
from reviewer.sheet_page import Choice, choices
from reviewer.team import able_to_review

PAGE_SIZE = 50
MOST_CLOSED = 20  # looked at one by one
FACET_SIZE = 6  # most frequent values shown of each key
TITLES = {
    "asks": "Question",
    "stakes": "Stakes",
    "reason": "Why",
    "type": "Type",
    "tenant": "Tenant",
}


@dataclass(frozen=True, slots=True)
class Row:
    task: ReviewTask
    why: str
    asks: str  # in words; "" for what most tasks ask
    doubtful: int
    thumbnail: DerivedArtifact | None
    holder: str  # "" where nobody holds it, "you" for the user
    skipped: bool
    crops_only: bool = False  # neither its name nor its picture may be shown


@dataclass(frozen=True, slots=True)
class FacetValue:
    label: str
    count: int
    share: float  # of the largest count, 0..100
    chosen: bool
    query: str  # that chooses it, or lets it go
    value: str


@dataclass(frozen=True, slots=True)
class Facet:
    key: str
    title: str
    values: list[FacetValue]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the open tasks are that the user does not get.

    The last five are counted only where nothing is left.
    """

    open: int
    held: list[ReviewTask]  # the ones that end soonest
    held_count: int
    skipped: int
    done_today: int
    for_senior: int = 0
    closed: int = 0  # to the user, who answered them first
    nobody_else: int = 0  # of those, with nobody else who may
    outside: int = 0  # of the user's skills
    reading: int = 0  # documents that are not read yet

    @property
    def left(self) -> int:
        return max(self.open - self.held_count - self.skipped, 0)

    @property
    def last_end(self) -> datetime | None:
        """When the last of those held by others comes back, if nobody goes on."""
        return self.held[-1].reserved_until if self.held else None


def standing(
    user: User, scopes: Sequence[Scope], narrowing: Narrowing, *, open_count: int
) -> Standing:
    here = narrowing.apply(ReviewTask.objects.within(scopes).not_closed_to(user))
    # As many as people hold, so never a long list.
    held = list(here.held_by_others(user).select_related("reserver"))
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    own = ReviewTask.objects.of_tenants_of(user)
    found = Standing(
        open=open_count,
        held=held,
        held_count=len(held),
        skipped=here.skipped_by(user).exclude(pk__in=[t.pk for t in held]).count(),
        done_today=own.finished_by(user, since=midnight).count(),
    )
    return found if found.left else _and_why(user, scopes, narrowing, found)


def _and_why(
    user: User, scopes: Sequence[Scope], narrowing: Narrowing, found: Standing
) -> Standing:
    """With what else there is: for a person who is told that nothing is left."""
    here = narrowing.apply(ReviewTask.objects.of_tenants_of(user)).open()
    foreign = here.exclude(pk__in=here.within(scopes).values("pk"))
    waiting = foreign.waiting_for_a_senior().count()
    closed = list(here.within(scopes).closed_to(user)[:MOST_CLOSED])
    return replace(
        found,
        for_senior=waiting,
        closed=len(closed),
        nobody_else=sum(not able_to_review(task) for task in closed),
        outside=foreign.count() - waiting,
        reading=Run.objects.open().filter(_of_tenant(user, narrowing)).count(),
    )


def _of_tenant(user: User, narrowing: Narrowing) -> Q:
    wanted = within_tenants_of(user, "source__tenant", crops_too=True)
    if narrowing.tenant is not None:
        wanted &= Q(source__tenant__slug=narrowing.tenant)
    return wanted


def less(
    counts: Sequence[Mapping[str, Any]], fewer: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Counts by facet without those of a part of them."""
    keys = ("tenant_id", "asks", "document_type", "reason", "stakes")
    taken = {tuple(row[key] for key in keys): row["count"] for row in fewer}
    left = [
        {**row, "count": row["count"] - taken.get(tuple(row[key] for key in keys), 0)}
        for row in counts
    ]
    return [row for row in left if row["count"]]


def with_tenants(counts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The counts with each tenant's slug and name."""
    tenants = Tenant.objects.in_bulk({row["tenant_id"] for row in counts})
    return [
        {
            **row,
            "tenant__slug": tenants[row["tenant_id"]].slug,
            "tenant__name": tenants[row["tenant_id"]].name,
        }
        for row in counts
    ]


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: list[Row]
    facets: list[Facet]
    standing: Standing
    narrowing: Narrowing
    count: int  # open tasks inside the narrowing
    next_query: str  # of the following page, "" on the last one
    is_first: bool
    sheets: Sequence[Choice]  # fields that can be reviewed many at once


def page(user: User, narrowing: Narrowing, *, after: str) -> QueuePage:
    """A page of the open tasks that the user may be given; after: what place_after()
    wrote, or "".
    """
    scopes = scopes_of(user)
    within = ReviewTask.objects.within(scopes).open()
    # Counted as all less a few, so that the counts come from an index alone.
    counts = with_tenants(less(within.facets(), within.closed_to(user).facets()))
    tasks = within.not_closed_to(user)
    count = sum(row["count"] for row in counts if narrowing.holds(row))
    place = parse_place(after)
    shown = narrowing.apply(tasks).in_triage_order().with_rows()
    if place is not None:
        shown = shown.after(place)
    found = list(shown[: PAGE_SIZE + 1])
    more = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    names = FieldNames.now()
    veiled = set(Membership.objects.crops_only_of(user))
    following = {**narrowing.chosen(), "after": place_after(more)} if more else {}
    return QueuePage(
        rows=[
            _row(user, task, names, crops_only=task.tenant_id in veiled)
            for task in found[:PAGE_SIZE]
        ],
        facets=facets(counts, narrowing),
        standing=standing(user, scopes, narrowing, open_count=count),
        narrowing=narrowing,
        count=count,
        next_query=urlencode(following),
        is_first=place is None,
        sheets=choices(user, scopes, narrowing, names),
    )


def _row(user: User, task: ReviewTask, names: FieldNames, *, crops_only: bool) -> Row:
    """Of a task that with_rows() has read."""
    items = list(task.items.all())
    thumbnails = list(task.generation.artifacts.all())
    holder = ""
    if task.is_held and not (task.is_lent and task.reserver_id != user.pk):
        mine = task.reserver_id == user.pk
        holder = "you" if mine else wording.name_of(task.reserver)
    return Row(
        task=task,
        why=wording.why(task, items, names),
        asks="" if task.asks == ReviewTask.Asks.DOUBTS else wording.ASKS[task.asks],
        doubtful=len(items),
        thumbnail=thumbnails[0] if thumbnails and not crops_only else None,
        holder=holder,
        skipped=user.pk in task.skipped_by,
        crops_only=crops_only,
    )


def facets(counts: Sequence[Mapping[str, Any]], narrowing: Narrowing) -> list[Facet]:
    """Counts for each key, given what is chosen for the other keys.

    A key with one value only says nothing, unless that value is chosen.
    """
    found = [_facet(key, counts, narrowing) for key in TITLES]
    return [
        facet
        for facet in found
        if len(facet.values) > 1 or any(value.chosen for value in facet.values)
    ]


def _facet(
    key: str, counts: Sequence[Mapping[str, Any]], narrowing: Narrowing
) -> Facet:
    sums: Counter[str] = Counter()
    names: dict[str, str] = {}
    for row in counts:
        if narrowing.holds(row, but=key):
            sums[str(row[COLUMNS[key]])] += row["count"]
            names[row["tenant__slug"]] = row["tenant__name"]
    chosen = narrowing.chosen().get(key)
    if chosen is not None and chosen not in sums:
        sums[chosen] = 0
    ranked = sorted(
        sums.items(), key=lambda pair: -int(pair[0]) if key == "stakes" else -pair[1]
    )
    shown = [p for i, p in enumerate(ranked) if i < FACET_SIZE or p[0] == chosen]
    largest = max((count for _, count in shown), default=0) or 1
    return Facet(
        key=key,
        title=TITLES[key],
        values=[
            FacetValue(
                label=names.get(value, value)
                if key == "tenant"
                else _label(key, value),
                count=count,
                share=round(100 * count / largest, 1),
                chosen=value == chosen,
                query=narrowing.with_choice(
                    key, None if value == chosen else value
                ).query,
                value=value,
            )
            for value, count in shown
        ],
    )


def _label(key: str, value: str) -> str:
    if key == "stakes":
        return str(Stakes(int(value)).label).capitalize()
    if key == "reason":
        return wording.short(value)
    if key == "asks":
        return wording.ASKS.get(value) or plain(value)
    return plain(value) if value else "Unknown type"


def place_after(task: ReviewTask) -> str:
    return f"{task.priority}~{task.created_at.isoformat()}~{task.pk}"


def parse_place(text: str) -> Place | None:
    """The place that place_after() wrote; None for anything else."""
    try:
        priority, created_at, task_id = text.split("~")
        moment = datetime.fromisoformat(created_at)
        place = int(priority), moment, uuid.UUID(task_id)
    except ValueError:
        return None
    return place if moment.tzinfo and abs(place[0]) < 2**31 else None
