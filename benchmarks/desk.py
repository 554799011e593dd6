"""The desk in a browser: keys and seconds of a case, and key down to next case painted.

    python -m benchmarks.desk [FOLDER] [--cases 500] [--files 24] [--look 1]

In an empty installation of its own, started as script/server starts it. Without a
folder the demo's documents are drawn and read; else those of the folder. Cases are
copies of what people are asked about, each with a picture that no browser has yet. A
headless Chromium works them off by keys alone, as fast as the desk lets it, or after so
many seconds of looking at each case (--look; people need more than one):

    keys            what one case of three fields takes, by what is answered, and its
                    seconds by the keystroke-level model (Card, Moran and Newell: a key
                    .28 s for an average typist, a decision 1.35 s) with the times that
                    the machine took, as measured
    next case       from the key that ends a case until the next one is painted, with
                    every picture in view decoded; the page's own clock. It is shown
                    before the server has stored the answer: how soon it takes answers
                    itself, and the steps on the way, in medians
    next field      from a key to the next field painted
    cold            from asking for a case's address to the same
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.memo import KINDS, drawn, set_up

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
]
KEY, DECIDE = 0.28, 1.35  # seconds
COLD_STARTS = 40

# Runs in the page. A time ends after the frame in which nothing in view is missing.
WATCH = """
(() => {
  const told = (window.told = { cases: [], parts: [], fields: [] });
  Object.assign(told, { pointers: 0, keys: 0 });
  // Of the key pressed last: when, and how long after it what happened.
  let pressed = { at: 0, parts: {} };
  const mark = (name, { at, parts } = pressed) =>
    (parts[name] ??= performance.now() - at);
  const ask = window.fetch;
  window.fetch = async (...how) => {
    if (!String(how[0]).endsWith("/decide/")) return ask(...how);
    const key = pressed;
    mark("answer sent", key);
    const response = await ask(...how);
    mark("server answered", key);
    return response;
  };
  const swap = Element.prototype.replaceWith;
  Element.prototype.replaceWith = function (...by) {
    if (this.localName === "review-desk") mark("swap begun");
    swap.apply(this, by);
    if (this.localName === "review-desk") mark("desk put in");
  };
  const inView = (one) => {
    const box = one.getBoundingClientRect();
    const shown = box.width && box.bottom > 0 && box.top < innerHeight;
    return shown && one.checkVisibility();
  };
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const painted = async (desk, key) => {
    // The page's picture may be asked for after the cut-outs.
    while (desk.querySelector("page-view img[data-src]")) await frame();
    const pictures = [...desk.querySelectorAll("img, image")].filter(inView);
    await Promise.all(pictures.map((one) => one.decode?.().catch(() => null)));
    mark("pictures decoded", key);
    await frame().then(() => new Promise((done) => setTimeout(done)));
    return mark("painted", key);
  };
  window.pictured = () => painted(document, { at: 0, parts: {} });
  let before = null;
  addEventListener("keydown", () => {
    const key = (pressed = { at: performance.now(), parts: {} });
    told.keys += 1;
    before = document.querySelector("[data-current]");
    requestAnimationFrame(() => setTimeout(() => {
      const now = document.querySelector("[data-current]");
      if (now && now !== before && document.contains(before)) {
        told.fields.push(performance.now() - key.at);
      }
    }));
  }, true);
  addEventListener("pointerdown", () => (told.pointers += 1), true);
  addEventListener("pointermove", () => (told.pointers += 1), true);
  let desk = null;
  new MutationObserver(() => {
    const now = document.querySelector("review-desk");
    if (!now || now === desk) return;
    const first = desk === null;
    desk = now;
    if (first) return;
    const key = pressed;
    const holds = () => "early" in now.dataset || mark("takes answers", key);
    new MutationObserver(holds).observe(now, { attributeFilter: ["data-early"] });
    holds();
    painted(now, key).then((ms) => told.cases.push(ms) && told.parts.push(key.parts));
  }).observe(document, { childList: true, subtree: true });
})();
"""

DONE_OR_QUIET = """
n => told.cases.length > n || !document.querySelector("[data-sending]")
"""

STORED = "told.cases.length > 0 && !document.querySelector('[data-early]')"
KEY_HERE = """
document.querySelector('[data-current] [data-key="Enter"]') ? "Enter" : "a"
"""
NEXT_FIELD = """
slot => document.querySelector("[data-current]")?.dataset.slot !== slot
"""


def quantiles(ms: Sequence[float]) -> str:
    if len(ms) < 2:
        return "too few"
    cuts = statistics.quantiles(ms, n=100, method="inclusive")
    return f"p50 {cuts[49]:.0f}, p95 {cuts[94]:.0f}, p99 {cuts[98]:.0f} ms of {len(ms)}"


def breakdown(parts: Sequence[dict[str, float]]) -> str:
    """Median milliseconds from the key to each step of the way to the next case."""
    names = {name: None for part in parts for name in part}
    medians = {
        name: statistics.median([part[name] for part in parts if name in part])
        for name in names
    }
    told = sorted(medians.items(), key=lambda item: item[1])
    return ", ".join(f"{name} {ms:.0f}" for name, ms in told)


def prepare(home: Path, asked: argparse.Namespace) -> Any:
    """The tenant's only person; as many cases as are asked for."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from benchmarks import desk_cases
    from catalog.models import Membership, Tenant
    from reviewer.models import ReviewTask

    call_command("ensure_pipeline", verbosity=0)
    tenant = Tenant.objects.create(slug="desk", name="Desk")
    user = User.objects.create_user("desk", password=None)
    Membership.objects.create(user=user, tenant=tenant)
    if asked.folder:
        found = sorted(asked.folder.rglob("*"))
        paths = [path for path in found if path.suffix.lower() in KINDS]
    else:
        paths = drawn(home / "documents")
    generations = desk_cases.read(paths[: asked.files], tenant)
    if not generations:
        raise SystemExit("people are asked about none of these documents")
    number = 0
    while ReviewTask.objects.filter(tenant=tenant).open().count() < asked.cases + 50:
        desk_cases.copy(generations[number % len(generations)], number)
        number += 1
    print(f"{len(generations)} documents with doubts, {number} copies")
    return user


