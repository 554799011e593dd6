"""The one way up: news for whoever works on finished runs.

run_finished is sent with `send`, inside the transaction that stores the run, so that a
run and what follows from it appear together or not at all. Arguments: run: Run.
"""

from __future__ import annotations

from django.dispatch import Signal

run_finished = Signal()
