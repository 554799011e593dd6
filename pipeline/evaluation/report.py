"""What an evaluation says, as JSON and as a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management.base import OutputWrapper

from catalog.management.questions import write_table
from pipeline.evaluation.curve import risk_and_coverage
from pipeline.evaluation.evaluating import Evaluation
from pipeline.evaluation.figures import by_slice, figures, paired

MOST_NAMED = 20
FIELD = "field"


def evaluation_json(
    ours: Evaluation, theirs: Evaluation | None = None, *, by: str | None = None
) -> dict[str, Any]:
    """Beside another version both are counted over what both have read."""
    common = set(ours.documents)
    if theirs is not None:
        common &= set(theirs.documents)
    answer = _one(ours, common, by)
    if theirs is not None:
        answer["against"] = _one(theirs, common, by)
        answer["paired"] = paired(ours.documents, theirs.documents)
    return answer


def _one(found: Evaluation, counted: Any, by: str | None) -> dict[str, Any]:
    documents = [one for pk, one in found.documents.items() if pk in counted]
    answer = {
        "version": str(found.version),
        "cases": len(found.documents) + len(found.unread),
        "read": len(found.documents),
        "unread": [
            {"source_id": str(case.source_id), "name": case.name}
            for case in found.unread
        ],
        "figures": figures(documents),
        "risk_and_coverage": risk_and_coverage(documents),
    }
    if by and by != FIELD:
        answer["by"] = {"dimension": by, "slices": by_slice(documents, by)}
    if by == FIELD:
        answer["by"] = {"dimension": FIELD}
    return answer


def write_evaluation(out: OutputWrapper, answer: Mapping[str, Any]) -> None:
    other = answer.get("against")
    _unread(out, answer)
    if other:
        _unread(out, other)
    heads = [answer["version"], *([other["version"]] if other else [])]
    columns = [dict(rows_of(one["figures"])) for one in (answer, other) if one]
    rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
    write_table(out, ["", *heads], rows)
    if other:
        out.write(
            "\nall critical right: {only_this_right} only here, {only_other_right} only"
            " there, {both_right} both, {both_wrong} neither".format(**answer["paired"])
        )
    for one in (answer, other):
        if one and "by" in one:
            out.write(f"\n{one['version']} by {one['by']['dimension']}")
            _table(out, one)


def _unread(out: OutputWrapper, answer: Mapping[str, Any]) -> None:
    unread = answer["unread"]
    if not unread:
        return
    names = ", ".join(case["name"] for case in unread[:MOST_NAMED])
    more = ", …" if len(unread) > MOST_NAMED else ""
    out.write(
        f"{answer['version']} has not read {len(unread)} of {answer['cases']} cases"
        f" ({names}{more}); --run reads them.\n"
    )


def rows_of(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    fields, lines, accepted = found["fields"], found["lines"], found["accepted"]
    yield "documents", str(found["documents"])
    yield "fields: precision", _percent(fields["precision"])
    yield "fields: recall", _percent(fields["recall"])
    yield "fields: F1", _percent(fields["f1"])
    yield "fields: F1, mean of fields", _percent(found["macro_f1"])
    yield "rightly nothing", str(fields["null_correct"])
    yield "values nobody knows", str(found["unknown_values"])
    yield "free text: ANLS", _percent(found["anls"]["mean"])
    yield "line items: F1", f"{_percent(lines['f1'])} of {lines['documents']} documents"
    lone = found["known_lines"]
    told = f"{lone['right']} of {lone['right'] + lone['missed']}"
    yield "single lines that are known", f"{told} found, {lone['wrong']} wrong"
    grounding = found["grounding"]
    yield "boxes that hold", f"{_percent(grounding['share'])} of {grounding['boxes']}"
    yield "all critical right", _interval(found["all_critical_right"])
    yield "to people", _interval(found["review_rate"])
    yield "accepted", f"{_percent(accepted['coverage'])} ({accepted['count']})"
    yield (
        "wrong of the accepted",
        f"{accepted['wrong']} of {accepted['known']},"
        f" at most {_percent(accepted['upper'])}",
    )
    ms, usd = found["ms"], found["micro_usd"]
    yield "ms: median, 95 %", f"{ms['median']}, {ms['p95']} of {ms['measured']}"
    told = f"{usd['sum']}, {usd['median']} of {usd['measured']}"
    yield "micro-USD: sum, median", told


def _table(out: OutputWrapper, answer: Mapping[str, Any]) -> None:
    if answer["by"]["dimension"] == FIELD:
        tallies = answer["figures"]["by_field"]
        names = ("precision", "recall", "f1")
        counts = ("right", "wrong", "missed", "null_correct")
        rows = [
            [name, *(_percent(t[k]) for k in names), *(t[k] for k in counts)]
            for name, t in tallies.items()
        ]
        write_table(out, ["field", *names, *counts], rows)
        return
    rows = [
        [
            key or "none",
            one["documents"],
            _percent(one["fields"]["f1"]),
            _interval(one["all_critical_right"]),
            _interval(one["review_rate"]),
            f"{one['accepted']['wrong']} of {one['accepted']['known']}",
            _percent(one["lines"]["f1"]),
            _percent(one["grounding"]["share"]),
            _number(one["ms"]["median"]),
            _number(one["micro_usd"]["median"]),
        ]
        for key, one in answer["by"]["slices"].items()
    ]
    head = ["slice", "documents", "F1", "all critical right", "to people", "wrong"]
    more = ["lines: F1", "boxes hold", "ms", "micro-USD"]
    write_table(out, [*head, *more], rows)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.1f} %"


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)


def _interval(share: Mapping[str, Any]) -> str:
    if not share["of"]:
        return "-"
    return (
        f"{_percent(share['share'])} ({_percent(share['lower'])} to"
        f" {_percent(share['upper'])}, {share['count']} of {share['of']})"
    )
