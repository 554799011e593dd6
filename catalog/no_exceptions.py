"""No statement of a session switches the database's refusals off.

django-pgtrigger has each trigger ask first whether the session's setting
`pgtrigger.ignore` names it: a way around every rule, and a subtransaction a row, which
a batch of a million feels. The question is answered once and for all.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

NEVER = """
CREATE OR REPLACE FUNCTION "public"._pgtrigger_should_ignore(trigger_name name)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT false'
"""


def forbid_ignoring(sender: object, *, using: str, **kwargs: Any) -> None:
    """After every migration, since each that installs a trigger asks anew."""
    with connections[using].cursor() as cursor:
        cursor.execute(NEVER)
