"""How soon a page of 14,000 x 20,000 pixels stands in the browser, and what it costs.

    .venv/bin/python -m benchmarks.huge_page URL USER PASSWORD [--form png]

Against a running server, with a person of one tenant: draws the page, uploads it, waits
until it is read, opens its source page in headless Chromium (cold, five times), zooms
in until tiles come, and prints one JSON object: milliseconds from the request to the
picture painted, to sharp pixels the first time and again, JavaScript heap, and the
proportional memory of all processes of the browser.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.huge_pages import HEIGHT, WIDTH, draw

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MEBIBYTE = 1024 * 1024
PAINTED = """() => new Promise((resolve) => {
  const image = document.querySelector("page-view [data-sheet] img");
  image.decode().then(() => requestAnimationFrame(() => requestAnimationFrame(
    () => resolve(performance.now()))));
})"""
SHARP = """() => {
  const tiles = [...document.querySelectorAll(".page-tiles img")];
  return tiles.length > 0 && tiles.every((one) => one.complete && one.naturalWidth);
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("url", "user", "password"):
        parser.add_argument(name)
    parser.add_argument("--form", choices=["jpg", "png"], default="jpg")
    parser.add_argument("--source", help="one that was uploaded before")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or next(filter(shutil.which, BROWSERS))
        # A profile of its own, by which its processes are known.
        profile = tempfile.mkdtemp(prefix="huge-page-")
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which(found),
            args=FLAGS,
            viewport={"width": 1440, "height": 900},
        )
        try:
            base = memory_of(profile)
            page = log_in(context, given.url, given.user, given.password)
            path = given.source or uploaded(page, given.url, given.form)
            figures = measured(context, given.url, path, profile)
            print(json.dumps({**figures, "browser_empty_mb": round(base)}, indent=1))
        finally:
            context.close()
            shutil.rmtree(profile, ignore_errors=True)


def log_in(context: BrowserContext, url: str, user: str, password: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/login/")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/")
    return page


def uploaded(page: Page, url: str, form: str) -> str:
    """The path of the source's page, when it is read."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"plan-{time.time_ns()}.{form}"
        draw(file, mode="RGB" if form == "jpg" else "L")
        page.goto(f"{url}/upload/")
        page.set_input_files("input[type=file]", file)
        link = page.locator("a[href^='/sources/0']").first
        if page.locator("button[type=submit]").first.is_visible():
            page.locator("main button[type=submit]").first.click()
        link.wait_for(timeout=120_000)
        path = link.get_attribute("href") or ""
    ends = time.monotonic() + 300
    while time.monotonic() < ends:
        page.goto(url + path)
        if page.locator("page-view").count():
            return path
        time.sleep(2)
    raise SystemExit("It was not read in five minutes: see its page.")


def measured(
    context: BrowserContext, url: str, path: str, profile: str
) -> dict[str, Any]:
    opened, heaps = [], []
    for _ in range(5):
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Network.clearBrowserCache")
        page.goto(url + path, wait_until="commit")
        page.wait_for_selector("page-view [data-sheet] img", state="attached")
        opened.append(page.evaluate(PAINTED))
        heaps.append(heap_of(devtools))
        page.close()
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    page.goto(url + path, wait_until="load")
    first = zoomed(page)
    again_page = context.new_page()
    again_page.goto(url + path, wait_until="load")
    again = zoomed(again_page)
    for other in context.pages:
        if other is not again_page:
            other.close()
    devtools = context.new_cdp_session(again_page)
    tiles = again_page.locator(".page-tiles img").count()
    return {
        "page_pixels": [WIDTH, HEIGHT],
        "opened_ms": {"median": round(median(opened)), "worst": round(max(opened))},
        "sharp_first_ms": round(first),
        "sharp_again_ms": round(again),
        "tiles_shown": tiles,
        "js_heap_mb": round(max([*heaps, heap_of(devtools)]), 1),
        "browser_memory_mb": round(memory_of(profile)),
        "picture_bytes": picture_bytes(again_page),
    }


def zoomed(page: Page) -> float:
    """Milliseconds from the last press of a zoom to ten times to sharp pixels."""
    page.locator("[data-frame]").focus()
    for _ in range(12):
        page.keyboard.press("+")
    began = time.monotonic()
    page.wait_for_function(SHARP, timeout=120_000)
    return (time.monotonic() - began) * 1000


def picture_bytes(page: Page) -> int:
    return int(
        page.evaluate(
            "performance.getEntriesByType('resource').filter((one) =>"
            " one.initiatorType === 'img')"
            ".reduce((bytes, one) => bytes + one.encodedBodySize, 0)"
        )
    )


def heap_of(devtools: Any) -> float:
    """Megabytes of JavaScript heap in use."""
    return float(devtools.send("Runtime.getHeapUsage")["usedSize"]) / MEBIBYTE


def memory_of(profile: str) -> float:
    """Megabytes, proportional, of all processes of the browser with that profile."""
    total = 0
    parents: dict[int, int] = {}
    roots = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(stat[1])
            if profile in (folder / "cmdline").read_text():
                roots.add(int(folder.name))
        except OSError:
            continue
    ours = set(roots)
    while more := {pid for pid, up in parents.items() if up in ours} - ours:
        ours |= more
    for pid in ours:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        line = next(li for li in rollup.splitlines() if li.startswith("Pss:"))
        total += int(line.split()[1])
    return total / 1024


if __name__ == "__main__":
    main()
