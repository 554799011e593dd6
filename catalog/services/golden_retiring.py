"""Taking golden cases and values out of what counts, and back in.

Frozen sets keep what they hold: they are what counted at their moment.
"""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import GoldenCase, GoldenRetirement, GoldenValue
from catalog.services.corrections import TRUTH
from catalog.services.holding import SourceErased, hold_source

LONGEST_REASON = 200
Act = GoldenRetirement.Act


class RetirementRefused(Exception):
    """It makes no sense as things stand; the message says why, for people."""


@transaction.atomic
def retire_golden(
    *, case_id: uuid.UUID, because: str, slot: str = "", actor: User | None = None
) -> GoldenRetirement:
    """Let a case, or its value in one slot, count no more from now on.

    A later answer about the document is true again, in this case or in a new one.
    Raises GoldenCase.DoesNotExist, RetirementRefused.
    """
    case = _locked(case_id)
    reason = _reason(because)
    if slot:
        return _retire_value(case, slot, reason, actor)
    if case.retired_at is not None:
        raise RetirementRefused("The case is retired already.")
    case.retired_at, case.retired_because = timezone.now(), reason
    case.save(update_fields=["retired_at", "retired_because"])
    return _told(case, Act.RETIRE, reason, actor)


@transaction.atomic
def restore_golden(
    *, case_id: uuid.UUID, because: str, slot: str = "", actor: User | None = None
) -> GoldenRetirement:
    """Let what was retired count again. Raises GoldenCase.DoesNotExist,
    RetirementRefused."""
    case = _locked(case_id)
    reason = _reason(because)
    if slot:
        return _restore_value(case, slot, reason, actor)
    if case.retired_at is None:
        raise RetirementRefused("The case is not retired.")
    case.retired_at, case.retired_because = None, ""
    try:
        with transaction.atomic():
            case.save(update_fields=["retired_at", "retired_because"])
    except IntegrityError as error:
        raise RetirementRefused(
            "A newer case of this document counts already: retire that one first."
        ) from error
    return _told(case, Act.RESTORE, reason, actor)


def _retire_value(
    case: GoldenCase, slot: str, reason: str, actor: User | None
) -> GoldenRetirement:
    standing = case.values.standing().filter(slot=slot).first()
    if standing is None:
        raise RetirementRefused("No value stands there: there is nothing to retire.")
    _file(standing, withdrawn=True, actor=actor)
    return _told(case, Act.RETIRE, reason, actor, about=standing)


def _restore_value(
    case: GoldenCase, slot: str, reason: str, actor: User | None
) -> GoldenRetirement:
    last = GoldenRetirement.objects.of_case(case).filter(slot=slot).last()
    latest = case.values.filter(slot=slot).order_by("-value_id").first()
    if last is None or last.act != Act.RETIRE or latest is None:
        raise RetirementRefused("No value of this field is retired.")
    if not latest.withdrawn:
        raise RetirementRefused("Another value was filed since, and counts.")
    before = case.values.get(value_id=str(last.value_ref))
    _file(before, withdrawn=False, actor=actor)
    return _told(case, Act.RESTORE, reason, actor, about=before)


def _file(like: GoldenValue, *, withdrawn: bool, actor: User | None) -> None:
    """A later row takes the place of what stood there."""
    said = {name: getattr(like, name) for name in TRUTH}
    GoldenValue.objects.create(
        case=like.case, slot=like.slot, withdrawn=withdrawn, filed_by=actor, **said
    )


def _told(
    case: GoldenCase,
    act: GoldenRetirement.Act,
    reason: str,
    actor: User | None,
    *,
    about: GoldenValue | None = None,
) -> GoldenRetirement:
    return GoldenRetirement.objects.create(
        case=case,
        slot=about.slot if about else "",
        act=act,
        because=reason,
        value_ref=about.pk if about else None,
        actor=actor,
    )


def _locked(case_id: uuid.UUID) -> GoldenCase:
    sources = GoldenCase.objects.values_list("source_id", flat=True)
    try:
        hold_source(source_id=sources.get(pk=case_id))
    except SourceErased as error:
        raise RetirementRefused("The document was erased, and its case with it.") from (
            error
        )
    return GoldenCase.objects.select_for_update(no_key=True).get(pk=case_id)


def _reason(because: str) -> str:
    reason = because.replace("\x00", "").strip()[:LONGEST_REASON]
    if not reason:
        raise RetirementRefused("Say why: whoever reads the figures will ask.")
    return reason
