from __future__ import annotations

from catalog.models.comparison import Comparison
from catalog.models.delivery import DeliveredArtifact, Delivery
from catalog.models.derived_artifact import (
    ArtifactInput,
    DerivedArtifact,
    Kind,
    Origin,
)
from catalog.models.erasure import BlobToDelete, ErasedArtifact, Erasure
from catalog.models.generation import Disposition, Generation, State
from catalog.models.golden_case import GoldenCase, GoldenValue
from catalog.models.golden_retirement import GoldenRetirement
from catalog.models.golden_set import GoldenSet, GoldenSetValue
from catalog.models.ledger import LedgerEntry
from catalog.models.matrix import LINES, Line, Matrix, Version
from catalog.models.promotion import Promotion, PromotionBatch
from catalog.models.retention import LegalHold, RetentionClass
from catalog.models.scrub import ScrubFinding, ScrubRun
from catalog.models.search_page import SearchPage
from catalog.models.sighting import Sighting, Way, What
from catalog.models.source_media import Modality, SourceMedia
from catalog.models.tenant import Membership, Tenant
from catalog.models.version_tally import VersionTally

__all__ = [
    "LINES",
    "ArtifactInput",
    "BlobToDelete",
    "Comparison",
    "DeliveredArtifact",
    "Delivery",
    "DerivedArtifact",
    "Disposition",
    "ErasedArtifact",
    "Erasure",
    "Generation",
    "GoldenCase",
    "GoldenRetirement",
    "GoldenSet",
    "GoldenSetValue",
    "GoldenValue",
    "Kind",
    "LedgerEntry",
    "LegalHold",
    "Line",
    "Matrix",
    "Membership",
    "Modality",
    "Origin",
    "Promotion",
    "PromotionBatch",
    "RetentionClass",
    "ScrubFinding",
    "ScrubRun",
    "SearchPage",
    "Sighting",
    "SourceMedia",
    "State",
    "Tenant",
    "Version",
    "VersionTally",
    "Way",
    "What",
]
