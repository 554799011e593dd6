"""A sheet of many documents, by keyboard only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Tenant
from reviewer.models import Decision, ReviewTask, SecondOpinion, UnansweredTime
from tests.e2e.drawn import make_case
from tests.factories import make_tenant, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

OpenSheet = Callable[[Page], Page]


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_user("alice", tenant)


@pytest.fixture
def open_sheet(live_server: LiveServer, alice: User) -> OpenSheet:
    def open_sheet(page: Page) -> Page:
        page.goto(f"{live_server.url}/login/")
        page.get_by_label("Username").fill("alice")
        page.get_by_label("Password").fill("correct horse")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server.url}/")
        page.get_by_role("button", name=re.compile("^Total")).press("Enter")
        expect(page.locator("contact-sheet.is-live")).to_be_visible()
        return page

    return open_sheet


def test_a_sheet_is_confirmed_by_one_key_after_every_one_was_on_screen(
    page: Page, open_sheet: OpenSheet, tenant: Tenant
) -> None:
    for _ in range(9):
        make_case(tenant)
    page.set_viewport_size({"width": 1000, "height": 420})
    open_sheet(page)
    expect(page.locator(".sheet__state")).to_contain_text("not on screen yet")
    page.keyboard.press("Enter")
    expect(page.locator("[data-says]")).to_contain_text(
        "look at them, then press Enter"
    )
    assert not Decision.objects.exists()
    for _ in range(6):
        if "every one" in page.locator(".sheet__state").inner_text():
            break
        page.wait_for_timeout(450)
        page.keyboard.press("ArrowDown")
    expect(page.locator(".sheet__state")).to_have_text(
        "9 right: every one was on screen."
    )
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/$"))
    expect(page.get_by_text("9 confirmed.")).to_be_visible()
    told = Decision.objects.values_list("item__slot", "verdict")
    assert list(told) == [("total", "confirm")] * 9
    tasks = ReviewTask.objects.all()
    assert {(task.state, task.reserver) for task in tasks} == {("open", None)}
    assert all(d.active_ms > 0 for d in Decision.objects.all())


def test_single_ones_are_corrected_and_taken_out(
    page: Page, open_sheet: OpenSheet, tenant: Tenant
) -> None:
    for _ in range(4):
        make_case(tenant)
    open_sheet(page)
    cells = page.locator("[data-body]")
    expect(cells.first).to_be_focused()
    expect(cells.first).to_have_accessible_name(
        re.compile(r"^21\.20, a check contradicts it, right, receipt.*, 1 of 4$")
    )
    page.keyboard.press("1")
    expect(page.locator("[data-says]")).to_have_text("corrected: 20.00")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(page.locator("[data-says]")).to_have_text("not this one")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    page.keyboard.type("23,50")
    page.keyboard.press("Enter")
    expect(cells.nth(2)).to_be_focused()
    expect(page.locator(".sheet__state")).to_have_text(
        "1 right: 2 corrected, 1 left to the desk, every one was on screen."
    )
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("Enter")
    expect(
        page.get_by_text("1 confirmed, 2 corrected, 1 left to the desk.")
    ).to_be_visible()
    values = Decision.objects.values_list("artifact__payload__value", flat=True)
    assert sorted(values) == ["20.00", "21.20", "23.50"]
    out = UnansweredTime.objects.get()
    assert out.ended == "left_out"
    assert ReviewTask.objects.get(pk=out.task_id).reserver is None


def test_leaving_the_page_puts_all_back(
    page: Page, open_sheet: OpenSheet, tenant: Tenant, live_server: LiveServer
) -> None:
    make_case(tenant)
    make_case(tenant)
    open_sheet(page)
    assert ReviewTask.objects.exclude(reserver=None).count() == 2
    page.goto(f"{live_server.url}/sources/")
    expect(page.get_by_role("heading", name="Sources")).to_be_visible()
    page.wait_for_timeout(300)
    assert not ReviewTask.objects.exclude(reserver=None).exists()


def test_what_somebody_took_meanwhile_is_kept_beside(
    page: Page, open_sheet: OpenSheet, tenant: Tenant
) -> None:
    lost = make_case(tenant)
    make_case(tenant)
    open_sheet(page)
    bob = make_user("bob", tenant)
    expect(page.locator(".sheet__state")).to_contain_text("every one was on screen")
    ReviewTask.objects.filter(pk=lost.pk).update(
        reserver=bob, reserved_until=timezone.now() + timedelta(seconds=60)
    )
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 kept as second opinion")).to_be_visible()
    assert SecondOpinion.objects.get().item.task_id == lost.pk
    assert Decision.objects.count() == 1


def test_a_narrow_page_in_one_column(
    page: Page, open_sheet: OpenSheet, tenant: Tenant
) -> None:
    make_case(tenant)
    make_case(tenant)
    page.set_viewport_size({"width": 390, "height": 800})
    open_sheet(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    page.get_by_text("Not this one").first.click()
    expect(page.locator(".sheet__state")).to_contain_text("1 left to the desk")
