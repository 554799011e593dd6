"""A page in plain colours, so that a pixel says which field it is of."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.auth.models import User
from PIL import Image, ImageDraw

from catalog.models import DerivedArtifact, Kind, Membership, SourceMedia, Tenant
from catalog.services import NewArtifact, Reading, store_generation
from pipeline.models import Run
from pipeline.signals import run_finished
from reviewer.models import ReviewTask
from tests.factories import field_artifact, make_source, make_user, make_version

WIDTH, HEIGHT = 900, 1200
PAPER, TOTAL, DATE, COMPANY, FAR = (
    *((250, 250, 250), (0, 0, 220), (0, 160, 0)),
    *((220, 0, 0), (220, 0, 220)),
)
# The company stands right beside the total, inside of its crop; the address far off.
BOXES = {
    "total": [0.40, 0.50, 0.50, 0.52],
    "company": [0.52, 0.50, 0.60, 0.52],
    "date": [0.10, 0.10, 0.20, 0.12],
    "address": [0.10, 0.85, 0.30, 0.88],
}
COLOURS = {"total": TOTAL, "company": COMPANY, "date": DATE, "address": FAR}
# Word, and where it stands.
WORDS = {
    "21.20": BOXES["total"],
    "Hidden-Company": BOXES["company"],
    "11/01/2018": BOXES["date"],
    "Faraway": BOXES["address"],
    "Nearby": [0.34, 0.50, 0.39, 0.52],
}
NAME = "secret-name.jpg"
SECRETS = ("Hidden-Company", "Faraway", NAME)


def picture(folder: str) -> Path:
    page = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(page)
    for slot, (left, top, right, bottom) in BOXES.items():
        edges = (left * WIDTH, top * HEIGHT, right * WIDTH, bottom * HEIGHT)
        draw.rectangle(edges, fill=COLOURS[slot])
    path = Path(folder) / "page.jpg"
    page.save(path, quality=95, subsampling=0)
    return path


def place(slot: str) -> dict[str, Any]:
    return {"page": 1, "bbox": BOXES[slot]}


def artifacts(folder: str) -> list[NewArtifact]:
    doubtful: dict[str, Any] = {"confidence": 0.4, "critical": True}
    sure: dict[str, Any] = {"confidence": 1.0, "status": "verified", "critical": True}
    words = [[text, *box, 1.0] for text, box in WORDS.items()]
    file = picture(folder)
    return [
        NewArtifact(
            "page_image", "page=1", "normalize", file=file, media_type="image/jpeg"
        ),
        NewArtifact(
            "thumbnail", "page=1", "thumbnail", file=file, media_type="image/jpeg"
        ),
        NewArtifact(
            kind="ocr",
            slot="page=1",
            step="ocr",
            payload={
                **{"page": 1, "width": WIDTH, "height": HEIGHT, "origin": "ocr"},
                "words": words,
            },
        ),
        NewArtifact(
            "search_text",
            "page=1",
            "index",
            payload={"page": 1, "text": " ".join(WORDS)},
            inputs=[("ocr", "page=1")],
        ),
        field_artifact("total", "21.20", region=place("total"), **doubtful),
        field_artifact(
            "date", "2018-01-11", value_type="date", region=place("date"), **doubtful
        ),
        field_artifact(
            "company",
            "Hidden-Company",
            value_type="name",
            region=place("company"),
            **sure,
        ),
        field_artifact(
            "address", "Faraway", value_type="text", region=place("address"), **sure
        ),
    ]


def make_case(tenant: Tenant) -> ReviewTask:
    """Asks about a total and a date; a company and an address are sure."""
    version = make_version()
    source = make_source(tenant, name=NAME)
    with TemporaryDirectory() as folder:
        reading = Reading(
            pipeline_name=version.name,
            pipeline_version=version.version,
            complete=True,
            disposition="human_review",
            reason="verify_conflict",
            document_type="receipt",
            template_key="t-000000000001",
            artifacts=artifacts(folder),
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
    task = ReviewTask.objects.get(generation=generation)
    slots = set(task.items.values_list("slot", flat=True))
    assert slots == {"total", "date"}
    return task


def page_image(source: SourceMedia) -> DerivedArtifact:
    return DerivedArtifact.objects.get(source=source, kind=Kind.PAGE_IMAGE)


def make_crop_reviewer(name: str, tenant: Tenant) -> User:
    user = make_user(name, tenant)
    Membership.objects.filter(user=user).update(crops_only=True)
    return user


def shares(data: bytes) -> dict[tuple[int, int, int], float]:
    """Of each of the page's colours, how much of the picture has nearly it."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    data = picture.tobytes()
    pixels = list(zip(data[::3], data[1::3], data[2::3], strict=True))
    return {
        colour: sum(_near(pixel, colour) for pixel in pixels) / len(pixels)
        for colour in (PAPER, *COLOURS.values())
    }


def _near(pixel: tuple[int, int, int], colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 60 for a, b in zip(pixel, colour, strict=True))
