"""All that happened to a source, with what a promotion says for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from catalog.models import (
    Erasure,
    Generation,
    LegalHold,
    Promotion,
    PromotionBatch,
    SourceMedia,
)
from catalog.people import Viewer
from pipeline.comparing.wording import verdict_text
from pipeline.models import PipelineVersion
from pipeline.wording import DISPOSITIONS, plain, run_reason_text
from reviewer.blinding import NO_VEIL, veil_of
from reviewer.happening import Happening, name_of
from reviewer.history import (
    decisions_of,
    deliveries_of,
    notes_of,
    opinions_of,
    upload_of,
)
from reviewer.looks_told import looks_of, siblings_of
from reviewer.settled_told import settlements_of


@dataclass(frozen=True, slots=True)
class Moment:
    """kind: an enum word. facts: ids and words for programs. promotion: if it can be
    rolled back still. unguarded: by a version that began to read without a gate.
    """

    kind: str
    happening: Happening
    facts: Mapping[str, Any] = field(default_factory=dict)
    generation: Generation | None = None
    promotion: Promotion | None = None
    unguarded: bool = False

    def as_json(self) -> dict[str, Any]:
        told = self.happening
        return {
            "at": told.at.isoformat(),
            "kind": self.kind,
            "what": told.what,
            "detail": told.detail,
            "who": told.who,
            **self.facts,
        }


def timeline_of(source: SourceMedia, viewer: Viewer | None = None) -> list[Moment]:
    """Newest first, as the viewer may see it; without one: all of it."""
    veil = veil_of(viewer, source) if viewer else NO_VEIL
    found = [
        Moment("upload", upload_of(source)),
        *_readings(source),
        *_promotions(source),
        *(Moment("decision", told) for told in decisions_of(source, veil)),
        *(Moment("settlement", told) for told in settlements_of(source, veil)),
        *(Moment("second_opinion", told) for told in opinions_of(source, veil)),
        *(Moment("note", told) for told in notes_of(source, veil)),
        *(Moment("second_look", told) for told in looks_of(source)),
        *(Moment("sibling", told) for told in siblings_of(source)),
        *(Moment("delivery", told) for told in deliveries_of(source)),
        *_holds(source),
        *_erasures(source),
    ]
    return sorted(found, key=attrgetter("happening.at"), reverse=True)


def _readings(source: SourceMedia) -> Iterator[Moment]:
    unguarded = _unguarded()
    for one in Generation.objects.filter(source=source).defer("steps"):
        outcome = DISPOSITIONS[one.disposition].lower()
        if one.restores_id:
            what = f"Reading of version {one.pipeline_version} brought back"
        else:
            what = f"Read by {one.pipeline_name} {one.pipeline_version}: {outcome}"
        yield Moment(
            "reading",
            Happening(one.created_at, "machine", what, run_reason_text(one.reason)),
            {
                "generation_id": str(one.pk),
                "pipeline_name": one.pipeline_name,
                "pipeline_version": one.pipeline_version,
                "model_id": one.model_id,
                "state": one.state,
                "restores": str(one.restores_id) if one.restores_id else None,
            },
            generation=one,
            unguarded=(one.pipeline_name, one.pipeline_version) in unguarded,
        )


def _unguarded() -> set[tuple[str, str]]:
    """Name and version of those that began to read without a gate."""
    rows = PipelineVersion.objects.unguarded().values_list("name", "version")
    return set(rows)


def _promotions(source: SourceMedia) -> Iterator[Moment]:
    """Also the first one; a decision's is told by the decision."""
    told = Promotion.objects.filter(source=source).exclude(
        reason=Promotion.Reason.DECISION
    )
    undoable = set(told.undoable().values_list("pk", flat=True))
    for one in told.select_related("new_generation", "comparison", "batch", "actor"):
        new = one.new_generation
        batch, comparison = one.batch, one.comparison
        yield Moment(
            "promotion",
            Happening(
                one.at,
                "lineage",
                f"Version {new.pipeline_version} of {new.pipeline_name} became current",
                _why(one, batch),
                name_of(one.actor),
            ),
            {
                "promotion_id": str(one.pk),
                "reason": one.reason,
                "new_generation": str(one.new_generation_id),
                "old_generation": _text(one.old_generation_id),
                "batch_id": _text(one.batch_id),
                "note": batch.note if batch else "",
                "comparison": comparison.verdict if comparison else None,
                "differences": len(comparison.differences) if comparison else None,
                "disagrees": comparison.disagrees if comparison else None,
                "undoes": _text(one.undoes_id),
            },
            generation=new,
            promotion=one if one.pk in undoable else None,
        )


def _text(key: object) -> str | None:
    return str(key) if key else None


def _why(promotion: Promotion, batch: PromotionBatch | None) -> str:
    parts = [f"{plain(promotion.get_reason_display())}."]
    if promotion.comparison is not None:
        parts.append(f"Compared: {_lowered(verdict_text(promotion.comparison))}.")
    if batch is not None and batch.note:
        parts.append(f"“{batch.note}”")
    return " ".join(parts)


def _lowered(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}"


def _holds(source: SourceMedia) -> Iterator[Moment]:
    """On the source or on its whole tenant."""
    rows = LegalHold.objects.filter(tenant=source.tenant_id).select_related(
        "placed_by", "lifted_by"
    )
    for hold in rows:
        if hold.source_id not in (None, source.pk):
            continue
        facts = {"hold_id": str(hold.pk), "whole_tenant": hold.source_id is None}
        what, detail = f"Legal hold {hold.reference}", "Nothing of it may be erased."
        placed = Happening(
            hold.placed_at, "lock", f"{what} placed", detail, name_of(hold.placed_by)
        )
        yield Moment("hold_placed", placed, facts)
        if hold.lifted_at:
            lifted = Happening(
                hold.lifted_at, "lock", f"{what} lifted", who=name_of(hold.lifted_by)
            )
            yield Moment("hold_lifted", lifted, facts)


def _erasures(source: SourceMedia) -> Iterator[Moment]:
    for one in Erasure.objects.filter(source=source).select_related("actor"):
        detail = f"{plain(one.get_basis_display())}. {one.reference}".strip()
        told = Happening(one.at, "close", "Erased", detail, name_of(one.actor))
        facts = {"erasure_id": str(one.pk), "basis": one.basis}
        yield Moment("erasure", told, facts)
