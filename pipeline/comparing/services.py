"""The verb: comparing two generations and keeping what was found."""

from __future__ import annotations

from django.db import transaction

from catalog.models import Comparison, Generation
from catalog.services import hold_source
from pipeline.comparing.critical import critical_of
from pipeline.comparing.document import (
    NOTHING_DIFFERS,
    DocumentCompared,
    others_differing,
    summed_up,
)
from pipeline.comparing.readings import hashes_of, values_said, words_of
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
    old_hashes, new_hashes = hashes_of(old.pk), hashes_of(new.pk)
    if old_hashes == new_hashes:
        return NOTHING_DIFFERS
    said = values_said([old.pk, new.pk])
    boxes = [v.region for pk in said for v in said[pk].values() if v.region]
    slots = compare_values(
        said[old.pk],
        said[new.pk],
        truth=truths_of([new.source_id])[new.source_id],
        pages=_words(old, new, {box.page for box in boxes}),
    )
    specs = [_manifest(one).document_type(one.document_type) for one in (old, new)]
    others = others_differing(old_hashes, new_hashes)
    return summed_up(slots, others, critical_of(specs))


def _words(old: Generation, new: Generation, pages: set[int]) -> list[PageWords]:
    """As the new version read them; the old one's of pages that it did not read."""
    found = words_of(new.pk, pages)
    missing = pages - {one.page for one in found}
    return [*found, *words_of(old.pk, missing)] if missing else found


def _manifest(generation: Generation) -> Manifest:
    return Manifest.of(PipelineVersion.objects.of(generation))
