"""What happened to a source, newest first, in words and with who did it."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from django.db.models import Count

from catalog.models import Delivery, Erasure, Generation, Promotion, SourceMedia
from catalog.people import Viewer
from pipeline.wording import DISPOSITIONS, run_reason_text
from reviewer import talk
from reviewer.blinding import NO_VEIL, Veil, veil_of
from reviewer.happening import Happening, name_of
from reviewer.looks_told import looks_of, siblings_of
from reviewer.models import Decision, SecondOpinion, TaskNote, Verdict
from reviewer.names import FieldNames
from reviewer.settled_told import settlements_of
from reviewer.two_versions import chosen_side

DONE: dict[str, str] = {
    Verdict.CONFIRM: "confirmed",
    Verdict.CORRECT: "corrected",
    Verdict.ABSENT: "found absent",
    Verdict.UNREADABLE: "could not be read",
    Verdict.UNDO: "asked again: the answer was taken back",
}


def history_of(source: SourceMedia, viewer: Viewer | None = None) -> list[Happening]:
    """As the viewer may see it; without one: all of it."""
    veil = veil_of(viewer, source) if viewer else NO_VEIL
    found = [
        upload_of(source),
        *_readings(source),
        *_promotions(source),
        *decisions_of(source, veil),
        *settlements_of(source, veil),
        *opinions_of(source, veil),
        *notes_of(source, veil),
        *looks_of(source),
        *siblings_of(source),
        *deliveries_of(source),
        *erasures_of(source),
    ]
    return sorted(found, key=attrgetter("at"), reverse=True)


def upload_of(source: SourceMedia) -> Happening:
    return Happening(
        source.uploaded_at, "upload", "Uploaded", who=name_of(source.uploaded_by)
    )


def _readings(source: SourceMedia) -> Iterator[Happening]:
    for generation in Generation.objects.filter(source=source):
        version = f"{generation.pipeline_name} {generation.pipeline_version}"
        outcome = DISPOSITIONS[generation.disposition]
        yield Happening(
            generation.created_at,
            "machine",
            f"Read by {version}: {outcome.lower()}",
            detail=run_reason_text(generation.reason),
        )


def _promotions(source: SourceMedia) -> Iterator[Happening]:
    """Only generations that took another's place: the first says nothing new."""
    told = Promotion.objects.filter(
        source=source,
        reason__in=[Promotion.Reason.REPLACEMENT, Promotion.Reason.ROLLBACK],
    ).select_related("new_generation", "actor")
    for promotion in told:
        version = promotion.new_generation.pipeline_version
        yield Happening(
            promotion.at,
            "lineage",
            f"Version {version} became current",
            detail=promotion.get_reason_display(),
            who=name_of(promotion.actor),
        )


def decisions_of(source: SourceMedia, veil: Veil = NO_VEIL) -> Iterator[Happening]:
    given = Decision.objects.filter(item__task__source=source)
    decisions = given.exclude(item__slot__in=veil.slots).select_related(
        "item__task",
        "item__artifact",
        "item__other_artifact",
        "reviewer",
        "artifact",
        "correction",
    )
    names = FieldNames.now()
    for decision in decisions:
        detail = ""
        # What was corrected goes with the source; that it was, stays.
        correction = getattr(decision, "correction", None)
        if decision.verdict == Verdict.CORRECT and correction is not None:
            detail = f"{correction.old_value or 'nothing'} → {correction.new_value}"
        item = decision.item
        name = names.of(item.slot, item.task.document_type)
        yield Happening(
            decision.decided_at,
            "person",
            f"{name} {_done(decision)}",
            detail=detail,
            who=name_of(decision.reviewer),
        )


def _done(decision: Decision) -> str:
    told_apart = decision.item.task.asks_which and not decision.artifact.is_erased
    if not told_apart or decision.verdict == Verdict.UNDO:
        return DONE[decision.verdict]
    side = chosen_side(decision)
    if side:
        return f"decided between two versions: the {side} one is right"
    return f"{DONE[decision.verdict]}: neither of two versions is right"


def opinions_of(source: SourceMedia, veil: Veil = NO_VEIL) -> Iterator[Happening]:
    """Answers that came late, beside those that stand."""
    late = SecondOpinion.objects.about_documents().with_answers()
    late = late.filter(item__task__source=source).exclude(item__slot__in=veil.slots)
    for one in talk.told(late):
        how = {True: "agrees with the answer", False: "differs from the answer"}
        said = [f"“{one.opinion.value}”" if one.opinion.value else one.what]
        if one.agrees is not None:
            said.append(how[one.agrees])
        yield Happening(
            one.opinion.given_at,
            "person",
            f"{one.name}: a second opinion, since {one.opinion.get_because_display()}",
            detail=", ".join(said),
            who=one.who,
        )


def notes_of(source: SourceMedia, veil: Veil = NO_VEIL) -> Iterator[Happening]:
    """Where answers are hidden, so is what was said about them."""
    notes = TaskNote.objects.filter(task__source=source).select_related("author", "to")
    if veil:
        notes = notes.filter(task__in=veil.tasks)
    for note in notes:
        what = note.get_kind_display()
        if note.to is not None:
            what = f"{what}, {name_of(note.to)}"
        yield Happening(
            note.written_at,
            "review",
            f"Review: {what}",
            detail=note.text,
            who=name_of(note.author),
        )


def erasures_of(source: SourceMedia) -> Iterator[Happening]:
    for erasure in Erasure.objects.filter(source=source).select_related("actor"):
        yield Happening(
            erasure.at,
            "rejected",
            f"Erased: {erasure.get_basis_display()}",
            detail=erasure.reference,
            who=name_of(erasure.actor),
        )


def deliveries_of(source: SourceMedia) -> Iterator[Happening]:
    deliveries = Delivery.objects.filter(carried__artifact__source=source)
    counted = deliveries.values_list("pk").annotate(Count("carried"))
    carried: dict[Any, int] = dict(counted)
    for delivery in deliveries.select_related("recipient").distinct():
        yield Happening(
            delivery.at,
            "download",
            f"{carried[delivery.pk]} values exported as {delivery.form.upper()}",
            who=name_of(delivery.recipient),
        )
