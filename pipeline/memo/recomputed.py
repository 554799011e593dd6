"""fsck: is each result kept under the key that decided it?

The recipe's digest is taken as it was written down, for the code of that day may be
gone; what was read upstream is taken as it is kept now.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from catalog import fsck
from catalog.hashing import digest_of
from catalog.models import DerivedArtifact, Generation, Origin, SourceMedia, State
from pipeline.execution import facts_of
from pipeline.memo.recipe import Recipe, memo_key
from pipeline.models import MemoRecipe
from pipeline.steps.registry import UnknownStep, step_named

FINDS = {
    "memo_key_differs": "The reading's results are kept under a key that what decided"
    " them does not give: a later reading could take over what is not its own. Disown"
    " them (manage.py revoke_memo) and read the source again.",
    "memo_recipe_missing": "The recipe by which a step was done is not kept, or was"
    " changed: nobody can say any more why it would run again. Restore the row of"
    " memo_recipe from a backup.",
}


def _look(
    sources: list[uuid.UUID], scope: fsck.Scope
) -> tuple[int, list[fsck.Finding]]:
    looked_at, findings = _once(sources)
    if findings:
        # An erasure may have come between one query and the next.
        still = set(_once(sources)[1])
        findings = [finding for finding in findings if finding in still]
    return looked_at, findings


def _once(sources: list[uuid.UUID]) -> tuple[int, list[fsck.Finding]]:
    readings = list(
        Generation.objects.filter(source__in=sources, restores__isnull=True)
        .exclude(state=State.ERASED)
        .select_related("source")
    )
    made: dict[uuid.UUID, list[DerivedArtifact]] = defaultdict(list)
    for artifact in DerivedArtifact.objects.filter(
        source__in=sources, origin=Origin.MACHINE
    ).defer("payload"):
        made[artifact.generation_id].append(artifact)
    kept = _recipes_kept({e["recipe"] for e in _entries(readings) if e.get("memo_key")})
    findings = []
    for reading in readings:
        for word in sorted(set(_faults(reading, made[reading.pk], kept))):
            findings.append(fsck.Finding(word, str(reading.pk), FINDS[word]))
    return len(readings), findings


def _entries(readings: list[Generation]) -> Iterator[Mapping[str, Any]]:
    for reading in readings:
        yield from reading.steps


def _recipes_kept(digests: set[str]) -> set[str]:
    """Those that are there and whole."""
    rows = MemoRecipe.objects.filter(digest__in=digests)
    return {row.digest for row in rows if digest_of(row.components) == row.digest}


def _faults(
    reading: Generation, made: list[DerivedArtifact], kept: set[str]
) -> Iterator[str]:
    by_step: dict[str, list[DerivedArtifact]] = defaultdict(list)
    for artifact in made:
        by_step[artifact.step].append(artifact)
    upstream: list[DerivedArtifact] = []
    for entry in reading.steps:
        results = by_step[entry["step"]]
        if key := entry.get("memo_key"):
            if key != _recomputed(entry, reading.source, upstream):
                yield "memo_key_differs"
            if any(artifact.memo_key != key for artifact in results):
                yield "memo_key_differs"
            if entry["recipe"] not in kept:
                yield "memo_recipe_missing"
        upstream += results


def _recomputed(
    entry: Mapping[str, Any], source: SourceMedia, upstream: list[DerivedArtifact]
) -> str:
    try:
        step = step_named(entry["step"], entry["version"])
    except UnknownStep:
        # Its code is gone, and with it what it was shown: nothing to hold against.
        return str(entry["memo_key"])
    recipe = Recipe({}, entry["recipe"])
    return memo_key(recipe, step, facts_of(source), upstream)


MEMO_KEYS = fsck.SourceCheck("memo_keys", FINDS, _look)
