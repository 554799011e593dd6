from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Tenant
from reviewer.models import Decision, ReviewTask, Settlement
from tests.e2e.test_review import (
    LogIn,
    alice,
    context,
    current,
    log_in,
    says,
    tenant,
)
from tests.reviewer.checked import WRONG_TAX, make_checked_case

__all__ = ["alice", "context", "log_in", "tenant"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AGREES = "Net and tax add up to the gross amount."


def at_the_tax(page: Page, live_server: LiveServer, task: ReviewTask) -> None:
    page.goto(f"{live_server.url}/review/{task.pk}/")
    expect(current(page)).to_have_attribute("data-slot", "grand_total")
    while current(page).get_attribute("data-slot") != "tax_total":
        page.keyboard.press("ArrowDown")


def verdict(page: Page, slot: str) -> str:
    found = page.locator(f'[data-slot="{slot}"] [data-verdict]').text_content()
    return (found or "").strip()


def test_typing_says_what_agrees_and_one_answer_ends_the_case(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    task = make_checked_case(tenant, **WRONG_TAX)
    following = make_checked_case(tenant, **WRONG_TAX)
    log_in(page, "alice")
    at_the_tax(page, live_server, task)
    page.keyboard.press("c")
    page.keyboard.type("18.00")
    rules = current(page).locator("[data-rules] li")
    expect(rules).to_have_text("≠ Net and tax miss the gross amount by 1.00.")
    page.keyboard.press("Control+a")
    page.keyboard.type("19.00")
    expect(rules).to_have_text(f"✓ {AGREES}")
    expect(says(page)).to_have_text(f"{AGREES} 2 other fields would agree.")
    assert verdict(page, "grand_total") == "would agree"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(str(following.pk)))
    task.refresh_from_db()
    assert task.state == ReviewTask.State.DONE
    assert Decision.objects.count() == 1
    assert Settlement.objects.standing().count() == 2


def test_a_settled_field_is_passed_over_and_may_be_answered(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    task = make_checked_case(tenant, **WRONG_TAX, sure={"supplier_name": 0.4})
    log_in(page, "alice")
    at_the_tax(page, live_server, task)
    page.keyboard.press("c")
    page.keyboard.type("19.00")
    page.keyboard.press("Enter")
    expect(current(page)).to_have_attribute("data-slot", "supplier_name")
    expect(page.locator(".desk__progress")).to_have_text("1 of 4 answered, 2 agree now")
    assert verdict(page, "line_total") == "≈ agrees now"
    page.locator('[data-slot="line_total"] .question__pick').click()
    expect(current(page).locator("[data-agrees]")).to_contain_text(AGREES)
    page.keyboard.press("Enter")
    expect(page.locator(".desk__progress")).to_have_text(
        "2 of 4 answered, 1 agrees now"
    )
    page.keyboard.press("z")
    page.wait_for_load_state()
    expect(page.locator(".desk__progress")).to_have_text(
        "1 of 4 answered, 1 agrees now"
    )


def test_without_a_line_everything_goes_on_as_ever(
    context: BrowserContext,
    log_in: LogIn,
    alice: User,
    tenant: Tenant,
    live_server: LiveServer,
) -> None:
    task = make_checked_case(tenant, **WRONG_TAX)
    page = log_in(context.new_page(), "alice")

    def away(route: Route) -> None:
        route.abort()

    page.route("**/check/", away)
    at_the_tax(page, live_server, task)
    page.keyboard.press("c")
    page.keyboard.type("18.50")
    page.wait_for_timeout(300)
    expect(current(page).locator("[data-rules]")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved]")).to_have_text("Saved")


def test_a_value_half_typed_is_not_torn_away_when_the_case_ends(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    """The answer that settles the rest comes back while somebody corrects the rest."""
    task = make_checked_case(tenant, **WRONG_TAX)
    following = make_checked_case(tenant, **WRONG_TAX)
    log_in(page, "alice")

    def slow(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/decide/", slow)
    at_the_tax(page, live_server, task)
    page.keyboard.press("c")
    page.keyboard.type("19.00")
    page.keyboard.press("Enter")
    page.keyboard.press("c")
    page.keyboard.type("119.01")
    expect(page.locator("[data-saved]")).to_contain_text("The rest agrees now")
    assert str(task.pk) in page.url
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(str(following.pk)))
    slots = Decision.objects.order_by("decided_at").values_list("item__slot", flat=True)
    assert list(slots) == ["tax_total", "grand_total"]
