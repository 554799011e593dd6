"""What must be so after any life of a store, as plain Python."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from catalog.models import Generation, SourceMedia


@dataclass
class Read:
    """A generation. says: what stands in its slots, people's answers included."""

    generation: Generation
    says: dict[str, str]
    released: bool = False


@dataclass
class Replaced:
    """A promotion that can be taken back while what it brought is current."""

    promotion_id: uuid.UUID
    old: Read
    new: Read
    undone: bool = False


@dataclass
class Original:
    """A source, what is current of it, and what people said of it: slot to value."""

    source: SourceMedia
    current: Read | None = None
    candidates: list[Read] = field(default_factory=list)
    superseded: list[Read] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    promotions: list[Replaced] = field(default_factory=list)
    erased: bool = False

    def read(self, reading: Read, *, complete: bool) -> None:
        if not complete:
            return
        if self.current is None:
            self.current = reading
        else:
            self.candidates.append(reading)

    def put_in_place(self, new: Read, promotion_id: uuid.UUID) -> None:
        """People's answers go on, and what was released stays so."""
        old = self.current
        assert old is not None
        new.says = {**new.says, **self.answers}
        new.released = new.released or old.released
        self.candidates = [c for c in self.candidates if c is not new]
        self.superseded.append(old)
        self.current = new
        self.promotions.append(Replaced(promotion_id, old, new))

    def answer(self, slot: str, value: str) -> None:
        assert self.current is not None
        self.answers[slot] = value
        self.current.says = {**self.current.says, slot: value}

    def erase(self) -> None:
        self.erased = True
        self.current = None
        self.candidates.clear()

    @property
    def undoable(self) -> list[Replaced]:
        return [p for p in self.promotions if p.new is self.current and not p.undone]
