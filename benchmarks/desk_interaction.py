"""How soon the desk answers keys and pointer with thousands of words on the page.

Draws pages with so many words, stores them with a layout and claims so that the verify
rules run too, and works on them in headless Chromium: between fields, typing, picking
words by keys and by pointer, turning and zooming. Times are the browser's own (Event
Timing: from the input to the frame painted after it, in steps of 8 ms; what is faster
than 16 ms is not told one by one and counts as 16).

    python -m benchmarks.desk_interaction --words 2000 --rounds 5
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from reviewer.models import ReviewTask

WIDTH, HEIGHT = 1654, 2339
COLUMNS = 40
FLOOR = 16  # milliseconds; faster events are not told
WATCH = """() => {
  window.told = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
      const { interactionId: id, name, duration } = one;
      if (id) window.told.push([id, name, duration]);
    }
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
}"""
TELL = "() => window.told.splice(0)"


def words_of(count: int, rng: random.Random) -> list[tuple[str, int, int]]:
    """Text, left and top in pixels; the last three rows are an invoice's totals."""
    down = (HEIGHT - 500) // (count // COLUMNS + 1)
    texts = [
        (
            "".join(rng.choices("aeiounrstlm", k=rng.randint(2, 4))),
            40 + n % COLUMNS * 39,
            60 + n // COLUMNS * down,
        )
        for n in range(count - 6)
    ]
    for row, (label, value) in enumerate(
        [("Net", "100.00"), ("VAT", "17.00"), ("Total", "119.00")]
    ):
        texts += [(label, 900, HEIGHT - 300 + 60 * row)]
        texts += [(value, 1300, HEIGHT - 300 + 60 * row)]
    return texts


def make_task(count: int, number: int, tenant: Any, version: Any) -> ReviewTask:
    from django.core.files.base import ContentFile

    from catalog.services import Reading, register_source, store_generation
    from reviewer import services

    rng = random.Random(number)  # noqa: S311 - a picture, no secret
    stream = ContentFile(b"%PDF-1.4\n% drawn " + str(number).encode())
    source = register_source(
        tenant=tenant, stream=stream, name=f"dense-{number}.pdf"
    ).source
    with tempfile.TemporaryDirectory() as folder:
        reading = Reading(
            pipeline_name=version.name,
            pipeline_version=version.version,
            complete=True,
            disposition="human_review",
            reason="verify_conflict",
            document_type="invoice",
            template_key="t-000000000001",
            artifacts=artifacts(words_of(count, rng), Path(folder)),
        )
        generation = store_generation(source=source, reading=reading)
    generation.refresh_from_db()
    task = services.open_task(generation=generation)
    if task is None:
        raise SystemExit("the drawn page is not doubtful")
    return task


def drawn(texts: list[tuple[str, int, int]], path: Path) -> list[Any]:
    """Draws them; gives the words with their places."""
    from PIL import Image, ImageDraw, ImageFont

    from catalog.regions import BoundingBox
    from pipeline.words import Word

    font = ImageFont.load_default(size=15)
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    words = []
    for text, left, top in texts:
        draw.text((left, top), text, "black", font=font)
        edges = font.getbbox(text)
        box = BoundingBox(
            (left + edges[0]) / WIDTH,
            (top + edges[1]) / HEIGHT,
            (left + edges[2]) / WIDTH,
            (top + edges[3]) / HEIGHT,
        )
        words.append(Word(text, box))
    image.save(path, quality=80)
    return words


def claims_on(words: list[Any]) -> Iterator[Any]:
    """Net, tax and total, of which the tax is wrong: all three are asked about."""
    from catalog.regions import Region
    from pipeline.claims import Claim
    from pipeline.definitions.invoice import INVOICE

    slots = ("line_total", "tax_total", "grand_total")
    for slot, word in zip(slots, words[-5::2], strict=True):
        field = INVOICE.field(slot)
        if field is None:
            raise SystemExit(f"invoices have no {slot} any more")
        yield Claim(
            *(slot, word.text, word.text, field.value_type, 0.98),
            region=Region(1, word.bbox),
            critical=field.critical,
        )


def artifacts(texts: list[tuple[str, int, int]], folder: Path) -> list[Any]:
    from datetime import UTC, datetime

    from catalog.services import NewArtifact
    from pipeline.claims import Extraction
    from pipeline.definitions.invoice import INVOICE
    from pipeline.extracting.verify import verify
    from pipeline.layout.analyse import analyse
    from pipeline.layout.codec import layout_to_json
    from pipeline.steps.verify import outputs_of
    from pipeline.words import PageWords

    words = drawn(texts, folder / "page.jpg")
    page = PageWords(1, WIDTH, HEIGHT, tuple(words), "ocr")
    layout = analyse([page])
    before = Extraction("invoice", 0.99, tuple(claims_on(words)))
    today = datetime.now(UTC).date()
    after = verify(before, [page], layout, INVOICE, today=today)
    return [
        NewArtifact(
            *("page_image", "page=1", "normalize"),
            file=folder / "page.jpg",
            media_type="image/jpeg",
        ),
        NewArtifact("ocr", "page=1", "ocr", payload=page.as_json()),
        NewArtifact("layout", "document", "layout", payload=layout_to_json(layout)),
        NewArtifact("grounding", "document", "ground", payload=before.as_json()),
        *(
            NewArtifact(
                *("field", output.slot, "verify"),
                payload=output.payload,
                region=output.region.as_json() if output.region else None,
            )
            for output in outputs_of(after)
            if output.kind == "field"
        ),
    ]