def answer_all(page: Any, cases: int, look: float = 0.0) -> None:
    """Enter, or a where there is no value to confirm, until so many cases are done.

    look: seconds at a new case before its first key.
    """
    done, ends = 0, time.monotonic() + (2 + look) * cases
    while done < cases and time.monotonic() < ends:
        page.keyboard.press(page.evaluate(KEY_HERE))
        page.wait_for_timeout(40)
        if page.evaluate("told.cases.length") == done:
            page.wait_for_function(DONE_OR_QUIET, arg=done, timeout=5000)
        if page.evaluate("told.cases.length") > done:
            page.wait_for_timeout(look * 1000)
        done = page.evaluate("told.cases.length")


def three_fields(page: Any, url: str, task: Any) -> dict[str, Any]:
    """One case of three fields: another reading taken where there is one, else
    confirmed; confirmed; typed anew, letter by letter.
    """
    page.goto(f"{url}/review/{task.pk}/")
    page.wait_for_selector("[data-current]")
    page.evaluate("pictured()")
    page.evaluate("Object.assign(told, {keys: 0, pointers: 0, fields: [], cases: []})")
    other = page.locator('[data-current] [data-key="1"]').count() > 0
    for key in ("1" if other else "Enter", "Enter"):
        slot = page.locator("[data-current]").get_attribute("data-slot")
        page.keyboard.press(key)
        page.wait_for_function(NEXT_FIELD, arg=slot)
    typed = page.locator("[data-current]").get_attribute("data-value") or "Harbour"
    page.keyboard.press("c")
    page.keyboard.press("Control+A")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_function(STORED)
    return dict(page.evaluate("told"))


def cold(browser: Any, url: str, cookies: Any) -> list[float]:
    """Each in a context of its own: nothing is fetched ahead."""
    times = []
    for _ in range(COLD_STARTS):
        page = opened(browser, cookies)
        page.goto(f"{url}/")
        begin = time.perf_counter()
        page.get_by_role("button", name="Start").first.click()
        page.wait_for_selector("[data-current]")
        page.evaluate("pictured()")
        times.append((time.perf_counter() - begin) * 1000)
        page.context.close()
    return times


def opened(browser: Any, cookies: Any) -> Any:
    """A page in a context of its own. What is evaluated in it from here would be
    against its Content-Security-Policy, which changes nothing that is measured.
    """
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, bypass_csp=True
    )
    context.add_cookies(cookies)
    page = context.new_page()
    page.add_init_script(WATCH)
    return page


def of_three_fields(user: Any) -> Any:
    from django.db.models import Count

    from reviewer.models import ReviewTask

    counted = ReviewTask.objects.visible_to(user).open().annotate(n=Count("items"))
    return counted.filter(n=3, reserver__isnull=True).first()


def measure(url: str, user: Any, cases: int, look: float) -> None:
    from playwright.sync_api import sync_playwright

    from benchmarks.queue_http import session_of

    three = of_three_fields(user)
    cookies = [{"name": "sessionid", "value": session_of(user), "url": url}]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        page = opened(browser, cookies)
        if three is not None:
            told = three_fields(page, url, three)
            machine = (sum(told["fields"]) + sum(told["cases"])) / 1000
            model = 3 * DECIDE + told["keys"] * KEY + machine
            print(
                f"three fields: {told['keys']} keys, {told['pointers']} pointer moves;"
                f" by the model {model:.1f} s, {machine:.2f} of them the machine's"
            )
        page.goto(f"{url}/")
        page.keyboard.press("n")
        page.wait_for_selector("[data-current]")
        page.evaluate("pictured()")
        page.evaluate(
            "Object.assign(told, {keys: 0, fields: [], cases: [], parts: []})"
        )
        answer_all(page, cases, look)
        told = page.evaluate("told")
        print(f"next case   {quantiles(told['cases'])}")
        takes = [part["takes answers"] for part in told["parts"]]
        print(f"takes more  {quantiles(takes)}")
        print(f"            {breakdown(told['parts'])}")
        print(f"next field  {quantiles(told['fields'])}")
        print(f"            {told['keys']} keys, {told['pointers']} pointer moves")
        print(f"cold        {quantiles(cold(browser, url, cookies))}")
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--files", type=int, default=48)
    parser.add_argument("--look", type=float, default=0.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="palimpsest-desk-", ignore_cleanup_errors=True
    ) as folder:
        home = Path(folder)
        os.environ["PALIMPSEST_ENV_FILE"] = os.devnull
        set_up(folder)
        from config import postgres

        try:
            from django.db import connections

            from benchmarks.queue_http import start_server

            user = prepare(home, asked)
            connections.close_all()
            server, port = start_server(home)
            try:
                print(f"load of the machine: {os.getloadavg()[0]:.1f}")
                measure(f"http://127.0.0.1:{port}", user, asked.cases, asked.look)
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(90)
        finally:
            postgres.release(home)


if __name__ == "__main__":
    main()
