"""Writers and erasures of one source, in turn.

An erasure locks the source's row first and then whatever hangs on it. So that neither
waits for the other for ever, whoever writes several rows of a source does the same.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection


class SourceErased(Exception):
    """The source was erased: there is nothing left to read or to answer about."""


def hold_source(*, source_id: uuid.UUID) -> None:
    """No erasure of the source begins until the transaction ends; others may hold too.

    Call it before any other row of the source is locked. Raises SourceErased.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT erased_at FROM source_media WHERE source_id = %s FOR KEY SHARE",
            [source_id],
        )
        found = cursor.fetchone()
    if found is None or found[0] is not None:
        raise SourceErased


def hold_tenant(*, tenant_id: uuid.UUID) -> datetime | None:
    """No hold on the tenant is placed, and no off-boarding of it ends, until the
    transaction does. Gives when it was off-boarded, None if it was not.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT off_boarded_at FROM tenant WHERE tenant_id = %s FOR KEY SHARE",
            [tenant_id],
        )
        [(off_boarded_at,)] = cursor.fetchall()
    found: datetime | None = off_boarded_at
    return found
