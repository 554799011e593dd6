"""Which part of the queue a person works on: it stays through case after case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

from reviewer.models import Stakes
from reviewer.models.review_task import ReviewTaskQuerySet

COLUMNS = {
    "asks": "asks",
    "tenant": "tenant__slug",
    "type": "document_type",
    "reason": "reason",
    "stakes": "stakes",
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Each is a value that tasks must have, or None for any."""

    asks: str | None = None
    tenant: str | None = None
    type: str | None = None
    reason: str | None = None
    stakes: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Narrowing:
        """From a query; what is no known key or no stakes is left out."""
        found = {key: given[key].replace("\x00", "") for key in COLUMNS if key in given}
        if found.get("stakes") not in [str(stakes.value) for stakes in Stakes]:
            found.pop("stakes", None)
        return cls(**found)

    @classmethod
    def parse(cls, query: str) -> Narrowing:
        return cls.of(dict(parse_qsl(query, keep_blank_values=True)))

    def chosen(self) -> dict[str, str]:
        return {key: value for key, value in asdict(self).items() if value is not None}

    @property
    def query(self) -> str:
        """As it stands behind a "?"."""
        return urlencode(self.chosen())

    def apply(self, tasks: ReviewTaskQuerySet) -> ReviewTaskQuerySet:
        columns = {COLUMNS[key]: value for key, value in self.chosen().items()}
        return tasks.filter(**columns)

    def holds(self, facet: Mapping[str, object], *, but: str = "") -> bool:
        """Whether a row of counts is inside; the key named by `but` does not matter."""
        return all(
            key == but or str(facet[COLUMNS[key]]) == value
            for key, value in self.chosen().items()
        )

    def with_choice(self, key: str, value: str | None) -> Narrowing:
        return Narrowing(**{**self.chosen(), key: value})
