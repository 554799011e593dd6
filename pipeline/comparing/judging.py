"""Which of two versions is right, by what people know now."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from catalog.models import Comparison, Generation
from pipeline.comparing.critical import Critical, critical_of
from pipeline.comparing.readings import Values, values_said
from pipeline.comparing.slots import OTHER_VALUE, compare_values
from pipeline.comparing.truth import Truth
from pipeline.comparing.truths import truths_of
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of the critical slots in which two versions differ: whether each has all right.

    None where nobody knows, and where they do not differ.
    """

    old_right: bool | None
    new_right: bool | None


UNKNOWN = Judgement(None, None)


def judgements(comparisons: Iterable[Comparison]) -> dict[uuid.UUID, Judgement]:
    """A judgement for each comparison, in a handful of queries a thousand."""
    types = _Types()
    found: dict[uuid.UUID, Judgement] = {}
    walk = iter(comparisons)
    while rows := list(islice(walk, AT_ONCE)):
        found.update(dict.fromkeys((row.pk for row in rows), UNKNOWN))
        # Compared by hash alone, disagrees is not known.
        found.update(_judged([r for r in rows if r.disagrees is not False], types))
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """A generation, as far as judging it needs."""

    source_id: uuid.UUID
    version: tuple[str, str]
    document_type: str


class _Types:
    """The critical slots of versions' document types; a version is asked for once."""

    def __init__(self) -> None:
        self.manifests: dict[tuple[str, str], Manifest] = {}

    def critical(self, reads: Sequence[_Read]) -> Critical:
        return critical_of(
            self._manifest(read.version).document_type(read.document_type)
            for read in reads
        )

    def _manifest(self, version: tuple[str, str]) -> Manifest:
        if version not in self.manifests:
            name, number = version
            row = PipelineVersion.objects.get(name=name, version=number)
            self.manifests[version] = Manifest.of(row)
        return self.manifests[version]


def _judged(rows: Sequence[Comparison], types: _Types) -> Mapping[uuid.UUID, Judgement]:
    reads = _reads({pk for row in rows for pk in _pair(row)})
    critical = {
        row.pk: types.critical([reads[pk] for pk in _pair(row)]) for row in rows
    }
    names = {name for one in critical.values() for name in one.names}
    lines = any(one.columns for one in critical.values())
    said = values_said(reads, slots=names, lines=lines)
    sources = {read.source_id for read in reads.values()}
    truths = truths_of(sources, slots=names, lines=lines)
    return {
        row.pk: judged(
            said[row.old_generation_id],
            said[row.new_generation_id],
            truths[reads[row.new_generation_id].source_id],
            critical[row.pk],
        )
        for row in rows
    }


def _pair(row: Comparison) -> tuple[uuid.UUID, uuid.UUID]:
    return row.old_generation_id, row.new_generation_id


def _reads(generation_ids: set[uuid.UUID]) -> dict[uuid.UUID, _Read]:
    rows = Generation.objects.filter(pk__in=generation_ids).values_list(
        "pk", "source_id", "pipeline_name", "pipeline_version", "document_type"
    )
    return {
        pk: _Read(source_id, (name, version), document_type)
        for pk, source_id, name, version, document_type in rows
    }


def judged(old: Values, new: Values, truth: Truth, critical: Critical) -> Judgement:
    """Pure: the judgement over what two readings say."""
    differing = [
        slot
        for slot in compare_values(old, new, truth=truth).slots
        if slot.pair.slot in critical and slot.word in OTHER_VALUE
    ]
    return Judgement(
        _all(slot.old_right for slot in differing),
        _all(slot.new_right for slot in differing),
    )


def _all(rights: Iterable[bool | None]) -> bool | None:
    """One that is wrong decides; otherwise all have to be known."""
    known = list(rights)
    if False in known:
        return False
    return True if known and None not in known else None
