"""What was compared and what people know, as plain arrays, counted slice by slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.disagreements import Seen

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

WHOLE = ""
TEMPLATE = "template"
DIMENSIONS = (TEMPLATE, "document_type", "tenant", "modality", "quality")
CROSS = " x "
# Between a dimension and the key of one slice, where margins are stated.
OF = ":"
# A combination of two dimensions is looked at from so many documents on.
ENOUGH = 30

SliceKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Documents:
    """One entry a compared document, all arrays of one length.

    disagrees: the versions say something else in a critical field. labelled: people
    know which of them is right there; better, worse: only the new one, only the old
    one. sampled: drawn at random to be answered; drawn: so, and answered only after
    the two were compared. movable: nothing but the gate keeps the new reading back.
    slices: {dimension: one key a document}.
    """

    disagrees: Flags
    labelled: Flags
    better: Flags
    worse: Flags
    sampled: Flags
    drawn: Flags
    movable: Flags
    slices: Mapping[str, Sequence[str]]

    def __len__(self) -> int:
        return len(self.disagrees)


@dataclass(frozen=True, slots=True)
class Evidence:
    """of: all that was compared in a slice. drawn: what of it shows how the undecided
    would be answered. sample: what of it stands for documents yet to come.
    """

    of: Seen
    drawn: Seen
    sample: Seen


@dataclass(frozen=True, slots=True)
class SliceOf:
    """members: places of its documents in the arrays, ascending."""

    dimension: str
    key: str
    members: Places

    @property
    def is_crossed(self) -> bool:
        return CROSS in self.dimension


def crossed(one: str, other: str) -> str:
    """The key of two keys; also of two dimensions."""
    return f"{one}{CROSS}{other}"


def one_slice(dimension: str, key: str) -> str:
    """As margins call it: "template:t-1"; of the whole only its dimension, ""."""
    return f"{dimension}{OF}{key}" if dimension else dimension


def slice_keys(keys: Mapping[str, str]) -> Iterator[SliceKey]:
    """(dimension, key) of every slice that a document of these keys is in."""
    yield WHOLE, ""
    present = [(name, str(keys[name])) for name in DIMENSIONS if name in keys]
    yield from present
    for (one, left), (other, right) in combinations(present, 2):
        yield crossed(one, other), crossed(left, right)


def slices_of(documents: Documents) -> list[SliceOf]:
    """The whole, every slice of one dimension, and those of two that say more.

    A slice of two is left out where it is too small, or the same documents as a slice
    of one of its dimensions.
    """
    everything = np.arange(len(documents))
    found = [SliceOf(WHOLE, "", everything)]
    columns = {
        name: np.asarray(documents.slices[name], dtype=object)
        for name in DIMENSIONS
        if name in documents.slices
    }
    sizes: dict[tuple[str, str], int] = {}
    for name, keys in columns.items():
        for key, members in _groups(keys):
            sizes[name, key] = len(members)
            found.append(SliceOf(name, key, members))
    for one, other in combinations(columns, 2):
        pairs = np.empty(len(documents), dtype=object)
        pairs[:] = list(zip(columns[one], columns[other], strict=True))
        for (left, right), members in _groups(pairs):
            larger = min(sizes[one, left], sizes[other, right])
            if ENOUGH <= len(members) < larger:
                name, key = crossed(one, other), crossed(left, right)
                found.append(SliceOf(name, key, members))
    return found


def _groups(keys: NDArray[np.object_]) -> Iterator[tuple[Any, Places]]:
    """Each key with the places at which it stands, in the order of the keys."""
    known = sorted(set(keys))
    number = {key: place for place, key in enumerate(known)}
    codes = np.fromiter((number[key] for key in keys), dtype=np.intp, count=len(keys))
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(known) + 1))
    for place, key in enumerate(known):
        yield key, order[starts[place] : starts[place + 1]]


def count(documents: Documents, members: Places) -> Evidence:
    """What is known of these documents."""
    of = sample = _seen(documents, members)
    if of.undecided:
        sample = _seen(documents, _only(members, documents.sampled))
    return Evidence(of, _seen(documents, _only(members, documents.drawn)), sample)


def _only(members: Places, flags: Flags) -> Places:
    return members[flags[members]]


def _seen(documents: Documents, members: Places) -> Seen:
    def how_many(flags: Flags) -> int:
        return int(np.count_nonzero(flags[members]))

    return Seen(
        n=len(members),
        disagree=how_many(documents.disagrees),
        labelled=how_many(documents.labelled),
        better=how_many(documents.better),
        worse=how_many(documents.worse),
    )
