# ruff: noqa: S608 - all SQL here is of fixed names, with values as parameters
"""The one statement that gives a person a case.

Each place where a case may come from is a common table expression that takes one row
under SKIP LOCKED, walking one partial index from its top; those that come later look
only when the earlier ones found nothing. So the cost depends on how many people ask at
once, and not on how many cases wait.

    mine    what the person holds already
    lapsed  reservations that ran out, the oldest first
    free N  what nobody holds, by priority: one for each tenant and document type
    lent    what another page keeps in reserve and has not shown
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from reviewer.models import AHEAD, ReviewTask, Scope
from reviewer.narrowing import Narrowing

_TAKE = "LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED"
_TRIAGE = "t.priority DESC, t.created_at, t.task_id"
# By name: a plan that is kept must outlive a new column.
_ROW = ", ".join(f"t.{field.column}" for field in ReviewTask._meta.concrete_fields)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants a case, of what, and for how long.

    ahead: for a page that shows another one now; then nothing is taken from others.
    """

    user_id: int
    token: uuid.UUID
    now: datetime
    scopes: Sequence[Scope]
    narrowing: Narrowing
    length: timedelta
    ahead: bool = False
    resume: bool = True
    but: uuid.UUID | None = None


@dataclass(slots=True)
class _Query:
    """SQL in the making, with its parameters in the order of the text."""

    parameters: list[Any] = field(default_factory=list)

    def value(self, value: Any) -> str:
        self.parameters.append(value)
        return "%s"


def claim(wanted: Claim) -> ReviewTask | None:
    """The case, reserved; None where there is none."""
    if not wanted.scopes:
        return None
    statement, parameters = claim_sql(wanted)
    rows = ReviewTask.objects.raw(statement, parameters)
    return next(iter(rows), None)


def claim_sql(wanted: Claim) -> tuple[str, list[Any]]:
    """The statement and its parameters, for whoever wants to see its plan."""
    query = _Query()
    parts = [f"mine AS MATERIALIZED ({_mine(wanted, query)})"]
    parts.append(f"lapsed AS MATERIALIZED ({_lapsed(wanted, query)})")
    free: list[str] = []
    for scope in _walks(wanted):
        name = f"free{len(free)}"
        free.append(name)
        parts.append(f"{name} AS MATERIALIZED ({_free(wanted, scope, query)})")
    union = " UNION ALL ".join(f"SELECT * FROM {name}" for name in free)
    parts.append(
        f"free AS MATERIALIZED (SELECT t.task_id FROM ({union}) t"
        f" ORDER BY {_TRIAGE} LIMIT 1)"
    )
    sources = ["mine", "lapsed", "free"]
    if not wanted.ahead:
        parts.append(f"lent AS MATERIALIZED ({_lent(wanted, query)})")
        sources.append("lent")
    chosen = " UNION ALL ".join(f"SELECT task_id FROM {name}" for name in sources)
    parts.append(f"chosen AS MATERIALIZED ({chosen} LIMIT 1)")
    update = (
        f"UPDATE review_task t SET reserver_id = {query.value(wanted.user_id)},"
        f" reservation_token = {query.value(wanted.token)},"
        f" reserved_until = {query.value(wanted.now + wanted.length)},"
        f" ahead = {query.value(wanted.ahead)}"
        f" FROM chosen WHERE t.task_id = chosen.task_id RETURNING {_ROW}"
    )
    return f"WITH {', '.join(parts)} {update}", query.parameters


def _walks(wanted: Claim) -> list[Scope]:
    """One scope for each index walk: a list of types becomes a walk for each type."""
    found = []
    for scope in wanted.scopes:
        types = scope.document_types
        if types is None and wanted.narrowing.type is not None:
            types = (wanted.narrowing.type,)
        for one in types or (None,):
            of_type = None if one is None else (one,)
            narrow = Scope(scope.tenant_id, of_type, scope.languages)
            found.append(narrow)
            if scope.senior:
                found.append(Scope(*_key(narrow), senior=True))
    return found


def _key(scope: Scope) -> tuple[Any, Any, Any]:
    return scope.tenant_id, scope.document_types, scope.languages


