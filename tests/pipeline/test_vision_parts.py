"""Pace, budget, words: the parts of vision_chat that need no service."""

from __future__ import annotations

import pytest

from catalog.regions import BoundingBox
from pipeline.claims import ValueType
from pipeline.engines.service_error import ServiceError
from pipeline.engines.tariff import Price, Tariff, Usage
from pipeline.engines.vision_chat.grounding import Said, place
from pipeline.engines.vision_chat.limits import RateLimit
from pipeline.engines.vision_chat.meter import Meter
from pipeline.engines.vision_chat.parts import WHOLE
from pipeline.engines.vision_chat.schema import checked
from pipeline.words import PageWords, Word


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def limit_of(requests: int, tokens: int) -> tuple[RateLimit, Clock]:
    clock = Clock()
    return RateLimit(
        requests, tokens, clock=lambda: clock.now, sleep=clock.sleep
    ), clock


def test_requests_come_no_faster_than_allowed() -> None:
    limit, clock = limit_of(requests=60, tokens=0)
    for _ in range(66):
        limit.wait(1)
    # Six at once after a quiet while, then one a second.
    assert clock.now == pytest.approx(60, abs=0.01)


def test_tokens_are_a_debt_that_the_next_one_waits_for() -> None:
    limit, clock = limit_of(requests=0, tokens=6000)
    limit.wait(5000)
    assert clock.now == 0
    limit.settle(expected=5000, used=1000)
    limit.wait(100)
    assert clock.now == pytest.approx(5, abs=0.01)


def test_nothing_is_waited_for_without_limits() -> None:
    limit, clock = limit_of(requests=0, tokens=0)
    for _ in range(1000):
        limit.wait(10_000)
    assert clock.now == 0


def test_what_is_in_flight_counts_for_the_budget() -> None:
    meter = Meter(Tariff(), most_tokens=250)
    one = Usage(calls=1, input=100)
    meter.reserve(one)
    meter.reserve(one)
    with pytest.raises(ServiceError, match="more than 250 tokens"):
        meter.reserve(one)
    meter.settle(one, Usage(calls=1, input=10))
    meter.settle(one, None)
    meter.reserve(one)
    assert meter.used.input == 10


def test_a_budget_in_money_needs_a_price() -> None:
    asked = Usage(calls=1, input=1_000_000)
    with pytest.raises(ServiceError, match="enter the model's price"):
        Meter(Tariff(), most_micro_usd=10).reserve(asked)
    priced = Tariff(price=Price(input=20, output=20))
    with pytest.raises(ServiceError, match="more than 10 micro-USD"):
        Meter(priced, most_micro_usd=10).reserve(asked)
    Meter(priced, most_micro_usd=20).reserve(asked)


def page_of(text: str) -> PageWords:
    """Ten words a line, each in a box of its own."""
    words = []
    for number, word in enumerate(text.split()):
        left, top = number % 10 / 10, number // 10 / 10
        box = BoundingBox(left, top, left + 0.09, top + 0.05)
        words.append(Word(word, box, 0.9))
    return PageWords(1, 1000, 1000, tuple(words), "ocr")


@pytest.mark.parametrize(
    ("value_type", "value", "said", "words", "edges"),
    [
        ("money", "120.00", "120.00", "Total EUR 120.00", (0.2, 0.29)),
        ("money", "1234.50", "1,234.50", "Total 1,284.50", (0.1, 0.19)),
        ("date", "2026-03-12", "12 March 2026", "on 12 March 2026 we", (0.1, 0.39)),
        ("name", "Tidewater Ltd", "Tidewater Ltd", "of Tidevvater Ltd", (0.1, 0.29)),
        ("id", "TW-20417", "TW-20417", "No: TW-2O417", (0.1, 0.19)),
        ("address", "4 Quay St, Port", "4 Quay St, Port", "at 4 Quay St Port",
         (0.1, 0.49)),
    ],
)  # fmt: skip
def test_a_value_stands_where_words_nearly_say_it(
    value_type: str, value: str, said: str, words: str, edges: tuple[float, float]
) -> None:
    found = place(Said(ValueType(value_type), value, said), page_of(words), WHOLE)
    assert found is not None
    box = found.region.bbox
    assert (box.left, box.right) == pytest.approx(edges)


@pytest.mark.parametrize(
    ("value_type", "value", "words"),
    [
        (ValueType.MONEY, "120.00", "Total 130.99"),
        (ValueType.MONEY, "12.00", "Total 12.50"),
        (ValueType.NAME, "Nowhere Sons", "Tidewater Paper Ltd"),
        (ValueType.ID, "TW-20417", "TW-99418"),
        (ValueType.DATE, "2026-03-12", "13 April 2025"),
    ],
)
def test_a_value_that_nobody_printed_stands_nowhere(
    value_type: ValueType, value: str, words: str
) -> None:
    assert place(Said(value_type, value, value), page_of(words), WHOLE) is None


def test_of_two_equal_words_the_nearer_one_is_meant() -> None:
    page = page_of("50.00 a b c d e f g h 50.00")
    said = Said(ValueType.MONEY, "50.00", "50.00")
    first = place(said, page, WHOLE)
    second = place(said, page, WHOLE, near=(0.9, 0.0))
    assert first is not None
    assert second is not None
    assert first.region.bbox.left == 0
    assert second.region.bbox.left == pytest.approx(0.9)
    below = BoundingBox(0, 0.5, 1, 1)
    assert place(said, page, below) is None


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "{}", '{"a": 3}', '{"a": ["x"]}', "[" * 9999),
        '{"a": "' + "x" * 1001 + '"}',
    ],
)
def test_an_answer_that_does_not_fit(content: str) -> None:
    properties = {"a": {"type": ["string", "null"]}}
    with pytest.raises(ServiceError) as caught:
        checked(content, {"type": "object", "properties": properties})
    assert caught.value.reason == "answer_of_wrong_shape"
    assert "xxx" not in str(caught.value)
