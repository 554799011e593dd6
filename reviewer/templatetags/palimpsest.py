from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template.context import RequestContext
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from catalog.models import Generation, Membership, Tenant
from catalog.people import Viewer
from pipeline import wording
from pipeline.comparing.slots import Word
from pipeline.comparing.wording import verdict_text
from reviewer import key_table, reasons, seen_page, task_pictures
from reviewer.crops import Crop
from reviewer.models import ReviewTask, scopes_of
from reviewer.names import FieldNames

register = template.Library()

# The page's own navigation shows no larger number, and counting a long queue is slow.
MOST_COUNTED = 99

STATUS_LOOKS = {"verified": "good", "unverified": "doubt", "conflict": "bad"}
DISPOSITION_LOOKS = {
    "auto_accept": ("good", "verified"),
    "human_review": ("doubt", "review"),
    "rejected": ("bad", "rejected"),
}
RUN_LOOKS = {
    "queued": ("accent", "clock", "Waiting"),
    "running": ("accent", "running", "Reading"),
    "failed": ("bad", "conflict", "Failed"),
}
SLOT_LOOKS = {Word.BETTER: ("good", "check"), Word.WORSE: ("bad", "close")}

register.filter("reason_text", reasons.reason_text)
register.filter("run_reason_text", wording.run_reason_text)
register.filter("step_text", wording.step_text)
register.filter("outcome_text", reasons.outcome_text)
register.filter("kind_text", reasons.kind_text)
register.filter("plain_words", wording.plain)
register.filter("verdict_words", verdict_text)


@register.filter
def percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.0f} %"


@register.filter
def thin_percent(share: float | None) -> str:
    """Of small shares: with two digits that say something."""
    if share is None:
        return ""
    percents = share * 100
    digits = (
        0 if percents >= 10 else 1 if percents >= 1 else 2 if percents >= 0.1 else 3
    )
    return f"{percents:.{digits}f}\N{NO-BREAK SPACE}%"


@register.filter
def fraction(value: float) -> str:
    """A page fraction for SVG, whatever the reader's language writes decimals with."""
    return f"{value:.5f}"


@register.filter
def milliseconds(ms: int) -> str:
    return f"{ms} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


@register.filter
def file_size(size: int) -> str:
    """In the unit that suits it; whole numbers without a ".0"."""
    return filesizeformat(size).replace(".0\xa0", "\xa0")


@register.filter
def age(since: datetime) -> str:
    """How long ago, in the largest unit."""
    if timezone.now() - since < timedelta(minutes=1):
        return "just now"
    return f"{timesince(since, depth=1)} old"


@register.filter
def duration(length: timedelta) -> str:
    """In the two largest units that say something."""
    begin = timezone.now()
    if length < timedelta(minutes=1):
        return f"{length.total_seconds():.0f} s"
    return timesince(begin - length, begin, depth=2)


@register.simple_tag(takes_context=True)
def at(context: RequestContext, *names: str) -> SafeString | str:
    """aria-current for a link whose page, or a page below it, is the one shown."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None or match.view_name not in names:
        return ""
    return format_html(
        ' aria-current="{}"', "page" if match.view_name == names[0] else "true"
    )


@register.simple_tag(takes_context=True)
def slot_name(context: RequestContext, slot: str, document_type: str) -> str:
    """What a slot is called on a page about a document of this type."""
    names: FieldNames = context["field_names"]
    return names.of(slot, document_type)


@register.inclusion_tag("review/_crop.html")
def crop_picture(task: ReviewTask, crop: Crop, words: str = "") -> dict[str, Any]:
    """A crop of a task; words: what it shows, for who does not see it."""
    return {
        # Its shape, so that its room is kept until it comes.
        "shape": (round(crop.width * 100), round(crop.height * 100)),
        "src": task_pictures.crop_address(task, crop, task_pictures.WIDTHS[0]),
        "set": task_pictures.crop_set(task, crop),
        "sizes": task_pictures.SIZES,
        "words": words or f"Cut-out of page {crop.page.number} with the value",
    }


@register.simple_tag(takes_context=True)
def open_tasks(context: RequestContext) -> str:
    user: Viewer = context["request"].user
    own = ReviewTask.objects.within(scopes_of(user)).open().not_closed_to(user)
    waiting = own[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if waiting > MOST_COUNTED else str(waiting or "")


@register.simple_tag(takes_context=True)
def sees_documents(context: RequestContext) -> bool:
    """Whether there is more for whoever looks than crops of single fields: whole
    documents, or at least a place to put some."""
    return not Membership.objects.only_crops_for(context["request"].user)


@register.simple_tag(takes_context=True)
def own_keys(context: RequestContext) -> str:
    """The person's own keys for the page's scripts; "" where all are the usual ones."""
    return key_table.for_scripts(context["request"].user)


@register.simple_tag(takes_context=True)
def sees_who_saw(context: RequestContext) -> bool:
    """Whether the pages about who saw what are for whoever looks."""
    return seen_page.may_ask(context["request"].user)


@register.simple_tag
def tenants_of(user: Viewer) -> str:
    if user.is_superuser:
        return "Every tenant"
    names = Tenant.objects.joined_by(user).values_list("name", flat=True)
    return ", ".join(names) or "No tenant yet"


@register.inclusion_tag("_badge.html")
def status_badge(status: str) -> dict[str, Any]:
    return {
        "look": STATUS_LOOKS.get(status, ""),
        "icon": f"icons/{status}.svg",
        "words": reasons.STATUSES.get(status, wording.plain(status)),
    }


@register.inclusion_tag("_badge.html")
def disposition_badge(disposition: str) -> dict[str, Any]:
    look, icon = DISPOSITION_LOOKS.get(disposition, ("", "info"))
    words = wording.DISPOSITIONS.get(disposition, wording.plain(disposition))
    return {"look": look, "icon": f"icons/{icon}.svg", "words": words}


@register.inclusion_tag("_badge.html")
def outcome_badge(generation: Generation) -> dict[str, Any]:
    """The disposition; what people have answered in full shows that."""
    reviewed = generation.disposition == "human_review" and generation.released_at
    if reviewed:
        return {"look": "human", "icon": "icons/person.svg", "words": "Reviewed"}
    looks: dict[str, Any] = disposition_badge(generation.disposition)
    return looks


@register.inclusion_tag("_badge.html")
def slot_badge(word: str, words: str) -> dict[str, Any]:
    """What became of a slot from the left reading to the right one."""
    look, icon = SLOT_LOOKS.get(Word(word), ("doubt", "conflict"))
    return {"look": look, "icon": f"icons/{icon}.svg", "words": words}


@register.inclusion_tag("_badge.html")
def run_badge(state: str) -> dict[str, Any]:
    look, icon, words = RUN_LOOKS.get(state, ("", "info", wording.plain(state)))
    return {"look": look, "icon": f"icons/{icon}.svg", "words": words}


@register.inclusion_tag("_badge.html")
def origin_badge(origin: str) -> dict[str, Any]:
    human = origin == "human"
    return {
        "look": "human" if human else "",
        "icon": "icons/person.svg" if human else "icons/machine.svg",
        "words": wording.plain(origin),
    }
