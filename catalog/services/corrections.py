"""What people say of a reading."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone

from catalog.compiled import compiled
from catalog.hashing import digest_of
from catalog.ids import new_id
from catalog.models import (
    ArtifactInput,
    DeliveredArtifact,
    DerivedArtifact,
    Generation,
    GoldenCase,
    GoldenValue,
    Kind,
    Origin,
    Promotion,
    State,
    Tenant,
)
from catalog.services.holding import SourceErased, hold_source
from catalog.writing import insert, update

REVIEW = "review"  # the step of what people put there


@dataclass(frozen=True, slots=True)
class HumanValue:
    """A person's answer for one slot; payload as a field artifact holds it."""

    slot: str
    payload: dict[str, Any]
    region: dict[str, Any] | None
    decision_id: uuid.UUID
    actor: User


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an answer goes, locked. standing: what it will take the place of."""

    generation: Generation
    standing: DerivedArtifact | None


def _locked(generation: Generation, *, held: bool = False) -> Generation:
    """The generation that an answer belongs to now: that which took its place, if any.

    No promotion may come between the answer and its storing. held: the caller holds the
    source already. Raises SourceErased.
    """
    if not held:
        hold_source(source_id=generation.source_id)
    [locked] = _lock(generation.pk)
    if locked.state == State.SUPERSEDED:
        [locked] = _lock_current(locked.source_id, locked.pipeline_name)
    if locked.state == State.ERASED:
        raise SourceErased
    return locked


@compiled
def _lock(generation_id: uuid.UUID) -> models.QuerySet[Generation]:
    return _to_lock().filter(pk=generation_id)


@compiled
def _lock_current(
    source_id: uuid.UUID, pipeline_name: str
) -> models.QuerySet[Generation]:
    of_source = _to_lock().filter(source=source_id, pipeline_name=pipeline_name)
    return of_source.filter(state=State.CURRENT)


def _to_lock() -> models.QuerySet[Generation]:
    rows = Generation.objects.defer("steps").select_related("source")
    return rows.select_for_update(of=("self",), no_key=True)


@transaction.atomic
def record_human_artifact(
    *, generation: Generation, answer: HumanValue
) -> DerivedArtifact:
    """Put a person's value into a generation's slot, over whatever stood there.

    Where another generation has become current since the question was asked, the
    answer goes there. Raises SourceErased.
    """
    slot = lock_slot(generation=generation, slot=answer.slot)
    artifact = place_answer(slot=slot, answer=answer)
    seal_answer(artifact=artifact, decision_id=answer.decision_id, actor=answer.actor)
    return artifact


def lock_slot(*, generation: Generation, slot: str, held: bool = False) -> Slot:
    """In the caller's transaction, which may place an answer there.

    Of the generation that has become current since, where one has. held: the caller has
    held the source before any other row of it was locked. Raises SourceErased.
    """
    locked = _locked(generation, held=held)
    return Slot(locked, _standing(locked, slot))


def place_answer(*, slot: Slot, answer: HumanValue) -> DerivedArtifact:
    """In the transaction that locked the slot, and calls seal_answer() at its end."""
    over = slot.standing
    return _put(slot.generation, answer, Origin.HUMAN, over=over, made_from=over)


def _standing(generation: Generation, slot: str) -> DerivedArtifact | None:
    return next(iter(_standing_in(generation.pk, slot)), None)


@compiled
def _standing_in(
    generation_id: uuid.UUID, slot: str
) -> models.QuerySet[DerivedArtifact]:
    fields = DerivedArtifact.objects.standing().of_kind(Kind.FIELD)
    return fields.filter(generation=generation_id, slot=slot)


def _put(
    generation: Generation,
    answer: HumanValue,
    origin: Origin,
    *,
    over: DerivedArtifact | None,
    made_from: DerivedArtifact | None,
) -> DerivedArtifact:
    artifact = DerivedArtifact(
        artifact_id=new_id(),
        source=generation.source,
        source_hash=generation.source.content_hash,
        generation=generation,
        kind=Kind.FIELD,
        slot=answer.slot,
        step=REVIEW,
        pipeline_name=generation.pipeline_name,
        pipeline_version=generation.pipeline_version,
        origin=origin,
        region=answer.region,
        payload=answer.payload,
        payload_uri="inline",
        payload_hash=digest_of(answer.payload),
    )
    if over is not None:
        # First, since one slot may not have two standing artifacts even for a moment;
        # the foreign key is checked at the end of the transaction.
        over.superseded_by_id = artifact.pk
        update(over, "superseded_by")
    insert(artifact, told=False)
    edge = ArtifactInput(
        artifact=artifact,
        input_artifact=made_from,
        input_hash=made_from.payload_hash if made_from else artifact.source_hash,
    )
    insert(edge, told=False)
    return artifact


def seal_answer(
    *, artifact: DerivedArtifact, decision_id: uuid.UUID, actor: User
) -> None:
    """Write a person's answer into the ledger.

    Best at the end of a transaction: from here on all who write there wait for it.
    """
    generation = artifact.generation
    entry = Promotion(
        source_id=generation.source_id,
        pipeline_name=generation.pipeline_name,
        reason=Promotion.Reason.DECISION,
        old_generation=generation,
        new_generation=generation,
        decision_ref=decision_id,
        actor=actor,
    )
    insert(entry, told=False)


NEWER = "A newer reading or answer stands there since."


class CannotTakeBack(Exception):
    """Something newer stands, or somebody was told; the message says which."""


@transaction.atomic
def take_back(
    *,
    artifact: DerivedArtifact,
    answer: HumanValue,
    before: DerivedArtifact | None,
    releases: bool,
) -> DerivedArtifact:
    """Put what stood before a person's artifact into its slot again.

    answer.payload and .region are those of before, or say that nothing was found; the
    new artifact is the earlier person's where a person stood there, else a restored
    one, which a newer reading may replace. releases: whether the answer had a part in
    the release of the generation's values, which are released no more then. Raises
    SourceErased, CannotTakeBack.
    """
    generation = _locked(artifact.generation)
    standing = _standing(generation, answer.slot)
    if standing is None or standing.pk != artifact.pk:
        raise CannotTakeBack(NEWER)
    if releases:
        _release_no_more(generation)
    else:
        _check_untold(generation, DeliveredArtifact.objects.filter(artifact=artifact))
    human = before is not None and before.origin == Origin.HUMAN
    origin = Origin.HUMAN if human else Origin.RESTORE
    restored = _put(
        generation, answer, origin, over=standing, made_from=before or standing
    )
    seal_answer(artifact=restored, decision_id=answer.decision_id, actor=answer.actor)
    return restored


@transaction.atomic
def release_no_more(*, generation: Generation) -> None:
    """Take back that a generation's values are released, while nobody was told them.

    Raises SourceErased, CannotTakeBack.
    """
    locked = _locked(generation)
    if locked.pk != generation.pk:
        raise CannotTakeBack(NEWER)
    _release_no_more(locked)


def _release_no_more(generation: Generation) -> None:
    """Exports to come see values that are not released."""
    told = DeliveredArtifact.objects.filter(artifact__generation=generation)
    _check_untold(generation, told)
    Generation.objects.filter(pk=generation.pk, released_at__isnull=False).update(
        released_at=None
    )


def _check_untold(
    generation: Generation, told: models.QuerySet[DeliveredArtifact]
) -> None:
    """Waits for exports under way. Raises CannotTakeBack."""
    tenant = generation.source.tenant_id
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant)
    if told.exists():
        raise CannotTakeBack(
            "Its values were exported: what was told cannot be taken back. Use"
            " “Review again” on the source page, so that the next export corrects it."
        )


@transaction.atomic(savepoint=False)
def file_golden_value(
    *, generation: Generation, value: GoldenValue, slices: dict[str, str]
) -> GoldenCase | None:
    """Add a true value to the source's golden case, opening one if there is none.

    A withdrawal needs a case to withdraw from: without one nothing is filed.
    """
    case = next(iter(_cases_of(generation.source_id)), None)
    if case is None and value.withdrawn:
        return None
    if case is None:
        new = GoldenCase(
            source=generation.source,
            document_type=generation.document_type,
            slices=slices,
            came_from=GoldenCase.CameFrom.REVIEW,
        )
        # Of two at once one opens the case.
        opened = insert(new, unless_there=True)
        case = new if opened else _cases_of(generation.source_id)[0]
    value.case = case
    insert(value, told=False)
    return case


@compiled
def _cases_of(source_id: uuid.UUID) -> models.QuerySet[GoldenCase]:
    return GoldenCase.objects.active().filter(source=source_id)


@transaction.atomic(savepoint=False)
def take_back_golden_value(*, filed: uuid.UUID, by: GoldenValue) -> GoldenValue | None:
    """Undo what a decision filed as true: what was true before it is true again.

    filed: the decision's number. by: a row that says who takes it back by which
    decision; what it says of the value is overwritten. None where nothing was filed, or
    something else since.
    """
    wrong = GoldenValue.objects.filter(
        decision_ref=filed, case__retired_at__isnull=True
    ).first()
    if wrong is None:
        return None
    of_slot = wrong.case.values.filter(slot=wrong.slot)
    if of_slot.filter(value_id__gt=wrong.value_id).exists():
        return None
    earlier = of_slot.filter(value_id__lt=wrong.value_id)
    before = earlier.order_by("-value_id").first()
    by.case, by.slot = wrong.case, wrong.slot
    by.withdrawn = before is None or before.withdrawn
    for name in TRUTH:
        setattr(by, name, getattr(before or wrong, name))
    by.save(force_insert=True)
    return by


# Of a golden value: what is true, and what versions said there.
TRUTH = (
    *("value", "value_type", "region"),
    *("machine_value", "machine_region", "pipeline_version", "model_id"),
    *("other_value", "other_region", "other_version"),
)


def release(*, generation: Generation) -> None:
    """Let a generation's values leave the house; a second call changes nothing."""
    now = timezone.now()
    unreleased = Generation.objects.filter(pk=generation.pk, released_at__isnull=True)
    if unreleased.update(released_at=now):
        generation.released_at = now
