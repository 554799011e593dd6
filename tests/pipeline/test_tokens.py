"""Published values, each beside the rule that gives it (pipeline.engines.tokens)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.tariff import Price, Usage
from pipeline.engines.tokens import Formula, UnknownFormula, patches, tiles

CLAUDE = {"patch": 28, "aligned": False, "longest": 1568, "most": 1568}
CLAUDE_HIGH = {"patch": 28, "aligned": False, "longest": 2576, "most": 4784}
SIDES = st.integers(min_value=1, max_value=20_000)


@pytest.mark.parametrize(
    ("width", "height", "tokens"), [(1024, 1024, 765), (2048, 4096, 1105)]
)
def test_tiles(width: int, height: int, tokens: int) -> None:
    assert tiles(width, height) == tokens
    assert tiles(width, height, low=True) == 85


@pytest.mark.parametrize(
    ("width", "height", "tokens"), [(1024, 1024, 1024), (1800, 2400, 1452)]
)
def test_patches(width: int, height: int, tokens: int) -> None:
    assert patches(width, height) == tokens


def test_a_multiplier_counts_after_the_cap() -> None:
    assert patches(1024, 1024, multiplier=1.62) == 1659


@pytest.mark.parametrize(
    ("width", "height", "standard", "high"),
    [
        (200, 200, 64, 64),
        (1000, 1000, 1296, 1296),
        (1092, 1092, 1521, 1521),
        (1928, 1928, 1521, 4761),
        (1568, 728, 1456, 1456),
    ],
)
def test_patches_of_28(width: int, height: int, standard: int, high: int) -> None:
    assert Formula("patches", CLAUDE).tokens(width, height) == standard
    assert Formula("patches", CLAUDE_HIGH).tokens(width, height) == high


@given(SIDES, SIDES)
def test_no_picture_is_free_or_beyond_the_cap(width: int, height: int) -> None:
    assert 1 <= patches(width, height) <= 1536
    assert 1 <= Formula("patches", CLAUDE).tokens(width, height) <= 1568
    assert 255 <= tiles(width, height) <= 85 + 170 * 8


@pytest.mark.parametrize(
    "formula", [Formula("guess"), Formula("tiles", {"squares": 4})]
)
def test_a_formula_that_nobody_knows(formula: Formula) -> None:
    with pytest.raises(UnknownFormula):
        formula.tokens(10, 10)


def test_cost_is_whole_micro_usd_rounded_up() -> None:
    used = Usage(calls=1, input=1_001, output=10, cached=1_000)
    price = Price(input=400_000, output=1_600_000, cached=100_000)
    # 0.4 for the fresh token, 100 for the cached ones, 16 for the answer.
    assert used.cost(price) == 117
    assert used.cost(None) is None
