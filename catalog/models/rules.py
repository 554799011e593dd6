"""Rules that several tables share, as triggers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pgtrigger

APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Rule(pgtrigger.Trigger):
    """A trigger that also says what it lets through, for the grants of a role.

    changeable: the columns that it ever lets change; None: it does not judge changes.
    """

    changeable: Sequence[str] | None = None
    deletable = False


def kept(name: str) -> pgtrigger.Protect:
    """Rows are never deleted."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Delete)


def erased_only(
    *,
    name: str,
    erasing: str,
    scrubs: Mapping[str, str],
    free: Mapping[str, str] | None = None,
) -> pgtrigger.Trigger:
    """Rows never change, but that an erasure takes out what they say.

    erasing: a query about OLD that finds a row where an erasure covers it. scrubs:
    column to the SQL of what is left in its place; nothing else may be written, not
    even by an erasure. free: fields with rules of their own, and their columns.
    """
    free = free or {}
    allowed = [
        f"IF NEW.{column} IS NOT DISTINCT FROM {left} THEN"
        f" OLD.{column} := NEW.{column}; END IF;"
        for column, left in scrubs.items()
    ] + [f"OLD.{column} := NEW.{column};" for column in free.values()]
    trigger = Rule(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(exclude=list(free)),
        func=(
            f"IF EXISTS ({erasing}) THEN {' '.join(allowed)}"
            " IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF; END IF;"
            " RAISE EXCEPTION '% rows are records: only an erasure may empty them',"
            " TG_TABLE_NAME USING ERRCODE = 'check_violation';"
        ),
    )
    trigger.changeable = [*scrubs, *free.values()]
    return trigger


def erasable(*, name: str, erasing: str) -> pgtrigger.Trigger:
    """Rows are never deleted, but by an erasure that covers them (see erased_only)."""
    trigger = Rule(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=(
            f"IF EXISTS ({erasing}) THEN RETURN OLD; END IF;"
            " RAISE EXCEPTION '% rows are kept: only an erasure may delete them',"
            " TG_TABLE_NAME USING ERRCODE = 'check_violation';"
        ),
    )
    trigger.deletable = True
    return trigger


def kept_for(*, name: str, months: int, since: str) -> pgtrigger.Trigger:
    """Rows are not deleted before so many months are over. since: a column of time."""
    trigger = Rule(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=(
            f"IF OLD.{since} < now() - interval '{months} months' THEN"
            " RETURN OLD; END IF;"
            f" RAISE EXCEPTION '% rows are kept for {months} months', TG_TABLE_NAME"
            " USING ERRCODE = 'check_violation';"
        ),
    )
    trigger.deletable = True
    return trigger


def open_erasure_of(source: str) -> str:
    """The query of an erasure that is at work on a source. source: SQL of its id."""
    return f"SELECT 1 FROM erasure WHERE source_id = {source} AND finished_at IS NULL"  # noqa: S608 - fixed names
