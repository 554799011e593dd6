"""Addresses of receipts in the shapes of several countries, and narrow slips."""

from __future__ import annotations

import pytest

from pipeline.claims import ValueType
from pipeline.extracting.kind import is_slip
from pipeline.extracting.values import same_value
from pipeline.extracting.view import view_of
from pipeline.layout.analyse import analyse
from pipeline.words import PageWords
from tests.pipeline import extract_pages
from tests.pipeline.extract_pages import claimed, extracted, page_of, value_of

BODY = [
    "04/05/2026 10:42",
    "Receipt 9741",
    "Tea cosy 3.40",
    "TOTAL 3.40",
    "Cash 5.00",
    "Change 1.60",
]


@pytest.mark.parametrize(
    "address",
    [
        ("9 Candle Row", "Wexcombe ZQ7 2BX"),
        ("Kiln Road", "Ballymarten", "Q99 XZ52"),
        ("310 Miller Street", "Fenton Mills, VT 05999"),
        ("Breite Gasse 58", "99634 Unterlinden"),
        ("Fenton Bypass, A99", "Port Fenton ZQ7 9DD"),
    ],
)
def test_the_lines_below_the_name_are_the_address(address: tuple[str, ...]) -> None:
    found = extracted([page_of(["BRASS LAMP CAFE", *address, "Tel 01632 9", *BODY])])
    assert value_of(found, "company") == "BRASS LAMP CAFE"
    claim = claimed(found, "address")
    assert same_value(ValueType.ADDRESS, claim.value, ", ".join(address))


def test_a_name_with_a_streets_word_is_not_in_the_address() -> None:
    lines = ["MILLER STREET TOOLS", "310 Miller Street", "Fenton Mills, VT 05999"]
    found = extracted([page_of([*lines, *BODY])])
    assert value_of(found, "company") == "MILLER STREET TOOLS"
    assert claimed(found, "address").value.startswith("310")


def slip(monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> PageWords:
    monkeypatch.setattr(extract_pages, "CHARACTER", 0.02)
    return page_of(lines)


def test_a_narrow_slip_with_words_of_both_types_is_a_receipt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = ["BRASS LAMP GMBH", "USt-IdNr. DE999", "Datum 04.05.2026", "Bon 12"]
    lines += ["Summe EUR 27,83", "Netto MwSt", "Rechnung"]
    wide = page_of(lines)
    assert not is_slip(view_of([wide], analyse([wide])))
    assert extracted([wide]).document_type == "invoice"
    narrow = slip(monkeypatch, lines)
    assert is_slip(view_of([narrow], analyse([narrow])))
    assert extracted([narrow]).document_type == "receipt"
