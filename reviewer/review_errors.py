"""How often people who review are wrong: measured where it was, else believed."""

from __future__ import annotations

from catalog.models import Tenant
from reviewer.checks import miss_rate
from reviewer.checks.confusions import family_of
from reviewer.expected_loss import MISSES, People

# Seeded checks that what is believed weighs as much as: it fades as more is measured.
WEIGHT = 20


def people_of(tenant: Tenant | None, slot: str | None = None) -> People:
    """The mean of a Beta whose prior is what is believed, worth WEIGHT checks."""
    checks = miss_rate(tenant, family_of(slot) if slot else None)
    misses = (WEIGHT * MISSES + checks.missed) / (WEIGHT + checks.answered)
    return People(misses=misses, measured=checks.answered)
