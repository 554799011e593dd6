from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.house import House
from tests.conftest import home_of_tests


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """One for all tests, for its making takes long; each leaves it running.

    Not in pytest's folder: for root the database is another user's, whom every other
    pytest that starts meanwhile shuts out of there.
    """
    house = House(Path(tempfile.mkdtemp(prefix="house-", dir=home_of_tests())))
    yield house
    house.stop()
