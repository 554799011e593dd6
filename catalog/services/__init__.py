"""The catalog's verbs. Each is one transaction; readers see all of it or nothing."""

from __future__ import annotations

from catalog.services.corrections import (
    REVIEW,
    CannotTakeBack,
    HumanValue,
    Slot,
    file_golden_value,
    lock_slot,
    place_answer,
    record_human_artifact,
    release,
    release_no_more,
    seal_answer,
    take_back,
    take_back_golden_value,
)
from catalog.services.deliveries import record_delivery
from catalog.services.erasures import (
    EraseRefused,
    ResidueFound,
    begin_erasure,
    erase,
    finish_erasure,
    preview_erasure,
    resume_erasures,
)
from catalog.services.generations import NewArtifact, Reading, store_generation
from catalog.services.golden_retiring import (
    RetirementRefused,
    restore_golden,
    retire_golden,
)
from catalog.services.golden_sets import (
    Filed,
    NewCase,
    NothingToFreeze,
    TrueValue,
    file_golden_cases,
    freeze_golden_set,
)
from catalog.services.holding import SourceErased, hold_source
from catalog.services.originals import Registered, TenantOffBoarded, register_source
from catalog.services.promotions import (
    Promoted,
    PromotionRefused,
    compare_by_hash,
    promote,
    roll_back,
)
from catalog.services.retention import (
    Applied,
    Due,
    apply_retention,
    due_by_class,
    lift_hold,
    off_board,
    place_hold,
)
from catalog.services.sightings import (
    drop_sightings,
    note_artifact_seen,
    note_seen,
)

__all__ = [
    "REVIEW",
    "Applied",
    "CannotTakeBack",
    "Due",
    "EraseRefused",
    "Filed",
    "HumanValue",
    "NewArtifact",
    "NewCase",
    "NothingToFreeze",
    "Promoted",
    "PromotionRefused",
    "Reading",
    "Registered",
    "ResidueFound",
    "RetirementRefused",
    "Slot",
    "SourceErased",
    "TenantOffBoarded",
    "TrueValue",
    "apply_retention",
    "begin_erasure",
    "compare_by_hash",
    "drop_sightings",
    "due_by_class",
    "erase",
    "file_golden_cases",
    "file_golden_value",
    "finish_erasure",
    "freeze_golden_set",
    "hold_source",
    "lift_hold",
    "lock_slot",
    "note_artifact_seen",
    "note_seen",
    "off_board",
    "place_answer",
    "place_hold",
    "preview_erasure",
    "promote",
    "record_delivery",
    "record_human_artifact",
    "register_source",
    "release",
    "release_no_more",
    "restore_golden",
    "resume_erasures",
    "retire_golden",
    "roll_back",
    "seal_answer",
    "store_generation",
    "take_back",
    "take_back_golden_value",
]
