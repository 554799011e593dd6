"""In which cases an error is planted: nobody may guess, and a replay chooses alike."""

from __future__ import annotations

import random
import uuid

from django.utils.crypto import salted_hmac

from reviewer.models import CheckShare

SALT = "reviewer.checks"
# Of tenants for which nobody has set a share.
DEFAULT_SHARE = CheckShare.DEFAULT


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


def is_chosen(tenant_id: uuid.UUID, dice: random.Random) -> bool:
    """Asks for the share only where the largest allowed would choose it."""
    drawn = dice.random()
    most = max(CheckShare.MOST, DEFAULT_SHARE)
    return drawn < most and drawn < share_of(tenant_id)
