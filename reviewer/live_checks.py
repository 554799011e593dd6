"""What the verify rules say of a case while somebody answers it. Writes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.contrib.auth.models import User

from catalog.api.problems import Unavailable
from catalog.models import Origin
from catalog.regions import Region
from pipeline.claims import LINE_COLUMNS, LINE_SLOT, ValueType
from pipeline.extracting.reasons import REASON_TEXT, VerifyReason
from pipeline.extracting.values import normalise
from pipeline.rechecking import Rechecked, Said, Statement, grounds_of, recheck
from pipeline.report import live_fields
from reviewer.answers import LONGEST_VALUE
from reviewer.checks.showing import masks_of
from reviewer.granting import shows_only_crops
from reviewer.models import ReviewItem, ReviewTask
from reviewer.values import value_of

log = structlog.get_logger()

MOST_TYPED = 60  # values that one request may bring
# How far off, where a check has computed it.
BY: Mapping[VerifyReason, str] = {
    VerifyReason.SUM_OF_LINES_DIFFERS: "Differs from the sum of the line items by {}.",
    VerifyReason.NET_PLUS_TAX_DIFFERS: "Net and tax miss the gross amount by {}.",
    VerifyReason.LINE_PRODUCT_DIFFERS: "Quantity times unit price is off by {}.",
}
# Of a line: what its columns hold.
LINE_TYPES: Mapping[str, ValueType] = dict(
    zip(
        LINE_COLUMNS,
        [ValueType.TEXT, ValueType.NUMBER, ValueType.MONEY, ValueType.MONEY],
        strict=True,
    )
)


NOTHING: Mapping[str, Any] = {"says": {}, "agree": {}}


def said_in(task: ReviewTask) -> dict[str, Said]:
    """What people's answers say in the reading now, by slot."""
    return {
        artifact.slot: Said(
            value=value_of(artifact),
            value_type=ValueType(artifact.payload["value_type"]),
            region=Region.from_json(artifact.region) if artifact.region else None,
        )
        for artifact in live_fields(task.generation)
        if artifact.origin == Origin.HUMAN and artifact.payload
    }


def _shown_apart(task: ReviewTask, items: Iterable[ReviewItem]) -> dict[str, Said]:
    """What questions show that are checks of the reviewers, and no reading's."""
    shown = {m.item.slot: m.standing for m in masks_of(task, items).values()}
    return {
        slot: Said(
            value=value_of(one),
            value_type=ValueType((one.payload or {})["value_type"]),
            region=Region.from_json(one.region) if one.region else None,
        )
        for slot, one in shown.items()
        if one is not None
    }


def rechecked(task: ReviewTask, said: Mapping[str, Said]) -> Rechecked | None:
    """The checks over the task's reading with what people said in place; None where
    they cannot run. A rule that stumbles must not cost anybody an answer.
    """
    try:
        grounds = grounds_of(task.generation)
        return recheck(grounds, said) if grounds else None
    except Unavailable:
        return None
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # The message may hold a value.
        kind = type(error).__name__
        log.warning("rules_stumbled", task_id=str(task.pk), error=kind)
        return None


def now(
    *, user: User, task_id: uuid.UUID, token: uuid.UUID, typed: Mapping[str, str]
) -> Mapping[str, Any]:
    """The rules' sentences for a page, were these typed values answers.

    {"says": {slot: [{"text", "agrees"}]}, "agree": {slot: sentence}}: agree has the
    doubtful fields that need no answer then. Empty where the checks cannot run, where
    the token does not hold the task (any more: a page that was left may still ask), and
    where a person's own look is asked for: a full check, or which of two versions is
    right. Raises ReviewTask.DoesNotExist.
    """
    tasks = ReviewTask.objects.visible_to(user).select_related("generation__source")
    task = tasks.get(pk=task_id)
    held = (task.reserver_id, task.reservation_token) == (user.pk, token)
    if not held or task.asks != ReviewTask.Asks.DOUBTS:
        return NOTHING
    if shows_only_crops(user, task):
        # Sentences about sums tell of values that the person may not see.
        return NOTHING
    items = list(task.items.all())
    said = said_in(task) | _shown_apart(task, items) | dict(_typed(items, typed))
    found = rechecked(task, said)
    if found is None:
        return NOTHING
    slots = dict.fromkeys([*(item.slot for item in items), *typed])
    return {
        "says": {slot: sentences(found, slot) for slot in slots},
        "agree": agreeing(found, items, said),
    }


def _typed(
    items: Iterable[ReviewItem], typed: Mapping[str, str]
) -> Iterable[tuple[str, Said]]:
    """What reads as a value of its type; the rest is not said yet."""
    types = {item.slot: ValueType(item.value_type) for item in items}
    for slot, text in [*typed.items()][:MOST_TYPED]:
        line = LINE_SLOT.fullmatch(slot)
        of_line = LINE_TYPES.get(line["column"]) if line else None
        value_type = types.get(slot) or of_line
        if value_type is None:
            continue
        value = normalise(value_type, text[:LONGEST_VALUE]) or ""
        if value or not text.strip():
            yield slot, Said(value, value_type)


def agreeing(
    found: Rechecked,
    items: Iterable[ReviewItem],
    said: Mapping[str, Said],
) -> dict[str, str]:
    reasons = {
        item.slot: found.agrees_now(item.slot, item.reason)
        for item in items
        if item.slot not in said
    }
    return {slot: agreed(reason) for slot, reason in reasons.items() if reason}


def sentences(found: Rechecked, slot: str) -> list[dict[str, Any]]:
    return [
        {"text": _sentence(one), "agrees": one.agrees} for one in found.statements(slot)
    ]


def agreed(reason: str) -> str:
    """The sentence of a check that agrees."""
    return REASON_TEXT[VerifyReason(reason)]


def _sentence(one: Statement) -> str:
    if one.by and one.reason in BY:
        return BY[one.reason].format(f"{one.by:.2f}")
    return REASON_TEXT[one.reason]