def work(page: Page, rng: random.Random) -> Iterator[tuple[str, int]]:
    """What is done, and how many interactions that is; the caller reads the times."""
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp") * 3:
        page.keyboard.press(key)
        page.wait_for_timeout(30)
    yield "between fields", 12
    page.keyboard.press("c")
    for key in "1234.50":
        page.keyboard.press(key)
        page.wait_for_timeout(30)
    page.keyboard.press("Escape")
    yield "typing, rules running", 9
    for key in ("+", "+", "-", "0", "t", "t", "t", "t", "i", "i", "i"):
        page.keyboard.press(key)
        page.wait_for_timeout(30)
    yield "zoom, turn, contrast", 11
    page.keyboard.press("w")
    page.locator(".words").wait_for()
    for _ in range(40):
        page.keyboard.press(rng.choice(["ArrowUp", "ArrowLeft", "ArrowRight"]))
        page.wait_for_timeout(20)
    yield "picking words by keys", 41
    frame = page.locator("[data-frame]").bounding_box()
    if frame is None:
        raise SystemExit("no picture is shown")
    for _ in range(40):
        at = (rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9))
        x, y = frame["x"] + at[0] * frame["width"], frame["y"] + at[1] * frame["height"]
        page.mouse.move(x, y, steps=8)
        page.mouse.click(x, y)
        page.wait_for_timeout(20)
    page.keyboard.press("Escape")
    yield "picking words by pointer", 41


def measure(page: Page, rounds: int) -> dict[str, list[float]]:
    rng = random.Random(7)  # noqa: S311 - no secret
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for what, count in work(page, rng):
            page.wait_for_timeout(300)
            slowest: dict[int, float] = {}
            for number, _, duration in page.evaluate(TELL):
                slowest[number] = max(duration, slowest.get(number, 0))
            told = sorted(slowest.values(), reverse=True)[:count]
            times.setdefault(what, []).extend(
                told + [float(FLOOR)] * (count - len(told))
            )
    return times


def share(times: list[float], part: float) -> float:
    return sorted(times)[min(int(len(times) * part), len(times) - 1)]


def run(asked: argparse.Namespace) -> None:
    import django
    from django.conf import settings

    from config.postgres import ensure_running

    ensure_running(settings.HOME)
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connections
    from playwright.sync_api import sync_playwright

    from benchmarks.desk import FLAGS
    from benchmarks.queue_http import session_of, start_server
    from catalog.models import Membership, Tenant
    from pipeline.versions import ensure_built_in

    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    call_command("migrate", verbosity=0)
    version = ensure_built_in()
    tenant = Tenant.objects.create(slug="dense", name="Dense")
    user = User.objects.create_user("reader")
    Membership.objects.create(user=user, tenant=tenant, role="reviewer")
    task = make_task(asked.words, 1, tenant, version)
    session = session_of(user)
    connections.close_all()
    server, port = start_server(settings.HOME)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=asked.browser, args=FLAGS
            )
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            url = f"http://127.0.0.1:{port}"
            context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
            page = context.new_page()
            page.goto(f"{url}/review/{task.pk}/")
            page.locator("review-desk.is-live").wait_for()
            page.wait_for_timeout(1000)
            page.evaluate(WATCH)
            page.evaluate(TELL)
            tell(asked, measure(page, asked.rounds), page)
            browser.close()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)


def tell(asked: argparse.Namespace, times: dict[str, list[float]], page: Page) -> None:
    nodes = page.evaluate("document.querySelectorAll('*').length")
    print(f"{asked.words} words on the page, {nodes} elements in it")
    print(f"{'':28}{'times':>7}{'p50':>7}{'p75':>7}{'p95':>7}{'most':>7}  ms")
    every = [one for found in times.values() for one in found]
    for what, found in [*times.items(), ("all", every)]:
        figures = [share(found, part) for part in (0.5, 0.75, 0.95, 1.0)]
        told = "".join(f"{figure:7.0f}" for figure in figures)
        print(f"{what:28}{len(found):7}{told}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk_interaction")
    parser.add_argument("--words", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    parser.add_argument("--browser", default=chromium, help="the executable")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="palimpsest-desk-") as scratch:
        os.environ["PALIMPSEST_HOME"] = scratch
        os.environ["PALIMPSEST_ENV_FILE"] = os.devnull
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        try:
            run(asked)
        finally:
            from django.db import connections

            from config import postgres

            connections.close_all()
            postgres.release(Path(scratch))


if __name__ == "__main__":
    main()
