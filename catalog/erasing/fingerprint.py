"""What stays of a content hash: enough to prove, too little to guess."""

from __future__ import annotations

import hashlib
import hmac
import uuid

from django.conf import settings


def fingerprint(
    *, tenant_id: uuid.UUID, source_id: uuid.UUID, content_hash: str
) -> str:
    """HMAC-SHA256 in hex over "tenant|source|hash", under the key of the settings.

    A bare SHA-256 of a form that many people know would confirm a guess.
    """
    said = f"{tenant_id}|{source_id}|{content_hash}"
    key: str = settings.ERASURE_KEY
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()
