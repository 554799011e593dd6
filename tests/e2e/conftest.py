from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.db import connection

BUSY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""
QUIET = 0.2  # seconds without a statement
PATIENCE = 10.0  # seconds


@pytest.fixture(autouse=True)
def no_late_requests(request: pytest.FixtureRequest) -> Iterator[None]:
    """Waits, before the tables are emptied, for what a closing page still sends."""
    if "transactional_db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    deadline = time.monotonic() + PATIENCE
    quiet_since = time.monotonic()
    while time.monotonic() < min(quiet_since + QUIET, deadline):
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            if cursor.fetchone() != (0,):
                quiet_since = time.monotonic()
        time.sleep(0.02)
