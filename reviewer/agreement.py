"""How far reviewers agree, by field: answers that came beside somebody else's, late or
by somebody who read the field alone."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import User

from catalog.models import Tenant
from pipeline.stats.agreement import Kappa, cohens_kappa
from pipeline.stats.proportions import Share, wilson
from reviewer import talk, wording
from reviewer.models import BlindLook, Decision, ReviewItem, SecondOpinion
from reviewer.models.second_look import BlindLookQuerySet
from reviewer.models.second_opinion import SecondOpinionQuerySet
from reviewer.names import FieldNames
from reviewer.second_answers import agree
from reviewer.values import value_of

MOST_COMPARED = 5000  # the latest, since values are compared one by one
LINE_NUMBER = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people's answers to one field: the one that stands, and another beside it.

    other: a second opinion, which came late; or, where a second person read the field
    alone, the first person's decision, which that one did not see.
    """

    decision: Decision
    other: SecondOpinion | Decision
    agrees: bool

    @property
    def item(self) -> ReviewItem:
        return self.other.item

    @property
    def alone(self) -> bool:
        return isinstance(self.other, Decision)

    @property
    def field(self) -> str:
        """The fields of a line item are one, whatever line they are of."""
        return LINE_NUMBER.sub("", self.item.slot)

    @property
    def decided(self) -> str:
        return _said(self.decision.verdict, value_of(self.decision.artifact))

    @property
    def opined(self) -> str:
        other = self.other
        if isinstance(other, Decision):
            return _said(other.verdict, value_of(other.artifact))
        return _said(other.verdict, other.value)

    @property
    def at(self) -> datetime:
        """When the later one of the two came."""
        other = self.other
        if isinstance(other, Decision):
            return self.decision.decided_at
        return other.given_at


def _said(verdict: str, value: str) -> str:
    return value or wording.DECIDED.get(verdict, verdict)


@dataclass(frozen=True, slots=True)
class FieldAgreement:
    """kappa: of what was said of the value (right, another, none, unreadable); None
    where there are too few, or one of the two always said the same."""

    field: str
    name: str
    compared: int
    agreed: int
    interval: Share
    kappa: Kappa | None

    @property
    def share(self) -> float:
        return self.agreed / self.compared

    def as_json(self) -> dict[str, Any]:
        kappa = self.kappa
        return {
            "field": self.field,
            "compared": self.compared,
            "agreed": self.agreed,
            "share": round(self.share, 4),
            "lower": round(self.interval.lower, 4),
            "upper": round(self.interval.upper, 4),
            "kappa": round(kappa.value, 4) if kappa else None,
            "kappa_lower": round(kappa.lower, 4) if kappa else None,
            "kappa_upper": round(kappa.upper, 4) if kappa else None,
        }


def pairs_of(tenants: Iterable[Tenant]) -> list[Pair]:
    """The latest first."""
    listed = list(tenants)
    opinions = SecondOpinion.objects.filter(item__task__tenant__in=listed)
    looks = BlindLook.objects.filter(item__task__tenant__in=listed)
    return _latest(opinions, looks)


def pairs_seen_by(user: User) -> list[Pair]:
    tenants = Tenant.objects.visible_to(user)
    looks = BlindLook.objects.filter(item__task__tenant__in=tenants)
    return _latest(SecondOpinion.objects.visible_to(user), looks)


def pairs_about(sources: Iterable[uuid.UUID]) -> list[Pair]:
    """Of some documents, by their ids."""
    listed = list(sources)
    return _latest(
        SecondOpinion.objects.filter(item__task__source__in=listed),
        BlindLook.objects.filter(item__task__source__in=listed),
    )


def _latest(opinions: SecondOpinionQuerySet, looks: BlindLookQuerySet) -> list[Pair]:
    late = opinions.about_documents().with_answers().order_by("-given_at")
    alone = looks.compared().order_by("-opened_at")
    found = [*_pairs(late[:MOST_COMPARED]), *_read_alone(alone[:MOST_COMPARED])]
    return sorted(found, key=attrgetter("at"), reverse=True)[:MOST_COMPARED]


def _read_alone(looks: Iterable[BlindLook]) -> Iterator[Pair]:
    """Of second looks that are done. The third person's answer is not among them: it
    was given in view of both."""
    listed = list(looks)
    given = Decision.objects.standing().filter(item__in=[one.pk for one in listed])
    answers = given.select_related("artifact", "reviewer").order_by("sequence")
    last = {one.item_id: one for one in answers}
    for look in listed:
        answer = last.get(look.pk)
        if answer is None or answer.artifact.is_erased or look.first.artifact.is_erased:
            continue
        yield Pair(answer, look.first, agree(look.first, answer))


def _pairs(opinions: Iterable[SecondOpinion]) -> list[Pair]:
    listed = list(opinions)
    standing = talk.standing_beside(listed)
    found = []
    for one in listed:
        decision = standing.get(one.item_id)
        agrees = talk.agrees(one, decision)
        if decision is not None and agrees is not None:
            found.append(Pair(decision, one, agrees))
    return found


def by_field(pairs: Iterable[Pair]) -> list[FieldAgreement]:
    """The fields compared most often first."""
    grouped: dict[str, list[Pair]] = {}
    for pair in pairs:
        grouped.setdefault(pair.field, []).append(pair)
    names = FieldNames.now()
    rows = [_row(field, found, names) for field, found in grouped.items()]
    return sorted(rows, key=lambda row: (-row.compared, row.field))


def overall(pairs: Sequence[Pair]) -> FieldAgreement | None:
    return _row("", pairs, FieldNames({})) if pairs else None


def _row(field: str, pairs: Sequence[Pair], names: FieldNames) -> FieldAgreement:
    agreed = sum(pair.agrees for pair in pairs)
    types = {pair.item.task.document_type for pair in pairs}
    return FieldAgreement(
        field=field,
        name=_name(field, types.pop() if len(types) == 1 else "", names),
        compared=len(pairs),
        agreed=agreed,
        interval=wilson(agreed, len(pairs)),
        kappa=cohens_kappa([(p.decision.verdict, p.other.verdict) for p in pairs]),
    )


def _name(field: str, document_type: str, names: FieldNames) -> str:
    column = field.removeprefix("lines.")
    name = names.of(column, document_type)
    return name if column == field else f"Lines: {name.lower()}"


def by_decision(pairs: Iterable[Pair]) -> Mapping[object, list[Pair]]:
    found: dict[object, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(pair.decision.pk, []).append(pair)
    return found
