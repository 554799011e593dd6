from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Tenant
from reviewer import key_table
from reviewer.models import Decision, Verdict
from tests.e2e.drawn import make_case
from tests.e2e.test_review import LogIn, alice, current, log_in, open_case, tenant

__all__ = ["alice", "log_in", "tenant"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_key_is_changed_and_the_desk_shows_and_obeys_it(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    task = make_case(tenant)
    log_in(page, "alice")
    page.goto(f"{live_server.url}/keys/")
    page.get_by_label("The document does not say").focus()
    page.keyboard.press("x")
    page.get_by_label("It cannot be read").focus()
    page.keyboard.press("F4")
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your keys are saved")).to_be_visible()
    open_case(page, live_server, task)
    absent = current(page).get_by_role("button", name="Document does not say")
    expect(absent.locator("kbd")).to_have_text("x")
    expect(absent).to_have_attribute("aria-keyshortcuts", "x")
    expect(page.locator(".keys")).to_contain_text("F4")
    page.keyboard.press("a")
    expect(current(page)).to_have_attribute("data-slot", "total")
    page.keyboard.press("x")
    expect(current(page)).to_have_attribute("data-slot", "company")
    page.keyboard.press("F4")
    expect(current(page)).to_have_attribute("data-slot", "date")
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    verdicts = Decision.objects.order_by("decided_at").values_list("verdict", flat=True)
    assert list(verdicts) == [Verdict.ABSENT, Verdict.UNREADABLE]


def test_with_letters_off_only_named_keys_work(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    key_table.save_keys(user=alice, keys={}, no_signs=True)
    task = make_case(tenant)
    log_in(page, "alice")
    open_case(page, live_server, task)
    page.keyboard.type("acu1sz")
    expect(current(page)).to_have_attribute("data-slot", "total")
    expect(current(page).locator(".answers kbd").nth(1)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(current(page)).to_have_attribute("data-slot", "company")


def test_the_picture_turns_with_its_boxes_and_keeps_its_contrast(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    task = make_case(tenant)
    log_in(page, "alice")
    open_case(page, live_server, task)
    page.keyboard.press("t")
    expect(page.locator("[data-says]")).to_have_text("Picture turned by 90 degrees")
    page.wait_for_timeout(400)
    frame = page.locator("[data-frame]").bounding_box()
    box = page.locator("svg.citations .is-lit").bounding_box()
    assert frame
    assert box
    # The total stands as high as its text is wide now, and in sight.
    assert box["height"] > box["width"]
    assert frame["x"] < box["x"] < frame["x"] + frame["width"]
    assert frame["y"] < box["y"] < frame["y"] + frame["height"]
    page.keyboard.press("i")
    expect(page.locator("[data-says]")).to_have_text("Contrast: strong")
    page.reload()
    expect(page.locator("page-view")).to_have_attribute("data-contrast", "strong")
    page.keyboard.press("t")
    expect(page.locator("[data-says]")).to_have_text("Picture turned by 180 degrees")


def test_the_list_of_keys_stays_folded(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    task = make_case(tenant)
    log_in(page, "alice")
    open_case(page, live_server, task)
    listed = page.locator("[data-keymap] dl")
    expect(listed).to_be_visible()
    page.keyboard.press("?")
    expect(listed).to_be_hidden()
    page.reload()
    expect(page.locator("review-desk.is-live")).to_be_visible()
    expect(listed).to_be_hidden()
    page.keyboard.press("?")
    expect(listed).to_be_visible()
