"""Which slots decide whether a document is right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.claims import LINE_SLOT, DocumentTypeSpec

# How a description is spelled decides nothing; what is paid does.
LINE_FIGURES = frozenset({"quantity", "unit_price", "amount"})


@dataclass(frozen=True, slots=True)
class Critical:
    """names: of header fields. columns: of line items, where their type says that a
    reading is only right if its lines are.
    """

    names: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()

    def __contains__(self, slot: str) -> bool:
        match = LINE_SLOT.search(slot)
        return match["column"] in self.columns if match else slot in self.names


def critical_of(specs: Iterable[DocumentTypeSpec | None]) -> Critical:
    """All that one of the types holds critical."""
    known = [spec for spec in specs if spec is not None]
    names = {field.name for spec in known for field in spec.fields if field.critical}
    lines = any(spec.critical_lines for spec in known)
    return Critical(frozenset(names), LINE_FIGURES if lines else frozenset())
