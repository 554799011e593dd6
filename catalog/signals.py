"""News that travels up, inside the transaction that makes it so."""

from __future__ import annotations

from django.dispatch import Signal

# generations: a QuerySet of those that a batch is about to supersede. It comes before
# any is locked: whoever answers has first the task of a question, then its generation.
superseding = Signal()
# batch: a PromotionBatch whose generations have just become current.
promoted = Signal()
# erasure: an Erasure that has just begun; take out what you hold of its source and give
# counts of it by table. Nothing of the source can be added any more: whoever writes
# holds the source first (catalog.services.hold_source).
erasing = Signal()
# erasure, needles: strings. Look for what you still hold outside of the tables, and
# give counts by place.
searching = Signal()
