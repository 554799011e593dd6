"""What review has seen, counted: what was put right, and what two people found."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from catalog.models import Tenant
from reviewer.checks import checks_of
from reviewer.checks.confusions import family_of
from reviewer.models import BlindLook, Decision, ReviewTask, Verdict
from reviewer.residual import Doubled, Misses, Residual, Seen, residual_of
from reviewer.second_answers import agree
from reviewer.values import value_of


@dataclass(frozen=True, slots=True)
class Part:
    """key: a tenant's slug, or a field's word."""

    key: str
    residual: Residual


@dataclass(frozen=True, slots=True)
class Report:
    whole: Residual
    tenants: list[Part]
    fields: list[Part]

    def as_json(self) -> dict[str, object]:
        return {
            **self.whole.as_json(),
            "tenants": [_part_json(one) for one in self.tenants],
            "fields": [_part_json(one) for one in self.fields],
        }


def _part_json(part: Part) -> dict[str, object]:
    return {"name": part.key, **part.residual.as_json()}


def report_of(tenants: Iterable[Tenant]) -> Report:
    """Of these tenants, together, and by tenant and field."""
    asked = list(tenants)
    counted = _counted([one.pk for one in asked])
    checks = checks_of([one.pk for one in asked])
    seeded = {
        **{("tenant", one.key): one.rate for one in checks.teams},
        **{("field", one.key): one.rate for one in checks.fields},
        ("", ""): checks.whole,
    }

    def part(key: tuple[str, str]) -> Residual:
        rate = seeded.get(key)
        known = Misses(rate.missed, rate.answered) if rate else Misses()
        return residual_of(replace(counted.get(key, Seen()), seeded=known))

    keys = sorted({*counted, *seeded})
    return Report(
        part(("", "")),
        [Part(key, part((kind, key))) for kind, key in keys if kind == "tenant"],
        [Part(key, part((kind, key))) for kind, key in keys if kind == "field"],
    )


def _counted(tenants: list[uuid.UUID]) -> Mapping[tuple[str, str], Seen]:
    """By ("tenant", slug), ("field", family) and ("", "") for all."""
    found: dict[tuple[str, str], Seen] = defaultdict(Seen)
    looks = _looked_at(tenants)
    for first in _firsts(tenants):
        one = _seen(first, looks.get(first.pk))
        if one is None:
            continue
        slug = first.item.task.tenant.slug
        for key in (("", ""), ("tenant", slug), ("field", family_of(first.item.slot))):
            found[key] = _sum(found[key], one)
    return found


def _sum(one: Seen, other: Seen) -> Seen:
    return Seen(
        one.single + other.single,
        one.put_right + other.put_right,
        one.doubled + other.doubled,
    )


def _firsts(tenants: list[uuid.UUID]) -> Iterable[Decision]:
    """The last standing answer to each doubt of a task that is done."""
    given = Decision.objects.standing().filter(
        item__task__tenant__in=tenants,
        item__task__asks=ReviewTask.Asks.DOUBTS,
        item__task__state=ReviewTask.State.DONE,
    )
    given = given.select_related("artifact", "item__artifact", "item__task__tenant")
    rows = given.order_by("item_id", "-sequence").distinct("item_id")
    return rows.iterator(chunk_size=2000)


@dataclass(frozen=True, slots=True)
class _Looked:
    second: Decision
    third: Decision | None


def _looked_at(tenants: list[uuid.UUID]) -> dict[uuid.UUID, _Looked]:
    """By the first decision, the others', where the look came to its end."""
    done = BlindLook.objects.filter(
        item__task__tenant__in=tenants, item__task__state=ReviewTask.State.DONE
    )
    answers = Decision.objects.standing().filter(item__in=done.values("item"))
    answers = answers.select_related("artifact", "item").order_by("sequence")
    by_item = {one.item_id: one for one in answers}
    seconds = {
        one.first_id: by_item[one.pk]
        for one in done.filter(second__isnull=True)
        if one.pk in by_item
    }
    thirds = {
        one.first_id: by_item[one.pk]
        for one in done.filter(second__isnull=False)
        if one.pk in by_item
    }
    return {key: _Looked(two, thirds.get(key)) for key, two in seconds.items()}


def _seen(first: Decision, looked: _Looked | None) -> Seen | None:
    """None where nobody knows: what cannot be read, and what was erased."""
    if first.verdict == Verdict.UNREADABLE or first.artifact.is_erased:
        return None
    machine = value_of(first.item.artifact)
    if looked is None:
        return Seen(single=1, put_right=int(value_of(first.artifact) != machine))
    true = looked.third or looked.second
    if looked.third is None and not agree(first, looked.second):
        return None  # a third person has not decided yet
    if true.verdict == Verdict.UNREADABLE or true.artifact.is_erased:
        return None
    if value_of(true.artifact) == machine:
        return Seen(doubled=Doubled(fields=1))
    # Who said that the machine was wrong found it, whatever they put there.
    one = value_of(first.artifact) != machine
    two = value_of(looked.second.artifact) != machine
    return Seen(
        doubled=Doubled(
            fields=1,
            both=int(one and two),
            first=int(one and not two),
            second=int(two and not one),
        )
    )
