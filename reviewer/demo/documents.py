"""Writes the demo's documents into a folder, with their truth."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from random import Random

import numpy as np
from pdf2image import convert_from_bytes
from PIL import Image

from reviewer.demo import designs_formal, designs_modern, files
from reviewer.demo.drawing import draw
from reviewer.demo.invoice_plans import INVOICE_PLANS
from reviewer.demo.invoices import InvoicePlan, build
from reviewer.demo.model import DemoDocument, Invoice
from reviewer.demo.paper import A4
from reviewer.demo.receipt_plans import RECEIPT_PLANS, ReceiptPlan
from reviewer.demo.receipts import print_rows, sell
from reviewer.demo.till import draw_rows
from reviewer.demo.wear import LEVELS, wear_picture

DESIGNS = {**designs_formal.DESIGNS, **designs_modern.DESIGNS}
HARD = ("hard", "crumpled")
DPI = 160
PLANS: tuple[InvoicePlan | ReceiptPlan, ...] = (*INVOICE_PLANS, *RECEIPT_PLANS)


def generate(
    folder: Path,
    *,
    seed: int = 7,
    only: Collection[str] | None = None,
    plans: Sequence[InvoicePlan | ReceiptPlan] = PLANS,
) -> list[DemoDocument]:
    """Draws all documents, or those with the file names in only, and truth.jsonl.

    The folder is made if need be. Each document depends on seed and its own name alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    documents = []
    for plan in plans:
        if only is not None and plan.file not in only:
            continue
        random = Random(f"{seed}/{plan.file}")  # noqa: S311 - it protects nothing
        if isinstance(plan, InvoicePlan):
            document, content = _invoice(plan, random)
        else:
            document, content = _receipt(plan, random)
        (folder / plan.file).write_bytes(content)
        documents.append(document)
    write_truth(folder / "truth.jsonl", documents)
    return documents


def write_truth(path: Path, documents: Sequence[DemoDocument]) -> None:
    """One JSON line a document: file, fields, lines; a line's amount is line_total."""
    with path.open("w", encoding="utf-8") as file:
        for document in documents:
            lines = [
                {("line_total" if k == "amount" else k): v for k, v in line.items()}
                for line in document.lines
            ]
            row = {"file": document.file, "fields": {**document.fields}, "lines": lines}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _invoice(plan: InvoicePlan, random: Random) -> tuple[DemoDocument, bytes]:
    readable = plan.form not in ("locked-pdf", "blank")
    invoice = build(plan, random)
    document = DemoDocument(
        file=plan.file,
        document_type="invoice",
        tenant=plan.tenant,
        fields=invoice.fields() if readable else {},
        lines=invoice.lines() if readable else (),
        adjustments=invoice.adjustments() if readable else {},
        expected_disposition="" if readable else "rejected",
        hard=plan.wear in HARD,
        adds_up=not invoice.misprint,
        note=plan.note,
    )
    return document, _invoice_file(plan, invoice, random)


def _invoice_file(plan: InvoicePlan, invoice: Invoice, random: Random) -> bytes:
    design = DESIGNS[plan.supplier.design]
    if plan.form == "locked-pdf":
        return draw(design, invoice, password=f"{random.randrange(10**8):08d}")
    if plan.form == "blank":
        width, height = (round(points * DPI / 72) for points in A4)
        empty = Image.new("RGB", (width, height), "white")
        return files.pack("jpeg", _worn([empty], plan.wear, random), LEVELS[plan.wear])
    clean = draw(design, invoice)
    if plan.form == "pdf":
        return clean
    first = 2 if plan.form == "mixed-pdf" else 1
    pages = _worn(convert_from_bytes(clean, DPI, first_page=first), plan.wear, random)
    if plan.form == "mixed-pdf":
        return files.replace_last_page(clean, pages[-1], LEVELS[plan.wear])
    return files.pack(plan.form, pages, LEVELS[plan.wear])


def _receipt(plan: ReceiptPlan, random: Random) -> tuple[DemoDocument, bytes]:
    receipt = sell(plan.shop, plan.when, plan.count, random, cash=plan.cash)
    readable = plan.wear != "dark"
    document = DemoDocument(
        file=plan.file,
        document_type="receipt",
        tenant=plan.tenant,
        fields=receipt.fields() if readable else {},
        lines=receipt.lines() if readable else (),
        adjustments=receipt.adjustments() if readable else {},
        expected_disposition="" if readable else "rejected",
        hard=plan.wear in HARD,
        note=plan.note,
    )
    rows = print_rows(receipt)
    page = draw_rows(rows, bold=plan.shop.bold, barcode=receipt.number)
    pages = _worn([page], plan.wear, random)
    return document, files.pack(plan.form, pages, LEVELS[plan.wear])


def _worn(
    pages: Sequence[Image.Image], level: str, random: Random
) -> list[Image.Image]:
    chance = np.random.default_rng(random.getrandbits(32))
    return [
        Image.fromarray(wear_picture(np.asarray(page), LEVELS[level], chance))
        for page in pages
    ]
