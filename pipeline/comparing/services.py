"""The verb: comparing two generations and keeping what was found."""

from __future__ import annotations

from django.db import transaction

from catalog.models import Comparison, Generation
from catalog.services import hold_source
from pipeline.comparing.critical import Critical, critical_of
from pipeline.comparing.document import (
    NOTHING_DIFFERS,
    DocumentCompared,
    others_differing,
    summed_up,
)
from pipeline.comparing.readings import Said, all_said, words_of
from pipeline.comparing.slots import compare_values
from pipeline.comparing.truths import truths_of
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion
from pipeline.words import PageWords

COMPARATOR = "typed-1"


@transaction.atomic
def compare_generations(*, old: Generation, new: Generation) -> Comparison:
    """Compare two generations of one source; the same pair again gives the same row.

    better and worse are by what people knew then; judgements() says what they know now.
    Raises SourceErased, ValueError for generations of two sources.
    """
    if old.source_id != new.source_id:
        raise ValueError("Compare two generations of one source.")
    hold_source(source_id=new.source_id)
    of_pair = Comparison.objects.filter(
        old_generation=old, new_generation=new, comparator_version=COMPARATOR
    )
    known = of_pair.first()
    if known is not None:
        return known
    found = compared(old, new)
    row = Comparison(
        old_generation=old,
        new_generation=new,
        comparator_version=COMPARATOR,
        verdict=found.verdict,
        differences=dict(found.differences),
        grounding=dict(found.grounding),
        line_matches=dict(found.line_matches),
        disagrees=found.disagrees,
    )
    # Whoever compares the same pair at the same moment finds the same, once.
    Comparison.objects.bulk_create([row], ignore_conflicts=True)
    return of_pair.get()


def compared(old: Generation, new: Generation) -> DocumentCompared:
    """What a comparison of the two would say; nothing is stored."""
    both = all_said([old.pk, new.pk])
    ours, theirs = both[new.pk], both[old.pk]
    if ours.hashes == theirs.hashes:
        return NOTHING_DIFFERS
    slots = compare_values(
        theirs.values,
        ours.values,
        truth=truths_of([new.source_id])[new.source_id],
        pages=_words(theirs, ours),
    )
    others = others_differing(theirs.hashes, ours.hashes)
    return summed_up(slots, others, _critical(old, new))


def _words(old: Said, new: Said) -> list[PageWords]:
    """Of the pages with boxes, as the new version read them; the old one's of pages
    that it did not read.
    """
    boxes = [v.region for one in (old, new) for v in one.values.values() if v.region]
    pages = {box.page for box in boxes}
    found = words_of(new.root, pages)
    missing = pages - {one.page for one in found}
    return [*found, *words_of(old.root, missing)] if missing else found


def _critical(*generations: Generation) -> Critical:
    """What either version holds critical in the type that it took the document for.

    Raises PipelineVersion.DoesNotExist.
    """
    names = {(one.pipeline_name, one.pipeline_version) for one in generations}
    rows = PipelineVersion.objects.filter(
        name__in={name for name, _ in names}, version__in={v for _, v in names}
    )
    manifests = {(row.name, row.version): Manifest.of(row) for row in rows}
    if names - manifests.keys():
        raise PipelineVersion.DoesNotExist(names - manifests.keys())
    return critical_of(
        manifests[one.pipeline_name, one.pipeline_version].document_type(
            one.document_type
        )
        for one in generations
    )
