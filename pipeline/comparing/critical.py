"""Which slots decide whether a document is right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.claims import LINE_SLOT, DocumentTypeSpec


@dataclass(frozen=True, slots=True)
class Critical:
    """names: of header fields. columns: of line items, where the type asks for them by
    a critical field whose hints name a "line_column".
    """

    names: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()

    def __contains__(self, slot: str) -> bool:
        match = LINE_SLOT.search(slot)
        return match["column"] in self.columns if match else slot in self.names


def critical_of(specs: Iterable[DocumentTypeSpec | None]) -> Critical:
    """All that one of the types holds critical."""
    names, columns = set(), set()
    for spec in specs:
        for field in spec.fields if spec else ():
            if not field.critical:
                continue
            column = field.hints.get("line_column")
            if column:
                columns.add(str(column))
            else:
                names.add(field.name)
    return Critical(frozenset(names), frozenset(columns))
