"""Every value that a version changed: both values, and both boxes on the picture."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from catalog.models import DerivedArtifact, Generation, Kind
from catalog.people import Viewer
from catalog.regions import BoundingBox, Region
from pipeline.comparing import Judgement, judgements, slot_changes
from pipeline.comparing.readings import by_machine, roots_of
from pipeline.gate.evidence import CROSS
from pipeline.models import Gate, ReprocessItem
from pipeline.models.reprocess_item import ReprocessItemQuerySet
from reviewer import citations
from reviewer.citations import Page
from reviewer.crops import Crop, crop_of

WORDS: Mapping[str, str] = {
    "added": "Only the new one has it",
    "removed": "Only the old one has it",
    "changed": "Another value",
    "better": "Closer to what people know",
    "worse": "Farther from what people know",
    "ungrounded": "The same value, its box elsewhere",
    "equal": "The same value, spelt in another way",
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A cut-out with the places of both values; a mark is None on another page."""

    crop: Crop
    old: dict[str, str] | None
    new: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Change:
    """A slot of which the versions say something else. Values are "" where they say
    nothing. pictures: one, or one for each version where these are of two pages.
    """

    slot: str
    word: str
    old: str
    new: str
    old_place: Region | None
    new_place: Region | None
    pictures: Sequence[Marked] = ()

    @property
    def said(self) -> str:
        return WORDS.get(self.word, self.word)


@dataclass(frozen=True, slots=True)
class Changed:
    """A document with what changed in it, and which version is right, if known."""

    item: ReprocessItem
    judgement: Judgement
    changes: Sequence[Change]

    @property
    def who_is_right(self) -> str:
        old, new = self.judgement.old_right, self.judgement.new_right
        if not self.item.comparison or self.item.comparison.disagrees is False:
            return "no critical value differs"
        if old is None or new is None:
            return "nobody has said which is right"
        if old and new:
            return "both are right"
        if not old and not new:
            return "neither is right"
        return "the new one is right" if new else "the old one is right"


def changed_items(
    gate: Gate, user: Viewer, dimension: str = "", key: str = ""
) -> ReprocessItemQuerySet:
    """Of the user's tenants, in one slice: what disagrees first, then what differs."""
    rows = ReprocessItem.objects.filter(reprocess=gate.reprocess_id).compared()
    names = dimension.split(CROSS) if dimension else []
    keys = key.split(CROSS) if len(names) > 1 else [key]
    if len(names) == len(keys):
        for name, word in zip(names, keys, strict=True):
            rows = rows.filter(**{f"slices__{name}": word})
    differing = rows.filter(~Q(comparison__differences={})).visible_to(user)
    return differing.order_by("-comparison__disagrees", "position", "pk")


def changes_of(
    items: Sequence[ReprocessItem], *, pictures: bool = True
) -> list[Changed]:
    """items: with their comparisons. Readings of one page of items, not of thousands,
    where pictures are wanted.
    """
    known = judgements([one.comparison for one in items if one.comparison])
    said = _fields({pk for one in items for pk in _pair(one)})
    found = []
    for item in items:
        if item.comparison is None:
            continue
        old, new = (said.get(pk, {}) for pk in _pair(item))
        changes = [
            _change(change.word, old.get(change.old_slot), new.get(change.new_slot),
                    change.new_slot or change.old_slot)
            for change in slot_changes(item.comparison)
            if change.kind == Kind.FIELD
        ]  # fmt: skip
        if pictures:
            changes = _pictured(item, changes)
        found.append(Changed(item, known[item.comparison.pk], changes))
    return found


def _pair(item: ReprocessItem) -> tuple[uuid.UUID, uuid.UUID]:
    comparison = item.comparison
    assert comparison is not None  # noqa: S101 - of a compared item
    return comparison.old_generation_id, comparison.new_generation_id


def _fields(
    generation_ids: set[uuid.UUID],
) -> dict[uuid.UUID, dict[str, DerivedArtifact]]:
    """What versions said, by generation and slot, without people's answers."""
    roots = roots_of(generation_ids)
    rows = by_machine(set(roots.values())).of_kind(Kind.FIELD)
    by_root: dict[uuid.UUID, dict[str, DerivedArtifact]] = {}
    for row in rows.only("generation_id", "slot", "payload", "region"):
        by_root.setdefault(row.generation_id, {})[row.slot] = row
    return {pk: by_root.get(root, {}) for pk, root in roots.items()}


def _change(
    word: str, old: DerivedArtifact | None, new: DerivedArtifact | None, slot: str
) -> Change:
    return Change(slot, word, _value(old), _value(new), _place(old), _place(new))


def _value(artifact: DerivedArtifact | None) -> str:
    return str((artifact.payload or {}).get("value") or "") if artifact else ""


def _place(artifact: DerivedArtifact | None) -> Region | None:
    if artifact is None or not artifact.region or "bbox" not in artifact.region:
        return None
    return Region.from_json(artifact.region)


def _pictured(item: ReprocessItem, changes: Iterable[Change]) -> list[Change]:
    """On the page pictures of the new reading; of the old where it has none."""
    listed = list(changes)
    places = [p for c in listed for p in (c.old_place, c.new_place) if p]
    pages: dict[int, Page] = {}
    for generation in (item.old_generation, item.new_generation):
        if generation is not None:
            pages |= _pages(generation, {place.page for place in places})
    return [replace(one, pictures=_pictures(one, pages)) for one in listed]


def _pages(generation: Generation, needed: set[int]) -> dict[int, Page]:
    return {
        number: citations.page_of(image, citations.words_on(generation, number))
        for number, image in citations.page_images(generation).items()
        if number in needed
    }


def _pictures(change: Change, pages: Mapping[int, Page]) -> list[Marked]:
    old, new = change.old_place, change.new_place
    if old and new and old.page == new.page:
        both = Region(old.page, BoundingBox.around([old.bbox, new.bbox]))
        crop = crop_of(both, pages)
        return [Marked(crop, _mark(crop, old), _mark(crop, new))] if crop else []
    found = []
    for place, is_new in ((old, False), (new, True)):
        if place and (crop := crop_of(place, pages)):
            mark = _mark(crop, place)
            found.append(
                Marked(crop, None if is_new else mark, mark if is_new else None)
            )
    return found


def _mark(crop: Crop, place: Region) -> dict[str, str]:
    return replace(crop, box=place.bbox).mark
