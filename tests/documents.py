"""Small documents drawn for tests."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

INVOICE = (
    (60, 60, "Tidewater Paper Ltd"),
    (60, 76, "4 Quay Street, Saltmouth SM1 2AB"),
    (60, 140, "INVOICE"),
    (60, 170, "Invoice number: TW-20417"),
    (60, 186, "Invoice date: 12 March 2026"),
    (60, 202, "Bill to: Harbour Books GmbH"),
    (60, 250, "Description"),
    (300, 250, "Quantity"),
    (380, 250, "Unit price"),
    (480, 250, "Amount"),
    (60, 270, "Writing paper, ream"),
    (300, 270, "4"),
    (380, 270, "12.50"),
    (480, 270, "50.00"),
    (60, 288, "Envelopes, box"),
    (300, 288, "2"),
    (380, 288, "25.00"),
    (480, 288, "50.00"),
    (380, 330, "Net total"),
    (480, 330, "100.00"),
    (380, 346, "VAT 20 %"),
    (480, 346, "20.00"),
    (380, 362, "Total EUR"),
    (480, 362, "120.00"),
)


def pdf_of(
    texts: tuple[tuple[int, int, str], ...] = INVOICE, *, pages: int = 1
) -> bytes:
    """A born-digital A4 PDF; texts are (x, y from the top, text) in points."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    for _ in range(pages):
        canvas.setFont("Helvetica", 10)
        for x, y, text in texts:
            canvas.drawString(x, A4[1] - y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def blank_pdf() -> bytes:
    return pdf_of(())
