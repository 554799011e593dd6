"""The catalog's verbs. Each is one transaction; readers see all of it or nothing."""

from __future__ import annotations

from catalog.services.corrections import (
    HumanValue,
    SourceErased,
    file_golden_value,
    record_human_artifact,
    release,
)
from catalog.services.deliveries import record_delivery
from catalog.services.generations import NewArtifact, Reading, store_generation
from catalog.services.originals import Registered, register_source
from catalog.services.promotions import (
    Promoted,
    PromotionRefused,
    compare_by_hash,
    promote,
    roll_back,
)

__all__ = [
    "HumanValue",
    "NewArtifact",
    "Promoted",
    "PromotionRefused",
    "Reading",
    "Registered",
    "SourceErased",
    "compare_by_hash",
    "file_golden_value",
    "promote",
    "record_delivery",
    "record_human_artifact",
    "register_source",
    "release",
    "roll_back",
    "store_generation",
]
