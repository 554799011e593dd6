"""Claims: the statements that an extraction makes, and what became of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalog.regions import Region

# A line item's slot, and the columns that line items have.
LINE_SLOT = re.compile(r"(?P<prefix>lines\[(?P<number>\d+)\])\.(?P<column>\w+)")
LINE_COLUMNS = ("description", "quantity", "unit_price", "amount")


class ValueType(StrEnum):
    """How a field's text is normalised and compared."""

    MONEY = "money"  # plain decimal, "1234.50"
    DATE = "date"  # ISO, "2026-11-23"
    NUMBER = "number"  # plain decimal of any precision
    CURRENCY = "currency"  # ISO 4217, "EUR"
    ID = "id"  # invoice numbers and the like: letters and digits count
    NAME = "name"  # companies and people
    ADDRESS = "address"
    TEXT = "text"


class ClaimStatus(StrEnum):
    VERIFIED = "verified"  # an independent check agrees
    UNVERIFIED = "unverified"  # no check applied, or none could decide
    CONFLICT = "conflict"  # a check contradicts


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a document type, as admins describe it.

    labels are the printed words that stand beside or above the value, in any language;
    critical fields decide whether a document may be accepted without a person.
    hints are further type-specific data (regular expressions under "pattern", ...).
    """

    name: str
    value_type: ValueType
    labels: tuple[str, ...] = ()
    critical: bool = False
    required: bool = False
    hints: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentTypeSpec:
    """A document type: keywords that speak for it, its fields, and its line columns.

    line_columns maps description, quantity, unit_price, amount to header labels.
    critical_lines: a reading is only right if its line items are.
    """

    name: str
    keywords: tuple[str, ...]
    fields: tuple[FieldSpec, ...]
    line_columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    critical_lines: bool = False

    def field(self, name: str) -> FieldSpec | None:
        return next((spec for spec in self.fields if spec.name == name), None)


@dataclass(frozen=True, slots=True)
class Claim:
    """One extracted statement.

    slot: "total" or "lines[2].amount". value is normalised for its type, raw is the
    text as printed. confidence is 0..1. region is None where the value stands nowhere.
    reason is the word for why status is what it is ("sum_of_lines_differs", ...);
    candidates are further values with their own regions, best first.
    """

    slot: str
    value: str
    raw: str
    value_type: ValueType
    confidence: float
    region: Region | None = None
    status: ClaimStatus = ClaimStatus.UNVERIFIED
    reason: str = ""
    critical: bool = False
    candidates: tuple[Claim, ...] = ()

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "slot": self.slot,
            "value": self.value,
            "raw": self.raw,
            "value_type": self.value_type.value,
            "confidence": round(self.confidence, 4),
            "region": self.region.as_json() if self.region else None,
            "status": self.status.value,
            "reason": self.reason,
            "critical": self.critical,
        }
        if self.candidates:
            data["candidates"] = [claim.as_json() for claim in self.candidates]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Claim:
        return cls(
            slot=data["slot"],
            value=data["value"],
            raw=data["raw"],
            value_type=ValueType(data["value_type"]),
            confidence=float(data["confidence"]),
            region=Region.from_json(data["region"]) if data["region"] else None,
            status=ClaimStatus(data["status"]),
            reason=data["reason"],
            critical=bool(data["critical"]),
            candidates=tuple(cls.from_json(c) for c in data.get("candidates", ())),
        )


@dataclass(frozen=True, slots=True)
class Extraction:
    """All claims of one document: its type, how sure that is (0..1), header and lines.

    Line claims have slots "lines[i].description|quantity|unit_price|amount", i from 0.
    """

    document_type: str
    type_confidence: float
    claims: tuple[Claim, ...]

    def claim(self, slot: str) -> Claim | None:
        return next((claim for claim in self.claims if claim.slot == slot), None)

    def as_json(self) -> dict[str, Any]:
        return {
            "document_type": self.document_type,
            "type_confidence": round(self.type_confidence, 4),
            "claims": [claim.as_json() for claim in self.claims],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Extraction:
        return cls(
            document_type=data["document_type"],
            type_confidence=float(data["type_confidence"]),
            claims=tuple(Claim.from_json(claim) for claim in data["claims"]),
        )
