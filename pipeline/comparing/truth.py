"""What people know of a document, and which slots of a reading it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.claims import LINE_SLOT
from pipeline.comparing.lines import lines_of, match_lines
from pipeline.comparing.values import Value, same

# A line is judged by a known one only if it is hardly another.
SAME_LINE = 0.5


@dataclass(frozen=True, slots=True)
class Truth:
    """values: by slot; the text is "" where the document has none.

    Lines are known by what they say, not by their numbers. context: for a line of which
    only some cells are known, the other cells as the reading had them that was asked
    about, so that the line can be told from others.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    context: Mapping[str, Value] = field(default_factory=dict)

    def about(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """The truth by the slots of a reading, whose values are given."""
        known = {s: v for s, v in self.values.items() if not LINE_SLOT.fullmatch(s)}
        true_lines = lines_of(self.values)
        for prefix, there in self.lines_among(values).items():
            for column, value in true_lines[prefix].items():
                known[f"{there}.{column}"] = value
        return known

    def lines_among(self, values: Mapping[str, Value]) -> dict[str, str]:
        """Known lines that a reading has, by prefix, and the reading's own prefixes."""
        true_lines = lines_of(self.values)
        if not true_lines:
            return {}
        around = lines_of(self.context)
        spelt = {
            prefix: {
                column: value
                for column, value in {**around.get(prefix, {}), **line}.items()
                if value.text
            }
            for prefix, line in true_lines.items()
        }
        return match_lines(spelt, lines_of(values), least=SAME_LINE)


def is_right(said: Value | None, true: Value | None) -> bool | None:
    """Whether a slot says what is true; None where nobody knows."""
    if true is None:
        return None
    if said is None or not true.text:
        return said is None and not true.text
    return same(said, true)
