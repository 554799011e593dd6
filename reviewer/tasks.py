"""What the queue calls for reviewers: every minute."""

from __future__ import annotations

from pipeline.tasks import keeping_quiet
from reviewer import services


@keeping_quiet
def sweep() -> None:
    """Release what has waited long enough for a second look that nobody can give."""
    services.release_waited()
