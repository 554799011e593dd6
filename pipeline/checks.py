"""`manage.py check`: is the code of every released version still here?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning, register
from django.db import Error as DatabaseError

from pipeline import frozen
from pipeline.models import PipelineVersion

HINT = (
    "Put the old step version back into pipeline/steps/registry.py (Earlier): what it"
    " made cannot be reproduced, nor the version run, without it."
)


@register
def steps_of_released(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    try:
        versions = list(PipelineVersion.objects.exclude(state="draft"))
    except DatabaseError:
        return []  # not migrated yet, or not there: that is told elsewhere
    return [
        Warning(
            f"{version} names code that is not here: {', '.join(steps)}.",
            hint=HINT,
            id="palimpsest.W020",
        )
        for version, steps in frozen.missing_steps(versions).items()
    ]
