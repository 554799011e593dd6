"""In which cases an error is planted: nobody may guess, and a replay chooses alike."""

from __future__ import annotations

import random
import uuid

from django.utils.crypto import salted_hmac

from reviewer.models import CheckShare

SALT = "reviewer.checks"
# Of tenants for which nobody has set a share.
DEFAULT_SHARE = CheckShare.DEFAULT
# How many times as many cases are chosen, at most, where fields are seldom free.
MOST_BOOST = 5.0


def share_of(tenant_id: uuid.UUID) -> float:
    """0..1."""
    shares = CheckShare.objects.filter(tenant=tenant_id)
    share = shares.values_list("share", flat=True).first()
    return DEFAULT_SHARE if share is None else share


def dice_of(generation_id: uuid.UUID) -> random.Random:
    """All that is left to chance about a generation's check, by a hash of its id under
    the installation's secret key: without the key it cannot be told beforehand."""
    digest = salted_hmac(SALT, str(generation_id), algorithm="sha256").digest()
    return random.Random(digest)  # noqa: S311 - the secret is in the seed


def may_be_chosen(tenant_id: uuid.UUID, drawn: float) -> bool:
    """Whether it would be, were its fields never free. drawn: from 0 to 1."""
    return drawn < share_of(tenant_id) * MOST_BOOST


def is_chosen(tenant_id: uuid.UUID, drawn: float, *, free: float) -> bool:
    """free: how often something can then be planted, 0..1; the fewer, the more cases
    are chosen."""
    boost = min(1 / free if free else MOST_BOOST, MOST_BOOST)
    return drawn < share_of(tenant_id) * boost
