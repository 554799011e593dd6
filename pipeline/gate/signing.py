"""Signing a gate: from then on it is a record, and somebody answers for it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from pipeline.gate.errors import GateRefused
from pipeline.gate.measuring import SIGNED, measure
from pipeline.gate.report import report_digest
from pipeline.models import Gate, Reprocess, ReprocessItem

UNMEASURED = "This gate was not measured yet: measure it, look at it, then sign."
RUNNING = "Its reprocess is at work still: pause it, or wait until its stage is done."
READING = "A document of it is being read at this moment: wait until that is done."
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
    gate, signed = _measure_and_sign(gate, actor, seen)
    if not signed:
        raise GateRefused(STALE)
    return gate


@transaction.atomic
def _measure_and_sign(gate: Gate, actor: User, seen: str) -> tuple[Gate, bool]:
    """The gate as it is measured now, and whether it is signed."""
    gate = Gate.objects.select_for_update().get(pk=gate.pk)
    if gate.signed_at is not None:
        raise GateRefused(SIGNED)
    if gate.measured_at is None:
        raise GateRefused(UNMEASURED)
    _refuse_at_work(gate)
    looked_at = seen or report_digest(gate)
    gate = measure(gate=gate)
    if report_digest(gate) != looked_at:
        return gate, False
    gate.signed_by, gate.signed_at = actor, timezone.now()
    gate.report_digest = looked_at
    gate.save(update_fields=["signed_by", "signed_at", "report_digest"])
    return gate, True


def _refuse_at_work(gate: Gate) -> None:
    """Also while what was begun before a pause ends: it would be done before it could
    be counted, and move unmeasured.
    """
    reprocess = Reprocess.objects.select_for_update(no_key=True).get(
        pk=gate.reprocess_id
    )
    if reprocess.state == Reprocess.State.RUNNING:
        raise GateRefused(RUNNING)
    if ReprocessItem.objects.at_work(reprocess).exists():
        raise GateRefused(READING)
