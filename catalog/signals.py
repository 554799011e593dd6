"""News that travels up, inside the transaction that makes it so."""

from __future__ import annotations

from django.dispatch import Signal

# batch: a PromotionBatch whose generations have just become current.
promoted = Signal()
