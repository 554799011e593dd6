"""The order of things: grow, ask, grow, ask; then move a batch there and back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.catalog import build, moving, plans, questions, sizes, tables


def course(*, sizes: Sequence[int], explain: str | None) -> None:
    build.tenants()
    made = 0
    curve: list[tuple[int, dict[str, str]]] = []
    for wanted in sizes:
        began = time.perf_counter()
        build.grow(first=made + 1, last=wanted)
        spent = time.perf_counter() - began
        artifacts = (wanted - made) * build.ARTIFACTS_A_SOURCE
        print(
            f"built to {wanted:,} sources: {artifacts / spent:,.0f} artifacts/s"
            " (SQL, indexes live, triggers off)",
            flush=True,
        )
        made = wanted
        build.settled()
        curve.append((made * build.ARTIFACTS_A_SOURCE, questions.asked(made)))
    tables.print_curve(curve)
    if explain:
        Path(explain).write_text(plans.explained())
    _sizes(made)
    tables.print_rows("Insert through the product", questions.inserted())
    tables.print_rows(
        "A batch of a tenth of the artifacts",
        moving.there_and_back(sources=max(made // 10, 1)),
    )


def _sizes(sources: int) -> None:
    tables.print_rows("Size", sizes.bytes_an_artifact(sources))
