from __future__ import annotations

from django import template
from django.template.context import RequestContext

from catalog.scope import leads_any
from pipeline import wording
from pipeline.reprocessing import telling

register = template.Library()


@register.simple_tag(takes_context=True)
def sees_versions(context: RequestContext) -> bool:
    """Whether the pages about versions are for whoever looks."""
    return leads_any(context["request"].user)


register.filter("usd", telling.usd)
register.filter("about_usd", telling.about_usd)
register.filter("price_text", telling.price_text)
register.filter("about_time", telling.about_time)
register.filter("time_text", telling.time_text)

REPROCESS_LOOKS = {
    "running": ("accent", "running", "At work"),
    "paused": ("doubt", "clock", "Paused"),
    "finished": ("good", "check", "Finished"),
    "cancelled": ("", "close", "Cancelled"),
}
ITEM_LOOKS = {
    "waiting": ("", "clock", "Waiting"),
    "working": ("accent", "running", "At work"),
    "done": ("good", "check", "Compared"),
    "failed": ("bad", "conflict", "Failed"),
    "skipped": ("", "minus", "Skipped"),
}
WHY = {
    "stage_done": "Its stage is done; it waits to be told to go on.",
    "person": "Somebody paused it.",
    "budget": "Its budget is spent; nothing more is begun.",
    "not_runnable": "A machine of the batch lane cannot run the version.",
}
ITEM_REASONS = {
    "already_current": "A reading of this version is current already.",
    "nothing_current": "No reading is current any more.",
}


def _badge(looks: dict[str, tuple[str, str, str]], state: str) -> dict[str, str]:
    look, icon, words = looks.get(state, ("", "info", wording.plain(state)))
    return {"look": look, "icon": f"icons/{icon}.svg", "words": words}


@register.inclusion_tag("_badge.html")
def reprocess_badge(state: str) -> dict[str, str]:
    return _badge(REPROCESS_LOOKS, state)


@register.inclusion_tag("_badge.html")
def item_badge(state: str) -> dict[str, str]:
    return _badge(ITEM_LOOKS, state)


@register.filter
def item_state_text(state: str) -> str:
    return ITEM_LOOKS[state][2] if state in ITEM_LOOKS else wording.plain(state)


@register.filter
def why_paused(why: str) -> str:
    return WHY.get(why, wording.plain(why))


@register.filter
def item_reason_text(reason: str) -> str:
    return ITEM_REASONS.get(reason) or wording.run_reason_text(reason)
