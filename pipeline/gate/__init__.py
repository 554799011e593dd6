"""Whether a version may take another's place: measured, signed, and then acted on.

stats/ and deciding.py are pure; collecting.py asks the database, measuring.py stores.
"""

from __future__ import annotations

from pipeline.gate.errors import GateRefused
from pipeline.gate.measuring import measure
from pipeline.gate.opening import open_gate
from pipeline.gate.promoting import PromotedPassing, promote_passing
from pipeline.gate.report import report_digest, report_of, signed_json
from pipeline.gate.signing import sign

__all__ = [
    "GateRefused",
    "PromotedPassing",
    "measure",
    "open_gate",
    "promote_passing",
    "report_digest",
    "report_of",
    "sign",
    "signed_json",
]
