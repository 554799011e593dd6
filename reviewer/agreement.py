"""How far reviewers agree: answers that came beside somebody else's, by field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from catalog.models import Tenant
from pipeline.stats.agreement import Kappa, cohens_kappa
from pipeline.stats.proportions import Share, wilson
from reviewer import talk, wording
from reviewer.models import Decision, SecondOpinion
from reviewer.names import FieldNames
from reviewer.values import value_of

MOST_COMPARED = 5000  # the latest, since values are compared one by one
LINE_NUMBER = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Pair:
    """A second opinion beside the decision that stands, by another person."""

    opinion: SecondOpinion
    decision: Decision
    agrees: bool

    @property
    def field(self) -> str:
        """The fields of a line item are one, whatever line they are of."""
        return LINE_NUMBER.sub("", self.opinion.item.slot)

    @property
    def decided(self) -> str:
        return _said(self.decision.verdict, value_of(self.decision.artifact))

    @property
    def opined(self) -> str:
        return _said(self.opinion.verdict, self.opinion.value)


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
    opinions = SecondOpinion.objects.about_documents().filter(
        item__task__tenant__in=list(tenants)
    )
    return _pairs(opinions.with_answers().order_by("-given_at")[:MOST_COMPARED])


def pairs_seen_by(user: User) -> list[Pair]:
    opinions = SecondOpinion.objects.about_documents().visible_to(user).with_answers()
    return _pairs(opinions.order_by("-given_at")[:MOST_COMPARED])


def pairs_about(sources: Iterable[object]) -> list[Pair]:
    """Of some documents, by their ids."""
    opinions = SecondOpinion.objects.about_documents().filter(
        item__task__source__in=list(sources)
    )
    return _pairs(opinions.with_answers())


def _pairs(opinions: Iterable[SecondOpinion]) -> list[Pair]:
    listed = list(opinions)
    standing = talk.standing_beside(listed)
    found = []
    for one in listed:
        decision = standing.get(one.item_id)
        agrees = talk.agrees(one, decision)
        if decision is not None and agrees is not None:
            found.append(Pair(one, decision, agrees))
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
    types = {pair.opinion.item.task.document_type for pair in pairs}
    return FieldAgreement(
        field=field,
        name=_name(field, types.pop() if len(types) == 1 else "", names),
        compared=len(pairs),
        agreed=agreed,
        interval=wilson(agreed, len(pairs)),
        kappa=cohens_kappa([(p.decision.verdict, p.opinion.verdict) for p in pairs]),
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
