"""Reading a frozen selection of sources by a frozen version, beside what is current.

It makes candidates and comparisons and puts nothing in place. The selection is rows of
`reprocess_item`, not of the queue: a few dispatcher tasks claim them one by one under
leases, so that a worker that dies loses its claim and nothing else.
"""

from __future__ import annotations

from pipeline.reprocessing.errors import ReprocessRefused
from pipeline.reprocessing.selection import Selection
from pipeline.reprocessing.starting import Plan, start
from pipeline.reprocessing.verbs import cancel, go_on, pause, resume, retry

__all__ = [
    "Plan",
    "ReprocessRefused",
    "Selection",
    "cancel",
    "go_on",
    "pause",
    "resume",
    "retry",
    "start",
]
