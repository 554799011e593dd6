"""Choosing between two versions, as people do it."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import GoldenValue, Tenant
from reviewer.models import Correction, Decision, ReviewTask, Verdict
from tests.e2e.drawn import click_word, make_case
from tests.e2e.drawn_twice import make_difference
from tests.e2e.test_review import (
    LogIn,
    alice,
    context,
    current,
    log_in,
    says,
    tenant,
)

__all__ = ["alice", "context", "log_in", "tenant"]  # fixtures

LAST = -2_000_000  # a priority below all others

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_whole_case_with_the_keys_1_2_and_3(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    task = make_difference(tenant)
    following = make_case(tenant)
    ReviewTask.objects.filter(pk=following.pk).update(priority=LAST)
    log_in(page, "alice").keyboard.press("n")
    expect(page.locator(".desk__why")).to_contain_text("Two versions disagree")
    expect(current(page)).to_have_attribute("data-slot", "company")
    expect(current(page).get_by_role("button", name="Older version")).to_be_visible()
    page.keyboard.press("Enter")  # no answer of its own here
    expect(says(page)).to_have_text("Press 1, 2 or 3 here")

    page.keyboard.press("2")
    expect(page.locator("[data-verdict]").first).to_contain_text("newer is right")
    expect(current(page)).to_have_attribute("data-slot", "date")
    page.keyboard.press("1")
    expect(current(page)).to_have_attribute("data-slot", "total")
    page.keyboard.press("3")
    box = current(page).get_by_label("Neither: the right value")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.type("1.234,50")
    expect(current(page).locator("[data-check]")).to_have_text("Reads as 1234.50")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text(following.source.name)
    expect(page.locator("[data-saved]")).to_contain_text("both versions are scored")
    task.refresh_from_db()
    assert task.state == ReviewTask.State.DONE
    found = {d.item.slot: d.verdict for d in Decision.objects.select_related("item")}
    assert found == {
        "company": Verdict.CORRECT,
        "date": Verdict.CONFIRM,
        "total": Verdict.CORRECT,
    }
    how = dict(Correction.objects.values_list("decision__item__slot", "how"))
    assert how == {"company": "version", "total": "typed"}
    values = dict(Correction.objects.values_list("decision__item__slot", "new_value"))
    assert values == {"company": "Harbour Cafe", "total": "1234.50"}


def test_a_choice_is_taken_back_with_a_key(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    task = make_difference(tenant)
    following = make_case(tenant)
    ReviewTask.objects.filter(pk=following.pk).update(priority=LAST)
    log_in(page, "alice").keyboard.press("n")
    expect(current(page)).to_have_attribute("data-slot", "company")
    for _ in range(3):
        page.keyboard.press("2")
    # The case is shown at once; its address changes when the answer is stored.
    expect(page).to_have_url(re.compile(str(following.pk)))
    expect(page.locator("h1")).to_have_text(following.source.name)
    assert GoldenValue.objects.that_count().count() == 3

    page.wait_for_timeout(400)  # the keys wait for a look at the new case
    page.keyboard.press("z")
    expect(page.locator("h1")).to_have_text(task.source.name)
    expect(current(page)).to_have_attribute("data-slot", "total")
    expect(current(page).get_by_role("button", name="Newer version")).to_be_visible()
    assert GoldenValue.objects.that_count().count() == 2

    page.keyboard.press("1")
    expect(page).to_have_url(re.compile(str(following.pk)))
    total = GoldenValue.objects.that_count().get(slot="total")
    assert (total.value, total.other_value) == ("21.20", "20.00")


def test_a_choice_given_without_a_line_says_what_it_was_and_arrives(
    context: BrowserContext,
    log_in: LogIn,
    live_server: LiveServer,
    alice: User,
    tenant: Tenant,
) -> None:
    task = make_difference(tenant)
    page = log_in(context.new_page(), "alice")
    page.goto(f"{live_server.url}/review/{task.pk}/")
    expect(current(page)).to_have_attribute("data-slot", "company")
    context.set_offline(True)
    page.keyboard.press("2")
    expect(page.locator("[data-saved]")).to_contain_text("1 answer waiting")
    page.close(run_before_unload=False)
    context.set_offline(False)
    held: list[Route] = []
    page = context.new_page()
    page.route("**/decide/", lambda route: held.append(route))
    with page.expect_request("**/decide/"):
        page.goto(f"{live_server.url}/review/{task.pk}/")
    verdict = page.locator("[data-verdict]").first
    expect(verdict).to_have_text("newer is right, saving…")
    page.wait_for_timeout(100)  # the request is held a moment after it is seen
    held[0].continue_()
    expect(verdict).to_have_text("✓ newer is right")
    assert Correction.objects.get().new_value == "Harbour Cafe"


def test_both_places_are_marked_with_the_numbers_of_their_keys(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    make_difference(tenant)
    log_in(page, "alice").keyboard.press("n")
    # Overlapping places share a cut-out; those that are far apart have one each.
    expect(current(page).locator(".crop--sides")).to_have_count(1)
    expect(current(page).locator(".crop--sides text")).to_have_text(["1", "2"])
    expect(page.locator(".citations rect.is-lit")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(current(page)).to_have_attribute("data-slot", "total")
    expect(current(page).locator(".crop--sides")).to_have_count(2)
    dashes = page.locator(".citations rect.is-lit").evaluate_all(
        "boxes => boxes.map(box => getComputedStyle(box).strokeDasharray)"
    )
    assert dashes[0] == "none"
    assert dashes[1] != "none"


def test_the_pointer_alone_is_enough(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    make_difference(tenant)
    log_in(page, "alice")
    page.get_by_role("button", name="Start reviewing").click()
    current(page).get_by_role("button", name="Newer version").click()
    expect(page.locator("[data-answered]")).to_have_text("1")
    current(page).get_by_role("button", name="Neither").click()
    expect(current(page).get_by_label("Neither: the right value")).to_be_focused()
    current(page).get_by_role("button", name="Pick it on the page").click()
    click_word(page, 3)
    current(page).get_by_role("button", name="Save").click()
    expect(page.locator("[data-answered]")).to_have_text("2")
    assert Decision.objects.count() == 2


def test_it_works_without_scripts(
    browser: Browser, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    make_difference(tenant)
    context = browser.new_context(java_script_enabled=False)
    page = log_in(context.new_page(), "alice")
    page.get_by_role("button", name="Start reviewing").click()
    company = page.get_by_role("form", name="Answer for Company")
    expect(company.get_by_role("button", name="Neither")).to_have_count(0)
    company.get_by_role("button", name="Newer version").click()
    date = page.get_by_role("form", name="Answer for Date")
    date.get_by_role("button", name="Older version").click()
    typing = page.get_by_role("form", name="Correct Total")
    typing.get_by_label("Neither: the right value").fill("9.00")
    typing.get_by_label("Neither: the right value").press("Enter")
    expect(page.get_by_text("both versions are scored by them")).to_be_visible()
    assert Correction.objects.count() == 2
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_fits_and_breaks_no_rule_of_access(
    browser: Browser,
    log_in: LogIn,
    alice: User,
    tenant: Tenant,
    live_server: LiveServer,
    scheme: str,
    width: int,
) -> None:
    task = make_difference(tenant)
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = log_in(context.new_page(), "alice")
    for path in ("/", f"/review/{task.pk}/"):
        page.goto(f"{live_server.url}{path}")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)  # colours that fade in are measured at their end
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path
        found = Axe().run(page)
        assert not found.response["violations"], found.generate_report()
    context.close()
