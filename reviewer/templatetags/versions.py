from __future__ import annotations

from django import template
from django.template.context import RequestContext

from catalog.scope import leads_any

register = template.Library()


@register.simple_tag(takes_context=True)
def sees_versions(context: RequestContext) -> bool:
    """Whether the pages about versions are for whoever looks."""
    return leads_any(context["request"].user)
