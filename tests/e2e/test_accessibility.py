"""Every page of the product in both themes, and a whole case as a screen reader and a
keyboard meet it."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import GoldenCase, Tenant
from reviewer import services
from reviewer.models import Decision, ReviewTask, Settlement, Verdict
from tests.e2e.test_review import LogIn, alice, current, log_in, says, tenant
from tests.factories import make_user
from tests.reviewer.answering import say
from tests.reviewer.checked import WRONG_TAX, make_checked_case

__all__ = ["alice", "log_in", "tenant"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SMALLEST = 24  # CSS pixels of a target, or so much room around it (WCAG 2.5.8)
TARGETS = """() => [...document.querySelectorAll("button, summary, input, textarea")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .filter((one) => one.type !== "hidden")
  .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .map(([html, { width, height }]) => [html, width, height])"""


def pages_of(task: ReviewTask, other: ReviewTask) -> list[str]:
    source = f"/sources/{task.source_id}/"
    case = GoldenCase.objects.get()
    lists = ("", "blast-radius/", "stale/", "reprocessing/", "gates/", "batches/")
    return [
        *("/", "/queue/report/", "/upload/", "/sources/", "/search/", "/search/?q=tea"),
        *(source, f"{source}history/", f"{source}erase/"),
        *("/golden/", f"/golden/{case.pk}/", "/keys/", "/versions/reprocessing/start/"),
        *(f"/versions/{name}" for name in lists),
        *("/proof/", "/queue/time/", "/golden/agreement/", "/seen/"),
        f"/review/{other.pk}/",
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_violation(
    browser: Browser,
    log_in: LogIn,
    tenant: Tenant,
    live_server: LiveServer,
    theme: Literal["light", "dark"],
) -> None:
    olive = make_user("olive", tenant, role="manager", is_superuser=True)
    done, other = (
        make_checked_case(tenant, sure={"supplier_name": 0.4}) for _ in range(2)
    )
    held = services.reserve(user=olive, task_id=done.pk)
    assert held.reservation_token is not None
    services.decide(
        user=olive,
        task_id=done.pk,
        token=held.reservation_token,
        answer=say("supplier_name", Verdict.CONFIRM),
    )
    context = browser.new_context(color_scheme=theme)
    page = log_in(context.new_page(), "olive")
    violations: dict[str, Any] = {}
    for path in pages_of(done, other):
        answer = page.goto(f"{live_server.url}{path}")
        assert answer
        assert answer.status == 200, path
        if path.startswith("/review/"):
            page.keyboard.press("l")
        found = Axe().run(page)
        if found.violations_count:
            violations[path] = found.generate_report()
    context.close()
    assert not violations, violations


BOXES = """(looks) => {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.classList.add("citations");
  document.querySelector("main").append(picture);
  return looks.map((look) => {
    const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    box.classList.add(`is-${look}`);
    picture.append(box);
    const { strokeDasharray, strokeWidth, fillOpacity } = getComputedStyle(box);
    return [strokeDasharray, strokeWidth, fillOpacity].join(" ");
  });
}"""


def test_what_stands_on_its_own_is_told_without_its_colour(
    page: Page, log_in: LogIn, tenant: Tenant, alice: User, live_server: LiveServer
) -> None:
    task = make_checked_case(tenant, sure={"supplier_name": 0.4})
    log_in(page, "alice")
    page.goto(f"{live_server.url}/sources/{task.source_id}/")
    badges = page.locator(".badge")
    assert badges.count() > 1
    for text in badges.all_inner_texts():
        assert text.strip(), "a badge says it in words"
    looks = ["verified", "unverified", "conflict", "human", "hit"]
    lines = page.evaluate(BOXES, looks)
    assert len(set(lines)) == len(looks), lines


def test_a_whole_case_by_its_names_roles_and_what_is_said(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    """Without a mouse: each step is known by what a screen reader is told."""
    task = make_checked_case(tenant, **WRONG_TAX, sure={"supplier_name": 0.4})
    log_in(page, "alice").keyboard.press("n")
    gross = page.get_by_role("button", name="Grand total")
    expect(gross).to_be_focused()
    expect(gross).to_have_attribute("aria-expanded", "true")
    form = page.get_by_role("form", name="Answer for Grand total")
    confirm = form.get_by_role("button", name="Confirm Enter")
    expect(confirm).to_have_attribute("aria-keyshortcuts", "Enter")
    names = [
        text.strip() for text in page.locator(".question__name").all_text_contents()
    ]
    while current(page).get_attribute("data-slot") != "tax_total":
        page.keyboard.press("ArrowDown")
    tax = names[[*asked_slots(page)].index("tax_total")]
    page.keyboard.press("c")
    box = page.get_by_role("form", name=f"Correct {tax}").get_by_role("textbox")
    expect(box).to_be_focused()
    expect(box).to_have_accessible_name(re.compile("Right value"))
    page.keyboard.type("18.00")
    expect(says(page)).to_have_text("Net and tax miss the gross amount by 1.00.")
    expect(box).to_have_accessible_description(
        re.compile("Net and tax miss the gross amount by 1.00")
    )
    page.keyboard.press("Control+a")
    page.keyboard.type("19.00")
    expect(says(page)).to_contain_text("2 other fields would agree.")
    page.keyboard.press("Enter")
    expect(says(page)).to_contain_text("agree now and need no answer")
    supplier = page.get_by_role("button", name="Supplier name")
    expect(supplier).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r":\d+/$"))
    expect(page.get_by_role("heading", name="Nothing")).to_be_visible()
    task.refresh_from_db()
    assert task.state == ReviewTask.State.DONE
    assert Decision.objects.count() == 2
    assert Settlement.objects.standing().count() == 2


def asked_slots(page: Page) -> list[str]:
    return [
        str(one.get_attribute("data-slot")) for one in page.locator(".question").all()
    ]


def test_one_thumb_at_360_pixels(
    browser: Browser,
    log_in: LogIn,
    alice: User,
    tenant: Tenant,
    live_server: LiveServer,
) -> None:
    make_checked_case(tenant, **WRONG_TAX)
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    page = log_in(context.new_page(), "alice")
    page.get_by_role("button", name="Start reviewing").tap()
    expect(page.locator("review-desk.is-live")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    confirm = page.get_by_role("button", name="Confirm").first
    place = confirm.bounding_box()
    assert place
    # The lower third of the screen, and nothing has to be scrolled for it.
    assert place["y"] > 740 * 2 / 3
    assert place["y"] + place["height"] <= 740
    value = current(page).locator(".question__value").bounding_box()
    bar = current(page).locator(".answers").bounding_box()
    assert value
    assert bar
    assert value["y"] + value["height"] <= bar["y"]
    small = [t for t in page.evaluate(TARGETS) if min(t[1], t[2]) < SMALLEST]
    assert not small
    confirm.tap()
    expect(page.locator("[data-answered]")).to_have_text("1")
    context.close()
