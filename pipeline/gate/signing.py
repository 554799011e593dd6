"""Signing a gate: from then on it is a record, and somebody answers for it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from pipeline.gate.errors import GateRefused
from pipeline.gate.measuring import SIGNED, measure
from pipeline.gate.report import report_digest
from pipeline.models import Gate, Reprocess

UNMEASURED = "This gate was not measured yet: measure it, look at it, then sign."
RUNNING = "Its reprocess is at work still: pause it, or wait until its stage is done."
STALE = (
    "Since this gate was measured something has changed: answers came in, or documents"
    " were compared. It was measured anew; look at the new figures, then sign."
)


def sign(*, gate: Gate, actor: User, seen: str = "") -> Gate:
    """Freeze the gate under the actor's name.

    seen: the digest of the report that they looked at; "" is the last one measured.
    It is measured once more, since nobody signs what is not so any more: where another
    report comes out it is kept, and not signed. Raises GateRefused.
    """
    gate.refresh_from_db()
    if gate.signed_at is not None:
        raise GateRefused(SIGNED)
    if gate.measured_at is None:
        raise GateRefused(UNMEASURED)
    looked_at = seen or report_digest(gate)
    measured = measure(gate=gate)
    if report_digest(measured) != looked_at:
        raise GateRefused(STALE)
    return _sign(measured, actor, looked_at)


@transaction.atomic
def _sign(gate: Gate, actor: User, looked_at: str) -> Gate:
    gate = Gate.objects.select_for_update().get(pk=gate.pk)
    if gate.signed_at is not None:
        raise GateRefused(SIGNED)
    if gate.reprocess.state == Reprocess.State.RUNNING:
        raise GateRefused(RUNNING)
    if report_digest(gate) != looked_at:
        raise GateRefused(STALE)
    gate.signed_by, gate.signed_at = actor, timezone.now()
    gate.report_digest = looked_at
    gate.save(update_fields=["signed_by", "signed_at", "report_digest"])
    return gate
