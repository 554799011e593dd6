from __future__ import annotations

from catalog.admin.erasures import ErasureAdmin, LegalHoldAdmin, RetentionClassAdmin
from catalog.admin.facts import (
    ArtifactAdmin,
    DeliveryAdmin,
    GoldenCaseAdmin,
    PromotionAdmin,
    SourceAdmin,
)
from catalog.admin.tenants import MembershipAdmin, TenantAdmin
from catalog.admin.windows import ByTenant, OfSource, Window

__all__ = [
    "ArtifactAdmin",
    "ByTenant",
    "DeliveryAdmin",
    "ErasureAdmin",
    "GoldenCaseAdmin",
    "LegalHoldAdmin",
    "MembershipAdmin",
    "OfSource",
    "PromotionAdmin",
    "RetentionClassAdmin",
    "SourceAdmin",
    "TenantAdmin",
    "Window",
]
