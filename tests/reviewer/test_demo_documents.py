from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader
from stdnum import iban
from stdnum.de import vat as de_vat
from stdnum.fr import tva as fr_tva
from stdnum.gb import vat as gb_vat
from stdnum.ie import vat as ie_vat

from reviewer.demo import documents
from reviewer.demo.documents import generate
from reviewer.demo.invoice_plans import INVOICE_PLANS
from reviewer.demo.model import DemoDocument
from reviewer.demo.receipt_plans import RECEIPT_PLANS

PAIR = ("brackwater-freight-march.pdf", "brackwater-freight-april.pdf")
FORMS = ("muehlbach-feinkost.pdf", "canal-1.jpg", "lantern-fuel-2.pdf")
REJECTED = ("nordlicht-locked.pdf", "blank-page.jpg", "sonnenkorn-2.jpg")


def by_file(made: list[DemoDocument]) -> dict[str, DemoDocument]:
    return {document.file: document for document in made}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[DemoDocument]]:
    """The whole demo, without wear for speed: its folder and its documents."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "_worn", lambda pages, level, random: list(pages))
        return folder, generate(folder)


@pytest.fixture
def unworn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the slow part: pictures stay as clean as they were drawn."""
    monkeypatch.setattr(documents, "_worn", lambda pages, level, random: list(pages))


def printed_text(path: Path) -> str:
    return " ".join(page.extract_text() for page in PdfReader(path).pages)


def sums(document: DemoDocument) -> tuple[Decimal, Decimal]:
    """The stated grand total, and what the document's parts add up to."""
    fields = {
        name: Decimal(v) for name, v in document.fields.items() if "total" in name
    }
    lines = sum((Decimal(line["amount"]) for line in document.lines), Decimal(0))
    between = sum((Decimal(v) for v in document.adjustments.values()), Decimal(0))
    if document.document_type == "receipt":
        return fields["total"], lines + between
    assert fields["line_total"] == lines
    return fields["grand_total"], lines + between + fields["tax_total"]


def test_same_seed_gives_same_bytes_and_truth(tmp_path: Path) -> None:
    chosen = (*FORMS, "nordlicht-locked.pdf")
    first = generate(tmp_path / "a", only=chosen)
    assert generate(tmp_path / "b", only=chosen) == first
    for name in (*chosen, "truth.jsonl"):
        assert (tmp_path / "a" / name).read_bytes() == (
            tmp_path / "b" / name
        ).read_bytes()


def test_another_seed_gives_other_amounts(tmp_path: Path) -> None:
    first = generate(tmp_path / "a", only=PAIR[:1])
    other = generate(tmp_path / "b", only=PAIR[:1], seed=8)
    assert first[0].lines != other[0].lines


def test_every_document_adds_up_but_the_marked_one(
    whole: tuple[Path, list[DemoDocument]],
) -> None:
    readable = [document for document in whole[1] if document.fields]
    wrong = [d.file for d in readable if sums(d)[0] != sums(d)[1]]
    assert wrong == ["ostrander-supply-wrong-total.pdf"]
    assert [d.file for d in whole[1] if not d.adds_up] == wrong


def test_kinds_and_numbers_are_as_planned(
    whole: tuple[Path, list[DemoDocument]],
) -> None:
    made = whole[1]
    assert Counter(d.document_type for d in made) == {"invoice": 24, "receipt": 16}
    assert {d.tenant for d in made} == {"harbour", "meadow"}
    assert {d.file for d in made if d.expected_disposition == "rejected"} == set(
        REJECTED
    )
    assert {Path(d.file).suffix for d in made} == {".pdf", ".jpg", ".png", ".tiff"}
    assert len({p.supplier.design for p in INVOICE_PLANS}) >= 6
    currencies = {d.fields["currency"] for d in made if "currency" in d.fields}
    assert currencies == {"EUR", "GBP", "USD"}
    assert sum(d.hard for d in made) >= 2
    assert {path.name for path in whole[0].iterdir()} == {
        "truth.jsonl",
        *(plan.file for plan in (*INVOICE_PLANS, *RECEIPT_PLANS)),
    }


def test_every_file_opens(whole: tuple[Path, list[DemoDocument]]) -> None:
    folder, made = whole
    for document in made:
        path = folder / document.file
        if path.suffix == ".pdf":
            reader = PdfReader(path)
            assert reader.is_encrypted or len(reader.pages) >= 1
        else:
            with Image.open(path) as picture:
                picture.load()
                assert min(picture.size) > 500


