"""A gate's report: everything that it says, in one spelling. No values, no text."""

from __future__ import annotations

from typing import Any

from catalog.hashing import digest_of
from pipeline.models import Gate, GateSlice

SHOWN = (
    "dimension", "key", "margin", "population", "compared", "disagreeing", "labelled",
    "better", "worse", "difference", "lower", "upper", "at_least", "p_harm",
    "p_adjusted", "exact", "needed", "moving", "holds", "verdict", "why",
)  # fmt: skip


def report_of(gate: Gate) -> dict[str, Any]:
    """What a signature is under. The same measurement gives the same report, so no
    time is in it; slices are in the order of their dimensions and keys.
    """
    reprocess = gate.reprocess
    return {
        "gate": str(gate.pk),
        "reprocess": str(reprocess.pk),
        "pipeline_version": str(reprocess.pipeline_version),
        "digest": reprocess.pipeline_version.digest,
        "selection": reprocess.selection,
        "seed": reprocess.seed,
        "golden_set": gate.golden_set and gate.golden_set.digest,
        "margins": gate.margins,
        "level": gate.level,
        "fit_to_activate": gate.fit_to_activate,
        "figures": gate.figures,
        "slices": [slice_json(one) for one in gate.slices.in_order()],
    }


def slice_json(one: GateSlice) -> dict[str, Any]:
    """golden is left out where it was not counted: as such gates were signed."""
    golden = {} if one.golden is None else {"golden": one.golden}
    return {**{name: getattr(one, name) for name in SHOWN}, **golden}


def report_digest(gate: Gate) -> str:
    """SHA-256 of the canonical JSON of the report."""
    return digest_of(report_of(gate))


def signed_json(gate: Gate) -> dict[str, Any]:
    """The report with who signed it, and when: what leaves the house."""
    signed = None
    if gate.signed_at is not None:
        signed = {
            "by": gate.signed_by and gate.signed_by.get_username(),
            "at": gate.signed_at.isoformat(),
            "report_digest": gate.report_digest,
        }
    measured = gate.measured_at and gate.measured_at.isoformat()
    return {"report": report_of(gate), "measured_at": measured, "signed": signed}
