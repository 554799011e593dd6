from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.config.house import House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all tests, for its making takes long; each leaves it running."""
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.stop()
