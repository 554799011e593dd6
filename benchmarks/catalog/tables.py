from __future__ import annotations

from collections.abc import Iterable, Sequence


def print_rows(title: str, rows: Iterable[tuple[str, str]]) -> None:
    print(f"\n{title}\n")
    for name, value in rows:
        print(f"    {name:<58}{value:>28}", flush=True)


def print_curve(curve: Sequence[tuple[int, dict[str, str]]]) -> None:
    """One column a size, one row a question."""
    print("\nQuestions\n")
    heads = [f"{artifacts:,}" for artifacts, _ in curve]
    print(f"    {'artifacts':<46}" + "".join(f"{head:>22}" for head in heads))
    for name in curve[-1][1]:
        cells = [answers.get(name, "") for _, answers in curve]
        print(f"    {name:<46}" + "".join(f"{cell:>22}" for cell in cells), flush=True)
