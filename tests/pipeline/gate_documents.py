"""Compared documents as arrays, drawn template by template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.gate.evidence import Documents


def documents(
    outcomes: Sequence[str],
    *,
    slices: Mapping[str, Sequence[str]] | None = None,
    sampled: bool = True,
) -> Documents:
    """outcomes: same, better, worse, both wrong or undecided, one a document."""
    named = np.asarray(outcomes, dtype=object)
    labelled = np.isin(named, ["better", "worse", "both wrong"])
    everywhere = np.full(len(named), sampled)
    keys = slices or {"template": ["a"] * len(named)}
    return Documents(
        disagrees=named != "same",
        labelled=labelled,
        better=named == "better",
        worse=named == "worse",
        sampled=everywhere,
        drawn=labelled & everywhere,
        movable=np.full(len(named), fill_value=True),
        slices=keys,
    )
