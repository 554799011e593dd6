"""The pages of golden cases and of handle time: nothing in the way of anybody."""

from __future__ import annotations

import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import GoldenCase, GoldenRetirement
from reviewer import services
from reviewer.models import ReviewTask, UnansweredTime, Verdict
from reviewer.services import Answer
from tests.e2e.drawn import make_case
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import answered, say

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case(transactional_db: None) -> GoldenCase:
    """With a correction, a second opinion and a time."""
    tenant = make_tenant("acme")
    alice, bob = make_user("alice", tenant), make_user("bob", tenant)
    make_user("mona", tenant, role="manager")
    task = make_case(tenant)
    late = services.reserve(user=alice, task_id=task.pk)
    ReviewTask.objects.filter(pk=task.pk).update(reserved_until=timezone.now())
    answered(task, bob, say("total", Verdict.CORRECT, "23.50", active_ms=4000))
    assert late.reservation_token is not None
    with pytest.raises(services.ReservationLost):
        services.decide(
            user=alice,
            task_id=task.pk,
            token=late.reservation_token,
            answer=Answer(uuid.uuid4(), "total", Verdict.CONFIRM, active_ms=2000),
        )
    UnansweredTime.objects.spent(task.pk, UnansweredTime.Ended.SKIPPED, 3000)
    return GoldenCase.objects.get()


def test_a_value_is_retired_by_keyboard_and_no_page_is_in_the_way(
    browser: Browser, live_server: LiveServer, case: GoldenCase
) -> None:
    for theme in ("light", "dark"):
        context = browser.new_context(color_scheme=theme)
        page = context.new_page()
        page.goto(f"{live_server.url}/login/")
        page.get_by_label("Username").fill("mona")
        page.get_by_label("Password").fill("correct horse")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server.url}/")
        for path in (
            *("/queue/time/", "/golden/", "/golden/agreement/?field=total"),
            f"/golden/{case.pk}/",
        ):
            page.goto(f"{live_server.url}{path}")
            found = Axe().run(page).response["violations"]
            assert not found, (path, theme, found)
        if not GoldenRetirement.objects.exists():
            retire_the_value(page)
        context.close()
    told = GoldenRetirement.objects.get()
    assert (told.slot, told.because) == ("total", "a stamp hides it")


def retire_the_value(page: Page) -> None:
    page.locator(".fields__row summary", has_text="Retire").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("a stamp hides it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Retired values")).to_be_visible()
