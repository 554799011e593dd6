"""Time at work, held against what the script did."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Tenant
from reviewer.models import Decision, UnansweredTime
from tests.e2e.drawn import make_case
from tests.factories import make_tenant, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

BEGIN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
HIDE = """({hidden}) => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
FOCUS = """({has}) => {
  document.hasFocus = () => has;
  dispatchEvent(new Event(has ? "focus" : "blur"));
}"""


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_user("alice", tenant)


@pytest.fixture
def desk(page: Page, live_server: LiveServer, alice: User, tenant: Tenant) -> Page:
    """A case of three doubtful fields, at a clock that only the test moves."""
    task = make_case(tenant)
    page.clock.install(time=BEGIN)
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/review/{task.pk}/")
    expect(page.locator(".question[data-current]")).to_have_attribute(
        "data-slot", "total"
    )
    page.clock.pause_at(BEGIN + timedelta(minutes=5))
    page.evaluate("document.querySelector('review-desk').clock.take()")
    return page


def work(page: Page, seconds: float, key: str = "Shift") -> None:
    page.clock.fast_forward(round(seconds * 1000))
    page.keyboard.press(key)


def test_the_time_of_each_field_is_within_5_per_cent(desk: Page) -> None:
    for _ in range(8):
        work(desk, 5)  # on the total
    work(desk, 6, "ArrowDown")
    work(desk, 20)  # on the company
    work(desk, 4, "ArrowUp")
    desk.clock.fast_forward(600_000)  # to lunch, right after a key
    desk.keyboard.press("Shift")
    desk.evaluate(HIDE, {"hidden": True})
    desk.clock.fast_forward(45_000)  # in another tab
    desk.evaluate(HIDE, {"hidden": False})
    work(desk, 3)
    desk.evaluate(FOCUS, {"has": False})
    desk.clock.fast_forward(25_000)  # in the window on the other screen
    desk.evaluate(FOCUS, {"has": True})
    work(desk, 5, "Enter")
    expect(desk.locator("[data-answered]")).to_have_text("1")
    assert Decision.objects.get().active_ms == pytest.approx(54_000, rel=0.05)
    work(desk, 20)
    work(desk, 16, "s")  # the company, which is skipped after all
    desk.wait_for_url(re.compile(r":\d+/$"))
    spent = UnansweredTime.objects.get()
    assert spent.ended == "skipped"
    assert spent.active_ms == pytest.approx(60_000, rel=0.05)
