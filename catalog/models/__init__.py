from __future__ import annotations

from catalog.models.delivery import DeliveredArtifact, Delivery
from catalog.models.derived_artifact import (
    ArtifactInput,
    DerivedArtifact,
    Kind,
    Origin,
)
from catalog.models.generation import Disposition, Generation, State
from catalog.models.golden_case import GoldenCase, GoldenValue
from catalog.models.promotion import Comparison, Promotion
from catalog.models.search_page import SearchPage
from catalog.models.source_media import Modality, SourceMedia
from catalog.models.tenant import Membership, Tenant

__all__ = [
    "ArtifactInput",
    "Comparison",
    "DeliveredArtifact",
    "Delivery",
    "DerivedArtifact",
    "Disposition",
    "Generation",
    "GoldenCase",
    "GoldenValue",
    "Kind",
    "Membership",
    "Modality",
    "Origin",
    "Promotion",
    "SearchPage",
    "SourceMedia",
    "State",
    "Tenant",
]
