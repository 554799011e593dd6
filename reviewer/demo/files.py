"""Packs pictures of pages into the file formats that people send."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from reviewer.demo.paper import A4
from reviewer.demo.wear import Wear


def pack(form: str, pages: Sequence[Image.Image], wear: Wear) -> bytes:
    """The bytes of a "jpeg", "png", "tiff" or "picture-pdf"; only the last two hold
    more than one page. What the scanner kept of colours follows wear."""
    mode = "1" if wear.bilevel else "L" if wear.gray else "RGB"
    kept = [page.convert(mode) for page in pages]
    target = BytesIO()
    if form == "jpeg":
        kept[0].save(target, "JPEG", quality=wear.quality, dpi=(200, 200))
    elif form == "png":
        kept[0].save(target, "PNG", compress_level=4)
    elif form == "tiff":
        compression = "group4" if wear.bilevel else "tiff_lzw"
        rest = kept[1:]
        kept[0].save(
            *(target, "TIFF"),
            save_all=True,
            append_images=rest,
            compression=compression,
            dpi=(200, 200),
        )
    else:
        return picture_pdf(kept, wear.quality)
    return target.getvalue()


def picture_pdf(pages: Sequence[Image.Image], quality: int) -> bytes:
    """A PDF as scanners make it: one JPEG a page, as wide as A4, and no text."""
    target = BytesIO()
    canvas = Canvas(target, invariant=1)
    for page in pages:
        encoded = BytesIO()
        page.save(encoded, "JPEG", quality=quality)
        encoded.seek(0)
        width = A4[0] if page.width > 1000 else A4[0] * 0.45
        height = width * page.height / page.width
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(encoded), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def replace_last_page(pdf: bytes, page: Image.Image, wear: Wear) -> bytes:
    """The PDF with a picture in the place of its last page."""
    writer = PdfWriter()
    for digital in PdfReader(BytesIO(pdf)).pages[:-1]:
        writer.add_page(digital)
    scan = PdfReader(BytesIO(picture_pdf([page], wear.quality)))
    writer.add_page(scan.pages[0])
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    target = BytesIO()
    writer.write(target)
    return target.getvalue()
