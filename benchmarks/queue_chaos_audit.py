"""Holds what clients were told in benchmarks.queue_chaos against the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from benchmarks.queue_chaos import Story

# Each finds rows of which there must be none.
BROKEN = {
    "! doubled: a decision and a second opinion in one": """
        SELECT 1 FROM decision d
        JOIN second_opinion o ON o.decision_id = d.decision_id""",
    "! doubled: not one row in the promotion ledger": """
        SELECT 1 FROM decision d LEFT JOIN promotion p ON p.decision_ref = d.decision_id
        GROUP BY d.decision_id HAVING count(p.promotion_id) <> 1""",
    "! doubled: not one true value filed": """
        SELECT 1 FROM decision d LEFT JOIN golden_value g
            ON g.decision_ref = d.decision_id
        GROUP BY d.decision_id HAVING count(g.value_id) <> 1""",
    # Clients say that they saw a field without an answer: a second one overwrites.
    "! overwritten: a field answered over an answer": """
        SELECT 1 FROM decision GROUP BY item_id HAVING count(*) > 1""",
    "! overwritten: an answer that does not stand": """
        SELECT 1 FROM decision d
        JOIN derived_artifact a ON a.artifact_id = d.artifact_id
        WHERE a.superseded_by_id IS NOT NULL""",
    "! a done case with an open field, or not released": """
        SELECT 1 FROM review_task t
        JOIN generation g ON g.generation_id = t.generation_id
        WHERE t.state = 'done' AND (g.released_at IS NULL OR EXISTS (SELECT 1
            FROM review_item i WHERE i.task_id = t.task_id AND NOT i.decided))""",
    "! a decided field without an answer, or the reverse": """
        SELECT 1 FROM review_item i WHERE i.decided <> EXISTS (SELECT 1 FROM decision d
            WHERE d.item_id = i.item_id)""",
    "! ledger: an entry that does not follow the one before": """
        SELECT 1 FROM (SELECT previous, lag(hash) OVER (ORDER BY sequence) AS before,
            sequence FROM ledger_entry) l
        WHERE sequence > 1 AND previous <> before""",
}


def audit(story: Story) -> int:
    """Prints a table; gives how many things are wrong."""
    bad = 0
    for name, count in _rows(story):
        bad += count if name.startswith("!") else 0
        print(f"{count:>8,}  {name}")
    print("lost 0, doubled 0, overwritten 0" if not bad else f"WRONG: {bad}")
    return bad


def _rows(story: Story) -> Iterator[tuple[str, int]]:
    yield from sorted(story.counts.items())
    told = story.words
    decided = {number: word for number, word in told.items() if word.told == "decided"}
    beside = {number: word for number, word in told.items() if word.told == "beside"}
    yield "answers acknowledged", len(told)
    yield "of them decisions", len(decided)
    yield "of them kept as second opinions", len(beside)
    decisions = _decisions()
    opinions = _opinions()
    yield "decisions in the database", len(decisions)
    yield "! lost: a decision that is not there", len(decided.keys() - decisions.keys())
    yield "! lost: an opinion that is not there", len(beside.keys() - opinions.keys())
    yield (
        "! mixed: of another person, field or value",
        sum(
            _differs(word, row)
            for rows, words in ((decisions, decided), (opinions, beside))
            for number, word in words.items()
            if (row := rows.get(number)) is not None
        ),
    )
    with connection.cursor() as cursor:
        for name, query in BROKEN.items():
            cursor.execute(f"SELECT count(*) FROM ({query}) broken")  # noqa: S608
            yield name, cursor.fetchone()[0]


def _differs(word: Any, row: tuple[int, str, str]) -> bool:
    return (word.user, word.slot, word.value) != row


def _decisions() -> dict[str, tuple[int, str, str]]:
    return _by_number(
        "SELECT d.decision_id, d.reviewer_id, i.slot, a.payload->>'value'"
        " FROM decision d JOIN review_item i ON i.item_id = d.item_id"
        " JOIN derived_artifact a ON a.artifact_id = d.artifact_id"
    )


def _opinions() -> dict[str, tuple[int, str, str]]:
    return _by_number(
        "SELECT o.decision_id, o.reviewer_id, i.slot, o.value"
        " FROM second_opinion o JOIN review_item i USING (item_id)"
    )


def _by_number(query: str) -> dict[str, tuple[int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {str(row[0]): (row[1], row[2], row[3]) for row in cursor.fetchall()}
