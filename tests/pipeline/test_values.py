"""Values by type: what printed text means."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipeline.claims import ValueType
from pipeline.extracting.dates import find_dates, parse_date, writes_month_first
from pipeline.extracting.money import find_money, parse_money, plain
from pipeline.extracting.values import currency_of, normalise, same_value, stands_in


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.163,40", "1163.40"),
        ("1,163.40", "1163.40"),
        ("1 234,50 €", "1234.50"),
        ("RM9.00", "9.00"),
        ("TOTAL:RM9.00", "9.00"),
        ("12. 50", "12.50"),
        ("-7,90 €", "-7.90"),
        ("9.00-", "-9.00"),
        ("(1.00)", "-1.00"),
        ("RM -.02", "-0.02"),
        ("3,3333", "3.3333"),
        ("1,234", "1234.00"),
        ("0.300", "0.30"),
        ("Rs 1939", "1939.00"),
    ],
)
def test_money_is_read_with_either_decimal_convention(text: str, amount: str) -> None:
    value = parse_money(text)
    assert value is not None
    assert plain(value) == amount


@pytest.mark.parametrize(
    "text", ["25/12/2018", "12:30:45", "RE-20140519/499", "07-3507405", "201/113/402"]
)
def test_dates_times_and_numbers_of_things_are_no_money(text: str) -> None:
    assert list(find_money(text)) == []


def test_a_currency_mark_inside_a_word_is_none() -> None:
    assert [match.mark for match in find_money("FORM 12.50")] == [""]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25/12/2018 8:13:39 PM", date(2018, 12, 25)),
        ("25/12/201820:49", date(2018, 12, 25)),
        ("2018-05-19", date(2018, 5, 19)),
        ("05.06.2018", date(2018, 6, 5)),
        ("03-04-18 12:11", date(2018, 4, 3)),
        ("25 JAN '18", date(2018, 1, 25)),
        ("25-JAN-18", date(2018, 1, 25)),
        ("7. Mai 2014", date(2014, 5, 7)),
        ("1er juillet 2015", date(2015, 7, 1)),
        ("12 Mac 2018", date(2018, 3, 12)),
        ("29 oktober 2015", date(2015, 10, 29)),
        ("August 3 , 2014", date(2014, 8, 3)),
        ("20180304", date(2018, 3, 4)),
        ("ORD #19- 21/03/2018", date(2018, 3, 21)),
    ],
)
def test_dates_of_many_shapes_are_read(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text", ["08.30 - 12.30 Uhr", "0123/45678", "1.2.34.5", "31/31"]
)
def test_numbers_that_look_like_dates_are_none(text: str) -> None:
    assert parse_date(text) is None


def test_a_short_year_inside_a_code_is_not_certain() -> None:
    (found,) = find_dates("HD03-04-06")
    assert not found.certain


def test_month_first_is_told_by_a_date_that_has_no_other_reading() -> None:
    assert writes_month_first("Invoice date: 03/20/2023")
    assert not writes_month_first("Datum: 20/03/2023, Fremont CA 94538")
    assert not writes_month_first("DE 80333 München")
    assert parse_date("03/04/2023", month_first=True) == date(2023, 3, 4)


@pytest.mark.parametrize(
    ("text", "code"),
    [("€ 12", "EUR"), ("RM", "MYR"), ("usd", "USD"), ("Euro", "EUR"), ("XYZ", None)],
)
def test_currency_marks_and_codes(text: str, code: str | None) -> None:
    assert currency_of(text) == code


def test_values_are_compared_by_type() -> None:
    assert same_value(ValueType.MONEY, "9.00", "RM 9")
    assert not same_value(ValueType.MONEY, "9.00", "9.01")
    assert same_value(ValueType.DATE, "2018-12-25", "25 Dec 2018")
    assert same_value(ValueType.ID, "AB-20/417", "AB20417")
    assert same_value(ValueType.NAME, "Linde Co. GmbH", "LINDE CO GMBH")
    assert same_value(
        ValueType.ADDRESS, "12, JALAN ABC, 43000 KAJANG", "12 JALAN ABC 43000 KAJANG."
    )
    assert not same_value(ValueType.ADDRESS, "12, JALAN ABC", "7, JALAN XYZ, PENANG")


def test_a_misread_legal_form_is_put_right_and_still_grounded() -> None:
    assert normalise(ValueType.NAME, "ALFA SON BHD") == "ALFA SDN BHD"
    assert stands_in(ValueType.NAME, "ALFA SDN BHD", "ALFA SON BHD (1234-X)")


def test_stands_in_finds_the_value_in_more_text() -> None:
    assert stands_in(ValueType.MONEY, "9.00", "TOTAL:RM9.00")
    assert stands_in(ValueType.DATE, "2018-03-07", "Date:07/03/2018 14:05")
    assert not stands_in(ValueType.MONEY, "9.00", "TOTAL: 19.00")


def test_plain_keeps_small_unit_prices() -> None:
    assert plain(Decimal("0.0250")) == "0.025"
    assert plain(Decimal("3")) == "3.00"
