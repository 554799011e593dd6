"""Chooses a question to plant: about which field, what it shows, and how it looks."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from catalog.models import DerivedArtifact, Generation, GoldenValue, Origin
from catalog.regions import Region
from pipeline.claims import Claim, ClaimStatus, DocumentTypeSpec, ValueType
from pipeline.doubts import UNGROUNDED, Doubt
from pipeline.extracting.acceptance import CRITICAL_CONFIDENCE, VERIFIED_CONFIDENCE
from pipeline.extracting.reasons import VerifyReason
from pipeline.extracting.values import normalise
from pipeline.words import Word
from reviewer import citations, triage
from reviewer.checks import shares
from reviewer.checks.confusions import History, family_of
from reviewer.checks.donors import Donor, Donors, Rank, first_options, rank_of
from reviewer.checks.misreading import Around, Misread, beside, misread
from reviewer.checks.slips import learn
from reviewer.models import Confusion, PlantedError, ReviewTask
from reviewer.wording import ABOUT_THE_DOCUMENT

ATTEMPTS = 10  # at a misreading that this value can have
TRUE_IS_CANDIDATE = 0.5  # how often a further reading is the right one
DAYS_THAT_ARE_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Seed:
    """doubts: those of the task, in order, with the planted one among them."""

    doubts: Sequence[Doubt]
    slot: str
    shown: Claim
    kind: Confusion
    known: bool
    learned: bool

    @property
    def place(self) -> int:
        return [doubt.slot for doubt in self.doubts].index(self.slot)

    def file(self, task: ReviewTask) -> PlantedError:
        payload = self.shown.as_json()
        region = payload.pop("region")
        return PlantedError.objects.create(
            item=task.items.get(slot=self.slot),
            kind=self.kind,
            family=family_of(self.slot),
            payload=payload,
            region=region,
            known=self.known,
            learned=self.learned,
        )


def seed_for(
    generation: Generation,
    doubts: Sequence[Doubt],
    fields: Sequence[DerivedArtifact],
    spec: DocumentTypeSpec | None,
) -> Seed | None:
    """What to plant among the doubts of this reading; of most readings nothing.

    Nothing where the whole document is in doubt: there every field is asked, for one
    reason.
    """
    if spec is None or not doubts or doubts[0].reason in ABOUT_THE_DOCUMENT:
        return None
    tenant_id = generation.source.tenant_id
    dice = shares.dice_of(generation.pk)
    drawn = dice.random()
    if not shares.may_be_chosen(tenant_id, drawn):
        return None
    donors = Donors.of(tenant_id, generation.document_type, spec)
    if not shares.is_chosen(tenant_id, drawn, free=donors.free if donors.enough else 1):
        return None
    return make_seed(generation, doubts, fields, spec, donors, dice)


def make_seed(
    generation: Generation,
    doubts: Sequence[Doubt],
    fields: Sequence[DerivedArtifact],
    spec: DocumentTypeSpec,
    donors: Donors,
    dice: random.Random,
) -> Seed | None:
    """None where what was drawn is not free in this reading (see donors)."""
    bed = _Bed.of(generation, doubts, fields, spec)
    if not donors.enough:
        options = first_options(donors, bed.right, spec, dice)
        dice.shuffle(options)
        options.sort(key=lambda option: option[1].slot not in bed.known)
        seeds = (bed.planted(donor, claim, dice) for donor, claim in options)
        return next((seed for seed in seeds if seed), None)
    donor = donors.drawn(dice)
    claims = [
        claim
        for claim in bed.right
        if family_of(claim.slot) == donor.family
        and claim.value_type is donor.value_type
    ]
    dice.shuffle(claims)
    claims.sort(key=lambda claim: claim.slot not in bed.known)
    seeds = (bed.planted(donor, claim, dice) for claim in claims)
    seed = next((seed for seed in seeds if seed), None)
    return seed if seed and seed.place == donor.place else None


@dataclass(frozen=True, slots=True)
class _Bed:
    """Where something is planted: a reading, and what is known of it.

    right: claims that are surely right and not asked about; known: slots of those of
    which a person said so.
    """

    doubts: Sequence[Doubt]
    spec: DocumentTypeSpec
    claims: Sequence[Claim]
    right: Sequence[Claim]
    known: Collection[str]
    history: History
    around: Around

    @classmethod
    def of(
        cls,
        generation: Generation,
        doubts: Sequence[Doubt],
        fields: Sequence[DerivedArtifact],
        spec: DocumentTypeSpec,
    ) -> _Bed:
        claims = triage.claims_of(fields)
        asked = {doubt.slot for doubt in doubts}
        known = _known(generation, fields)
        free = [c for c in claims if c.slot not in asked and c.value]
        history = learn()
        return cls(
            doubts=doubts,
            spec=spec,
            claims=claims,
            right=[c for c in free if c.slot in known or _is_sure(c)],
            known=known,
            history=history,
            around=Around(
                claims, lambda page: _words(generation, page), history.sign_pairs
            ),
        )

    def planted(self, donor: Donor, claim: Claim, dice: random.Random) -> Seed | None:
        """None where this field cannot well be misread with these looks."""
        weights = self.history.weights(claim.value_type)
        made = self._misread(donor, claim, weights.of_kinds, dice)
        if made is None:
            return None
        shown = self._shown(donor, claim, made, dice)
        doubts = self._ordered([*self.doubts, _doubt(donor, claim, shown)])
        if triage.stakes_of(doubts) != triage.stakes_of(self.doubts):
            return None  # the case would come sooner than without it
        return Seed(
            doubts=doubts,
            slot=claim.slot,
            shown=shown,
            kind=made.kind,
            known=claim.slot in self.known,
            learned=weights.learned and made.kind != Confusion.NOTHING,
        )

    def _misread(
        self,
        donor: Donor,
        claim: Claim,
        weights: Mapping[Confusion, int],
        dice: random.Random,
    ) -> Misread | None:
        for _ in range(ATTEMPTS):
            kind = Confusion.NOTHING
            if donor.has_value:
                [kind] = dice.choices([*weights], [*weights.values()])
            made = misread(kind, claim, self.around, dice)
            if made is not None and could_be(donor, made):
                return made
        return None

    def _shown(
        self, donor: Donor, claim: Claim, made: Misread, dice: random.Random
    ) -> Claim:
        shown = replace(
            claim,
            value=made.value,
            raw=made.raw,
            region=made.region if donor.has_place else None,
            confidence=donor.confidence,
            status=donor.status,
            reason=donor.said,
            candidates=(),
        )
        readings = self._readings(claim, made, dice)[: donor.candidates]
        return replace(shown, candidates=tuple(readings))

    def _readings(
        self, claim: Claim, made: Misread, dice: random.Random
    ) -> list[Claim]:
        """Further readings; the right one is among them as often as not."""
        true = replace(claim, candidates=())
        page = claim.region.page if claim.region else 1
        others = [
            replace(one, slot=claim.slot, critical=claim.critical, candidates=())
            for one in (*claim.candidates, *self.claims)
            if one.value_type is claim.value_type and one.slot != claim.slot
        ]
        others += [
            replace(true, value=value, raw=word.text, region=Region(page, word.bbox))
            for word in beside(claim, self.around)
            if (value := normalise(claim.value_type, word.text))
        ]
        dice.shuffle(others)
        place = dice.choice((0, 0, 1)) if dice.random() < TRUE_IS_CANDIDATE else None
        if place is not None:
            others.insert(place, true)
        seen, found = {made.value, *(() if place is not None else (claim.value,))}, []
        for one in others:
            if one.value and one.value not in seen:
                seen.add(one.value)
                found.append(one)
        return found

    def _ordered(self, doubts: Sequence[Doubt]) -> list[Doubt]:
        slots = [claim.slot for claim in self.claims]

        def place(doubt: Doubt) -> tuple[Rank, int]:
            cell = slots.index(doubt.slot) if "[" in doubt.slot else 0
            return rank_of(doubt, self.spec), cell

        return sorted(doubts, key=place)


def _doubt(donor: Donor, claim: Claim, shown: Claim) -> Doubt:
    return Doubt(
        slot=claim.slot,
        value_type=claim.value_type.value,
        critical=donor.critical,
        reason=donor.reason,
        claim=shown if shown.value else None,
    )


def could_be(donor: Donor, made: Misread) -> bool:
    """Whether the reason could stand beside that value."""
    if donor.reason == UNGROUNDED:
        return not donor.has_place
    if donor.reason == VerifyReason.DATE_AMBIGUOUS:
        return _day(made.value) <= DAYS_THAT_ARE_MONTHS
    return donor.has_place or donor.reason != VerifyReason.VALUE_NOT_IN_DOCUMENT


def _day(value: str) -> int:
    tail = value.rpartition("-")[2]
    return int(tail) if tail.isdecimal() else DAYS_THAT_ARE_MONTHS + 1


def _is_sure(claim: Claim) -> bool:
    """By what lets a machine's value pass without a person."""
    if claim.region is None or claim.value_type is ValueType.CURRENCY:
        return False
    enough = CRITICAL_CONFIDENCE
    if claim.status is ClaimStatus.VERIFIED:
        enough = VERIFIED_CONFIDENCE
    return claim.status is not ClaimStatus.CONFLICT and claim.confidence >= enough


def _known(generation: Generation, fields: Sequence[DerivedArtifact]) -> set[str]:
    """Slots whose standing value a person gave, or filed as true for this document."""
    true = dict(
        GoldenValue.objects.filter(case__source=generation.source_id)
        .that_count()
        .values_list("slot", "value")
    )
    return {
        one.slot
        for one in fields
        if one.payload
        and one.payload.get("value")
        and (one.origin == Origin.HUMAN or true.get(one.slot) == one.payload["value"])
    }


def _words(generation: Generation, page: int) -> Sequence[Word]:
    read = citations.words_on(generation, page)
    return read.words if read else ()
