"""What is said of an erasure: on the command line, in the API, on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog.models import Erasure


def erasure_as_json(erasure: Erasure) -> dict[str, Any]:
    """The tombstone: ids, counts and times, nothing that the document said."""
    finished_at = erasure.finished_at
    return {
        "erasure_id": str(erasure.pk),
        "source_id": str(erasure.source_id),
        "tenant_id": str(erasure.tenant_id),
        "basis": erasure.basis,
        "reference": erasure.reference,
        "actor": erasure.actor.get_username() if erasure.actor else None,
        "at": erasure.at.isoformat(),
        "ledger_entry": erasure.entry,
        "fingerprint": erasure.fingerprint,
        "erased": erasure.erased,
        "residue": erasure.residue,
        "finished_at": finished_at.isoformat() if finished_at else None,
    }


def lines_of(told: dict[str, Any]) -> Iterator[str]:
    """For people at a terminal."""
    would = bool(told.get("dry_run"))
    yield f"{'Would erase' if would else 'Erased'} source {told['source_id']}:"
    erased = told["erased"] or {}
    for table, count in sorted(erased.get("tables", {}).items()):
        yield f"  {table}: {count}"
    yield f"  blobs: {erased.get('blobs', 0)}"
    if foreign := erased.get("artifacts_of_other_sources"):
        yield f"  of these, artifacts of other sources: {foreign}"
    if residue := told.get("residue"):
        yield f"Left: {residue['total']} ({residue['columns']} columns looked through)"
