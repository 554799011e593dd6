"""Questions whose SQL Django writes once.

Django builds and compiles a query set anew each time it is asked, which for a question
of the hot path takes longer than the database takes to answer it. A compiled question
is written as any other, is compiled at its first call, and from then on only its
parameters change.

    @compiled
    def of_slot(generation_id: uuid.UUID, slot: str, *, whole: bool) -> QuerySet[...]:

    of_slot(generation.pk, "total", whole=True)    # a list of rows

Positional arguments are parameters: they stand in the SQL as they are. Keyword
arguments, and a None, are the question's shape: for each of them there is an SQL of its
own. Prefetching is not possible. What is not handed in stays as it was at the first
call: the time, too.
"""

from __future__ import annotations

import copy
import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
Row = TypeVar("Row")

# Stand-ins for parameters while the SQL is written: the nth of either of two sets.
STAND_INS: dict[type, Callable[[int], Any]] = {
    uuid.UUID: lambda n: uuid.UUID(int=(0xC0DE << 112) + n),
    int: lambda n: 31_000 + n,  # fits every column of whole numbers
    str: lambda n: f"compiled parameter {n}",
    datetime.datetime: lambda n: datetime.datetime(1901 + n, 1, 1, tzinfo=datetime.UTC),
}
SETS_APART = 100


class NotCompilable(TypeError):
    """What a parameter makes of the SQL is more than its own place in it."""


@dataclass(frozen=True, slots=True)
class _Parameter:
    """number: which argument; kind: the type that the database's driver is given."""

    number: int
    kind: Callable[[Any], Any] | None


def compiled(
    build: Callable[P, QuerySet[M, Row]],
) -> Callable[P, list[Row]]:
    """As above. Raises NotCompilable at the first call of a shape."""
    known: dict[Any, _Compiled] = {}

    @wraps(build)
    def rows(*values: P.args, **shape: P.kwargs) -> list[Row]:
        key = (*map(type, values), *shape.items())
        found = known.get(key)
        if found is None:
            found = known[key] = _Compiled.of(build, values, shape)
        return found.rows(values)

    return rows


class _Asked:
    """What an iterator of Django's asks of a query set, and of its query."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: Mapping[Any, Any] = {}

    def __init__(self, model: type[Model], compiler: Any) -> None:
        self.model = model
        self.query = self
        self.get_compiler = lambda *_, **__: compiler


@dataclass(frozen=True, slots=True)
class _Compiled:
    queryset: Any
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]

    @classmethod
    def of(cls, build: Any, values: Sequence[Any], shape: Any) -> _Compiled:
        first, second = (_stand_ins(values, of_set) for of_set in (0, 1))
        queryset = build(*first, **shape)
        if queryset._prefetch_related_lookups:
            raise NotCompilable("prefetching takes questions of its own")
        if queryset._iterable_class not in (ModelIterable, ValuesListIterable):
            raise NotCompilable("ask for rows of the model, or for values_list()")
        compiler, sql, one = _compile(queryset)
        selected = [one for one, *_ in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(selected)
        compiler.get_converters = lambda _: converters
        _, same_sql, other = _compile(build(*second, **shape))
        if sql != same_sql:
            raise NotCompilable("a parameter changes the text of the SQL")
        places = _places(one, other, (first, second))
        return cls(queryset, compiler, sql, tuple(places))

    def rows(self, values: Sequence[Any]) -> list[Any]:
        """In the way of the query set's own iterator, over an SQL that is there."""
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        filled = tuple(_fill(one, values) for one in self.parameters)
        compiler.as_sql = lambda: (self.sql, filled)
        asked = _Asked(self.queryset.model, compiler)
        return list(self.queryset._iterable_class(asked))


def _stand_ins(values: Sequence[Any], of_set: int) -> list[Any]:
    found: list[Any] = []
    for n, value in enumerate(values, start=1 + SETS_APART * of_set):
        kind = next((one for one in STAND_INS if isinstance(value, one)), None)
        if value is not None and (kind is None or isinstance(value, bool)):
            raise NotCompilable(f"{type(value)} cannot be a parameter")
        found.append(None if kind is None else STAND_INS[kind](n))
    return found


def _compile(queryset: QuerySet[Any, Any]) -> tuple[Any, str, tuple[Any, ...]]:
    # Locks are compiled within a transaction only; whoever asks is in one then.
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    return compiler, sql, tuple(parameters)


def _places(one: Any, other: Any, sets: tuple[list[Any], list[Any]]) -> list[Any]:
    return [_place(a, b, sets) for a, b in zip(one, other, strict=True)]


def _place(one: Any, other: Any, sets: tuple[list[Any], list[Any]]) -> Any:
    """A constant, a _Parameter, or a list of them."""
    if isinstance(one, list | tuple):
        return _places(one, other, sets)
    for number, (first, second) in enumerate(zip(*sets, strict=True)):
        if first is not None and one == first and other == second:
            plain = type(one) is type(first)
            return _Parameter(number, None if plain else type(one))
    if one != other:
        raise NotCompilable("a parameter is changed on its way into the SQL")
    return one


def _fill(place: Any, values: Sequence[Any]) -> Any:
    if isinstance(place, list):
        return [_fill(one, values) for one in place]
    if isinstance(place, _Parameter):
        value = values[place.number]
        return value if place.kind is None else place.kind(value)
    return place
