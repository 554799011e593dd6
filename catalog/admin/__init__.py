from __future__ import annotations

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
    "GoldenCaseAdmin",
    "MembershipAdmin",
    "OfSource",
    "PromotionAdmin",
    "SourceAdmin",
    "TenantAdmin",
    "Window",
]
