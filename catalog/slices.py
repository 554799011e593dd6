"""A slice of what was read: which readings a question is about."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, TextField, Value
from django.utils import timezone
from django.utils.dateparse import parse_datetime

ANY = "any"
COLUMNS = ("pipeline_name", "pipeline_version", "template_key", "document_type")
WORDS = (*COLUMNS, "model_id", "step", "outcome")


@dataclass(frozen=True, slots=True)
class Slice:
    """Readings that have all of these; None is any, "" is those without one.

    model_id: a model that had a part in the reading. step and outcome: of one and the
    same step. since (inclusive) and until (exclusive): when it was read. state: of the
    generation, ANY for every one. tenants: ids; None is all of them.
    """

    pipeline_name: str | None = None
    pipeline_version: str | None = None
    model_id: str | None = None
    template_key: str | None = None
    document_type: str | None = None
    step: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    state: str = "current"
    tenants: tuple[uuid.UUID, ...] | None = None

    def conditions(self, path: str = "") -> Q:
        """As a filter of generations, or of rows from which `path` leads to one."""
        prefix = f"{path}__" if path else ""
        wanted = {
            f"{prefix}{name}": value
            for name in COLUMNS
            if (value := getattr(self, name)) is not None
        }
        if self.state != ANY:
            wanted[f"{prefix}state"] = self.state
        if self.since is not None:
            wanted[f"{prefix}created_at__gte"] = self.since
        if self.until is not None:
            wanted[f"{prefix}created_at__lt"] = self.until
        if self.tenants is not None:
            wanted[f"{prefix}source__tenant__in"] = list(self.tenants)
        return Q(**wanted) & self._model(prefix) & self._step(prefix)

    def _model(self, prefix: str) -> Q:
        if self.model_id is None:
            return Q()
        if not self.model_id:
            return Q(**{f"{prefix}model_id": ""})
        models: ArrayField[Any, Any] = ArrayField(TextField())
        parts = Func(
            F(f"{prefix}model_id"),
            Value("+"),
            function="string_to_array",
            output_field=models,
        )
        contains = models.get_lookup("contains")
        assert contains is not None  # noqa: S101 - of every array
        return Q(contains(parts, [self.model_id]))

    def _step(self, prefix: str) -> Q:
        entry = {
            key: value
            for key, value in (("step", self.step), ("outcome", self.outcome))
            if value is not None
        }
        return Q(**{f"{prefix}steps__contains": [entry]}) if entry else Q()

    def as_json(self) -> dict[str, str]:
        """What was asked for, without what was left open and without the tenants."""
        return {
            key: value.isoformat() if isinstance(value, datetime) else value
            for key, value in asdict(self).items()
            if value is not None and key != "tenants"
        }

    @classmethod
    def of(
        cls,
        given: Mapping[str, Any],
        *,
        tenants: tuple[uuid.UUID, ...] | None,
    ) -> Slice:
        """From the words of a command or of a query.

        Raises ValueError for a time that is none.
        """
        words = {key: given[key] for key in WORDS if given.get(key) is not None}
        return cls(
            **words,
            since=_time(given.get("since")),
            until=_time(given.get("until")),
            state=given.get("state") or "current",
            tenants=tenants,
        )


def _time(value: Any) -> datetime | None:
    """Without a zone it is taken for UTC; a day alone for its first moment."""
    if value in (None, ""):
        return None
    found = value if isinstance(value, datetime) else parse_datetime(str(value))
    if found is None:
        raise ValueError(f"{value!r} is no time: write 2026-11-23T14:00:00Z.")
    return timezone.make_aware(found) if timezone.is_naive(found) else found
