"""An invoice drawn and read so that the verify rules can run over it: words, layout,
claims before the checks, and the fields as the checks left them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from catalog.models import Generation, Tenant
from catalog.regions import BoundingBox, Region
from catalog.services import NewArtifact, Reading, store_generation
from pipeline.claims import Claim, Extraction, ValueType
from pipeline.definitions.invoice import INVOICE
from pipeline.extracting.verify import verify
from pipeline.layout.analyse import analyse
from pipeline.layout.codec import layout_to_json
from pipeline.models import Run
from pipeline.signals import run_finished
from pipeline.steps.verify import outputs_of
from pipeline.words import PageWords, Word
from reviewer.models import ReviewTask
from tests.factories import make_source, make_version

WIDTH, HEIGHT, SIZE = 900, 1200, 28
_numbers = count(1)
TODAY = date(2026, 11, 20)
LINES = (("Tea", "2", "30.00", "60.00"), ("Cake", "4", "10.00", "40.00"))
COLUMNS = ("description", "quantity", "unit_price", "amount")
TYPES = (ValueType.TEXT, ValueType.NUMBER, ValueType.MONEY, ValueType.MONEY)
ACROSS = (90, 430, 560, 720)


def placed(
    net: str, tax: str, gross: str, lines: Sequence[Sequence[str]]
) -> list[tuple[str, str, int, int]]:
    """Slot ("" for labels), text, left and top in pixels."""
    rows = [
        ("", "Invoice", 90, 60),
        ("invoice_number", "R-1001", 430, 60),
        ("", "Date", 90, 120),
        ("invoice_date", "2026-11-11", 430, 120),
        ("supplier_name", "Harbour", 90, 180),
    ]
    for number, line in enumerate(lines):
        rows += [
            (f"lines[{number}].{column}", text, left, 300 + 60 * number)
            for column, text, left in zip(COLUMNS, line, ACROSS, strict=True)
        ]
    rows += [
        ("", "Net", 90, 700),
        ("line_total", net, 720, 700),
        ("", "VAT", 90, 760),
        ("tax_total" if tax else "", tax or "none", 720, 760),
        ("", "Total", 90, 820),
        ("grand_total", gross, 720, 820),
    ]
    return rows


def _box(text: str, left: int, top: int) -> BoundingBox:
    edges = ImageFont.load_default(size=SIZE).getbbox(text)
    return BoundingBox(
        (left + edges[0]) / WIDTH,
        (top + edges[1]) / HEIGHT,
        (left + edges[2]) / WIDTH,
        (top + edges[3]) / HEIGHT,
    )


def _claim(slot: str, text: str, region: Region, sure: float) -> Claim:
    field = INVOICE.field(slot)
    column = slot.rpartition(".")[2]
    value_type = field.value_type if field else TYPES[COLUMNS.index(column)]
    return Claim(
        slot=slot,
        value=text,
        raw=text,
        value_type=value_type,
        confidence=sure,
        region=region,
        critical=bool(field and field.critical),
    )


def _picture(words: Sequence[tuple[str, str, int, int]], folder: str) -> Path:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    for _, text, left, top in words:
        draw.text((left, top), text, "black", font=ImageFont.load_default(size=SIZE))
    path = Path(folder) / "page.jpg"
    image.save(path)
    return path


def _artifacts(
    words: Sequence[tuple[str, str, int, int]],
    read: dict[str, str],
    sure: dict[str, float],
    folder: str,
) -> list[NewArtifact]:
    boxes = [_box(*word[1:]) for word in words]
    page = PageWords(
        page=1,
        width=WIDTH,
        height=HEIGHT,
        words=tuple(Word(w[1], b) for w, b in zip(words, boxes, strict=True)),
        origin="ocr",
    )
    layout = analyse([page])
    claims = [
        _claim(slot, read.get(slot, text), Region(1, box), sure.get(slot, 0.98))
        for (slot, text, *_), box in zip(words, boxes, strict=True)
        if slot
    ]
    before = Extraction("invoice", 0.99, tuple(claims))
    after = verify(before, [page], layout, INVOICE, today=TODAY)
    return [
        NewArtifact(
            *("page_image", "page=1", "normalize"),
            file=_picture(words, folder),
            media_type="image/jpeg",
        ),
        NewArtifact("ocr", "page=1", "ocr", payload=page.as_json()),
        NewArtifact("layout", "document", "layout", payload=layout_to_json(layout)),
        NewArtifact("grounding", "document", "ground", payload=before.as_json()),
        *_fields(after),
    ]


def _fields(after: Extraction) -> list[NewArtifact]:
    return [
        NewArtifact(
            kind="field",
            slot=output.slot,
            step="verify",
            model_id="rules-1.0.0",
            payload=output.payload,
            region=output.region.as_json() if output.region else None,
        )
        for output in outputs_of(after)
        if output.kind == "field"
    ]


def make_checked_case(
    tenant: Tenant,
    *,
    net: str = "100.00",
    tax: str = "19.00",
    gross: str = "119.00",
    lines: Sequence[Sequence[str]] = LINES,
    read: dict[str, str] | None = None,
    sure: dict[str, float] | None = None,
) -> ReviewTask:
    """A task about an invoice. read: by slot, what the machine makes of a printed text;
    sure: its confidence, 0.98 where nothing is said.
    """
    version = make_version()
    source = make_source(tenant, name=f"invoice-{next(_numbers)}.jpg")
    words = placed(net, tax, gross, lines)
    with TemporaryDirectory() as folder:
        reading = Reading(
            pipeline_name=version.name,
            pipeline_version=version.version,
            complete=True,
            disposition="human_review",
            reason="verify_conflict",
            document_type="invoice",
            template_key="t-000000000002",
            artifacts=_artifacts(words, read or {}, sure or {}, folder),
        )
        generation = store_generation(source=source, reading=reading)
    return _asked(generation)


def _asked(generation: Generation) -> ReviewTask:
    generation.refresh_from_db()
    run = Run(
        source=generation.source,
        pipeline_version=make_version(),
        lane="interactive",
        state=Run.State.FINISHED,
        generation=generation,
        disposition=generation.disposition,
        reason=generation.reason,
        finished_at=generation.created_at,
    )
    run.save()
    run_finished.send(sender=Run, run=run)
    return ReviewTask.objects.get(generation=generation)


def asked(task: ReviewTask) -> dict[str, str]:
    """What is left to ask, with the reason, in order."""
    return dict(task.items.filter(decided=False).values_list("slot", "reason"))


# The reader took 19.00 for 17.00, and there are no lines that speak for the net amount.
WRONG_TAX: dict[str, Any] = {"tax": "17.00", "lines": ()}