def test_numbers_of_firms_have_valid_check_digits() -> None:
    validators = {"DE": de_vat, "GB": gb_vat, "FR": fr_tva, "IE": ie_vat}
    for supplier in {
        plan.supplier.tax_id: plan.supplier for plan in INVOICE_PLANS
    }.values():
        assert supplier.mail.endswith(".example")
        if supplier.currency != "USD":
            assert validators[supplier.tax_id[:2]].is_valid(supplier.tax_id)
            assert iban.is_valid(supplier.iban)


def test_freight_pair_shares_all_but_the_place_of_freight(tmp_path: Path) -> None:
    made = by_file(generate(tmp_path, only=PAIR))
    march, april = (made[name] for name in PAIR)
    assert march.fields["supplier_name"] == april.fields["supplier_name"]
    assert [line["amount"] for line in march.lines if "Freight" in line["description"]]
    assert not march.adjustments
    assert not [line for line in april.lines if "Freight" in line["description"]]
    assert april.adjustments == {"freight": "52.00"}
    assert "52.00" in printed_text(tmp_path / PAIR[1])


def test_clean_invoices_print_their_truth(tmp_path: Path) -> None:
    clean = {p.file for p in INVOICE_PLANS if p.form == "pdf"}
    for document in generate(tmp_path, only=clean):
        text = printed_text(tmp_path / document.file)
        digits = "".join(letter for letter in text if letter.isdigit())
        assert document.fields["invoice_number"] in text
        assert document.fields["buyer_name"] in text
        for amount in (document.fields["grand_total"], document.fields["line_total"]):
            assert amount.lstrip("-").replace(".", "") in digits
        for line in document.lines:
            assert line["description"] in text


def test_credit_note_is_negative(tmp_path: Path) -> None:
    (note,) = generate(tmp_path, only=["nordlicht-gutschrift.pdf"])
    assert Decimal(note.fields["grand_total"]) < 0
    assert f"-{note.fields['grand_total'][1:].replace('.', ',')}" in printed_text(
        tmp_path / note.file
    )


@pytest.mark.usefixtures("unworn")
def test_long_invoices_have_two_pages(tmp_path: Path) -> None:
    files = ("two-pages.pdf", "mixed.pdf", "scan.tiff")
    names = [f"calder-wick-{ending}" for ending in files]
    generate(tmp_path, only=names)
    assert len(PdfReader(tmp_path / names[0]).pages) == 2
    digital, scan = PdfReader(tmp_path / names[1]).pages
    assert "Page 1 of 2" in digital.extract_text()
    assert not scan.extract_text().strip()
    assert len(scan.images) == 1
    with Image.open(tmp_path / names[2]) as picture:
        assert getattr(picture, "n_frames", 1) == 2


def test_locked_invoice_asks_for_a_password(tmp_path: Path) -> None:
    (locked,) = generate(tmp_path, only=["nordlicht-locked.pdf"])
    reader = PdfReader(tmp_path / locked.file)
    assert reader.is_encrypted
    assert not reader.decrypt("")
    assert not locked.fields


def test_dark_and_blank_pictures_hold_next_to_nothing(tmp_path: Path) -> None:
    generate(tmp_path, only=REJECTED[1:])
    with Image.open(tmp_path / "sonnenkorn-2.jpg") as dark:
        assert np.asarray(dark.convert("L").reduce(20)).max() < 40
    with Image.open(tmp_path / "blank-page.jpg") as blank:
        assert np.asarray(blank.convert("L").reduce(20)).min() > 225


def test_worn_receipt_is_not_the_clean_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path / "worn", only=["canal-1.jpg"])
    monkeypatch.setattr(documents, "_worn", lambda pages, level, random: list(pages))
    generate(tmp_path / "clean", only=["canal-1.jpg"])
    with Image.open(tmp_path / "worn" / "canal-1.jpg") as picture:
        worn = picture.convert("L")
    with Image.open(tmp_path / "clean" / "canal-1.jpg") as picture:
        clean = picture.convert("L")
    assert worn.size > clean.size  # the desk shows around the paper
    assert worn.getpixel((5, 5)) != clean.getpixel((5, 5))


def test_truth_file_has_one_line_a_document(tmp_path: Path) -> None:
    made = generate(tmp_path, only=PAIR)
    text = (tmp_path / "truth.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["file"] for row in rows] == list(PAIR)
    assert rows[0]["fields"] == made[0].fields
    assert [line["line_total"] for line in rows[0]["lines"]] == [
        line["amount"] for line in made[0].lines
    ]
    assert set(rows[0]) == {"file", "fields", "lines"}
