"""Words of slots that more than one step, or a page, has to know."""

from __future__ import annotations

# Ends the slot of a page picture that the ocr step set upright.
UPRIGHT = " upright"
