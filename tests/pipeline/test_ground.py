"""Grounding: the words under a claim's box say its value."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim, Extraction, ValueType
from pipeline.extracting.grounding import ground, ground_claim, says, text_under
from tests.pipeline.extract_pages import RECEIPT_LINES, Cell, extracted, page_of

ELSEWHERE = Region(1, BoundingBox(0.0, 0.9, 0.1, 0.95))


def money(value: str, region: Region | None = None) -> Claim:
    return Claim("total", value, value, ValueType.MONEY, 0.9, region)


def test_every_claim_of_a_receipt_is_grounded_where_it_is_printed() -> None:
    pages = [page_of(RECEIPT_LINES, origin="ocr")]
    found = ground(extracted(pages), pages)
    assert found.grounded == len(found.extraction.claims) >= 4
    assert found.ungrounded == 0
    for claim in found.extraction.claims:
        assert claim.region is not None
        assert says(claim, text_under(claim.region, pages))


@pytest.mark.parametrize("region", [None, ELSEWHERE])
def test_a_missing_or_wrong_region_is_looked_for(region: Region | None) -> None:
    lines: list[str | list[Cell]] = ["Invoice", [(0.1, "Total"), (0.6, "EUR 12,50")]]
    pages = [page_of(lines)]
    claim = ground_claim(money("12.50", region), pages)
    assert claim.region is not None
    assert text_under(claim.region, pages).endswith("12,50")
    assert claim.confidence == 0.9


def test_of_two_places_the_one_nearer_to_the_given_region_counts() -> None:
    pages = [page_of(["12.50", "", "", "", "", "", "", "12.50"])]
    low = Region(1, BoundingBox(0.08, 0.2, 0.12, 0.205))
    claim = ground_claim(money("12.50", low), pages)
    assert claim.region is not None
    assert claim.region.bbox.top > 0.1


def test_a_value_that_stands_nowhere_loses_region_and_confidence() -> None:
    pages = [page_of(["Total 12.50"])]
    found = ground(Extraction("receipt", 0.9, (money("13.00", ELSEWHERE),)), pages)
    (claim,) = found.extraction.claims
    assert (found.grounded, found.ungrounded) == (0, 1)
    assert claim.region is None
    assert claim.confidence < 0.3


def test_a_name_of_several_words_is_found_across_words() -> None:
    claim = Claim("company", "Alfa Beta Ltd", "", ValueType.NAME, 0.8)
    pages = [page_of(["Owner: ALFA BETA LTD (12-X)"])]
    region = ground_claim(claim, pages).region
    assert region is not None
    assert "ALFA BETA LTD" in text_under(region, pages)


def test_candidates_are_grounded_too() -> None:
    pages = [page_of(["Total 12.50", "Net 10.00"])]
    claim = replace(money("12.50"), candidates=(money("10.00"), money("99.00")))
    grounded = ground_claim(claim, pages)
    assert [c.region is not None for c in grounded.candidates] == [True, False]