def _mine(wanted: Claim, query: _Query) -> str:
    """Of a turn only what was kept for it: another page may show the others."""
    kept = "" if wanted.resume else " AND t.ahead"
    if wanted.ahead:
        kept = " AND t.ahead"
    return (
        "SELECT t.task_id FROM review_task t WHERE t.state = 'open'"
        f" AND t.reserver_id = {query.value(wanted.user_id)}"
        f" AND t.reserved_until > {query.value(wanted.now)}{kept}"
        f"{_any_scope(wanted, query)}{_wishes(wanted, query)}"
        f" ORDER BY t.ahead, {_TRIAGE} {_TAKE}"
    )


def _lapsed(wanted: Claim, query: _Query) -> str:
    return (
        "SELECT t.task_id FROM review_task t WHERE t.state = 'open'"
        f" AND t.reserved_until <= {query.value(wanted.now)}"
        f"{_any_scope(wanted, query)}{_wishes(wanted, query)}"
        " AND NOT EXISTS (SELECT 1 FROM mine)"
        f" ORDER BY t.reserved_until {_TAKE}"
    )


def _free(wanted: Claim, scope: Scope, query: _Query) -> str:
    senior = "t.for_senior" if scope.senior else "NOT t.for_senior"
    return (
        "SELECT t.task_id, t.priority, t.created_at FROM review_task t"
        f" WHERE t.state = 'open' AND t.reserved_until IS NULL AND {senior}"
        f"{_scope(scope, query)}{_wishes(wanted, query)}"
        " AND NOT EXISTS (SELECT 1 FROM mine) AND NOT EXISTS (SELECT 1 FROM lapsed)"
        f" ORDER BY {_TRIAGE} {_TAKE}"
    )


def _lent(wanted: Claim, query: _Query) -> str:
    return (
        "SELECT t.task_id FROM review_task t WHERE t.state = 'open' AND t.ahead"
        f" AND t.reserved_until > {query.value(wanted.now)}"
        f" AND t.reserved_until <= {query.value(wanted.now + AHEAD)}"
        f"{_any_scope(wanted, query)}{_wishes(wanted, query)}"
        " AND NOT EXISTS (SELECT 1 FROM mine) AND NOT EXISTS (SELECT 1 FROM lapsed)"
        " AND NOT EXISTS (SELECT 1 FROM free)"
        f" ORDER BY {_TRIAGE} {_TAKE}"
    )


def _any_scope(wanted: Claim, query: _Query) -> str:
    one = []
    for scope in wanted.scopes:
        senior = "" if scope.senior else " AND NOT t.for_senior"
        one.append(f"(true{_scope(scope, query)}{senior})")
    return f" AND ({' OR '.join(one)})"


def _scope(scope: Scope, query: _Query) -> str:
    text = ""
    if scope.tenant_id is not None:
        text += f" AND t.tenant_id = {query.value(scope.tenant_id)}"
    if scope.document_types is not None:
        if len(scope.document_types) == 1:  # so that an index may give the order
            text += f" AND t.document_type = {query.value(scope.document_types[0])}"
        else:
            types = query.value([*scope.document_types])
            text += f" AND t.document_type = ANY({types})"
    if scope.languages is not None:
        text += f" AND t.language = ANY({query.value(['', *scope.languages])})"
    return text


def _wishes(wanted: Claim, query: _Query) -> str:
    """What the person narrowed the queue to, and did not skip."""
    chosen = wanted.narrowing
    text = f" AND NOT t.skipped_by @> ARRAY[{query.value(wanted.user_id)}]::integer[]"
    # Who answered first is never given the look at that answer.
    text += f" AND NOT t.excluded @> ARRAY[{query.value(wanted.user_id)}]::integer[]"
    if wanted.but is not None:
        text += f" AND t.task_id <> {query.value(wanted.but)}"
    if chosen.asks is not None:
        text += f" AND t.asks = {query.value(chosen.asks)}"
    if chosen.type is not None:
        text += f" AND t.document_type = {query.value(chosen.type)}"
    if chosen.reason is not None:
        text += f" AND t.reason = {query.value(chosen.reason)}"
    if chosen.stakes is not None:
        text += f" AND t.stakes = {query.value(int(chosen.stakes))}"
    if chosen.tenant is not None:
        text += (
            " AND t.tenant_id = (SELECT tenant_id FROM tenant WHERE slug ="
            f" {query.value(chosen.tenant)})"
        )
    return text
