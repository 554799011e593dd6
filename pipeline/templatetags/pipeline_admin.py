from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.context import RequestContext

from pipeline import upgrades
from pipeline.wording import run_reason_text

register = template.Library()
register.filter("run_reason", run_reason_text)


@register.filter
def fraction(value: float) -> str:
    """A page fraction for SVG, whatever the reader's language writes decimals with."""
    return f"{value:.5f}"


@register.filter
def seconds(ms: int) -> str:
    return f"{ms} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


@register.simple_tag(takes_context=True)
def stuck_versions(context: RequestContext) -> Sequence[upgrades.Stuck]:
    """For operators, who can do something about it; nobody else is told."""
    user: Any = context["request"].user
    return list(upgrades.stuck_versions()) if user.is_superuser else []
