"""A receipt drawn and read without the pipeline: its words are known exactly."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page

from catalog.models import Tenant
from catalog.services import NewArtifact, Reading, store_generation
from pipeline.models import Run
from pipeline.signals import run_finished
from reviewer.models import ReviewTask
from tests.factories import field_artifact, make_source, make_version

WIDTH, HEIGHT = 900, 1200
_numbers = count(1)

# Text, left and top in pixels; every word stands alone.
WORDS = (
    ("Harbour", 90, 80),
    ("Cafe", 240, 80),
    ("Date", 90, 200),
    ("11/02/2026", 240, 200),
    ("Tea", 90, 420),
    ("12.00", 700, 420),
    ("Cake", 90, 480),
    ("8.00", 700, 480),
    ("Subtotal", 90, 620),
    ("20.00", 700, 620),
    ("Total", 90, 900),
    ("21.20", 700, 900),
)


def boxes() -> dict[str, list[float]]:
    """The place of each word, in page fractions."""
    font = ImageFont.load_default(size=32)
    found = {}
    for text, left, top in WORDS:
        edges = font.getbbox(text)
        found[text] = [
            round((left + edges[0]) / WIDTH, 5),
            round((top + edges[1]) / HEIGHT, 5),
            round((left + edges[2]) / WIDTH, 5),
            round((top + edges[3]) / HEIGHT, 5),
        ]
    return found


def middle_of_word(page: Page, number: int) -> tuple[float, float]:
    """In pixels of the window, while somebody picks words on the page shown."""
    left, top, right, bottom = [*boxes().values()][number]
    page.locator(".words").wait_for()
    page.wait_for_timeout(350)  # the picture comes to rest
    sheet = page.locator(".words").bounding_box()
    assert sheet
    return (
        sheet["x"] + (left + right) / 2 * sheet["width"],
        sheet["y"] + (top + bottom) / 2 * sheet["height"],
    )


def click_word(page: Page, number: int) -> None:
    page.mouse.click(*middle_of_word(page, number))


def picture(folder: str) -> Path:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    for text, left, top in WORDS:
        draw.text((left, top), text, "black", font=ImageFont.load_default(size=32))
    path = Path(folder) / "page.jpg"
    image.save(path)
    return path


def region(word: str) -> dict[str, Any]:
    return {"page": 1, "bbox": boxes()[word]}


def claims() -> list[NewArtifact]:
    """A total that contradicts the lines, with another reading, and two doubts more."""
    total = field_artifact(
        "total",
        "21.20",
        status="conflict",
        reason="sum_of_lines_differs",
        critical=True,
        region=region("21.20"),
    )
    assert total.payload is not None
    other = {**total.payload, "value": "20.00", "raw": "20.00", "status": "unverified"}
    total.payload["candidates"] = [{**other, "region": region("20.00")}]
    doubtful: dict[str, Any] = {"confidence": 0.4, "critical": True}
    return [
        total,
        field_artifact(
            "date",
            "2026-02-11",
            value_type="date",
            region=region("11/02/2026"),
            **doubtful,
        ),
        field_artifact(
            "company",
            "Harbour",
            value_type="name",
            region=region("Harbour"),
            **doubtful,
        ),
    ]


def artifacts(folder: str) -> list[NewArtifact]:
    words = [[text, *box, 1.0] for text, box in boxes().items()]
    return [
        NewArtifact(
            kind="page_image",
            slot="page=1",
            step="normalize",
            file=picture(folder),
            media_type="image/jpeg",
        ),
        NewArtifact(
            kind="ocr",
            slot="page=1",
            step="ocr",
            payload={
                "page": 1,
                "width": WIDTH,
                "height": HEIGHT,
                "origin": "ocr",
                "words": words,
            },
        ),
        *claims(),
    ]


def make_case(tenant: Tenant, *, known: bool = True) -> ReviewTask:
    """A task about a total, a date and a company; without fields if not known."""
    version = make_version()
    source = make_source(tenant, name=f"receipt-{next(_numbers)}.jpg")
    with TemporaryDirectory() as folder:
        made = artifacts(folder)
        reading = Reading(
            pipeline_name=version.name,
            pipeline_version=version.version,
            complete=True,
            disposition="human_review",
            reason="verify_conflict" if known else "unknown_document_type",
            document_type="receipt" if known else "",
            template_key="t-000000000001",
            artifacts=made if known else made[:2],
        )
        generation = store_generation(source=source, reading=reading)
    generation.refresh_from_db()
    run = Run(
        source=source,
        pipeline_version=version,
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
