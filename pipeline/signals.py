"""The ways up: news for whoever works on finished runs and on compared readings.

Each is sent with `send`, inside the transaction that stores what it tells of, so that
both appear together or not at all.
run_finished: run: Run.
compared: comparison: Comparison, item: ReprocessItem, the item of a reprocess that has
just set a new reading beside the current one.
"""

from __future__ import annotations

from django.dispatch import Signal

run_finished = Signal()
compared = Signal()
