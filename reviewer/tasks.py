"""What the queue calls for reviewers."""

from __future__ import annotations

from pipeline.models import PipelinePolicy
from pipeline.tasks import keeping_quiet
from reviewer import audit_sizing, services


@keeping_quiet
def sweep() -> None:
    """Release what has waited long enough for a second look that nobody can give."""
    services.release_waited()


@keeping_quiet
def size_audits() -> None:
    """Once a day: draw as many audits as each policy's bound asks for."""
    for policy in PipelinePolicy.objects.exclude(audit_bound=None):
        audit_sizing.resize(policy.name)
        services.open_due_audits(pipeline_name=policy.name)
