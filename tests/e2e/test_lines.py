from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import DerivedArtifact, Generation, Tenant
from pipeline.report import live_fields, values_of
from reviewer.models import Correction, Decision, ReviewTask, Verdict
from tests.e2e.test_review import LogIn, alice, current, log_in, says, tenant
from tests.reviewer.checked import make_checked_case

__all__ = ["alice", "log_in", "tenant"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def task(tenant: Tenant) -> ReviewTask:
    return make_checked_case(tenant, sure={"supplier_name": 0.4})


@pytest.fixture
def grid(
    page: Page, log_in: LogIn, alice: User, live_server: LiveServer, task: ReviewTask
) -> Locator:
    log_in(page, "alice")
    page.goto(f"{live_server.url}/review/{task.pk}/")
    expect(current(page)).to_have_attribute("data-slot", "supplier_name")
    page.keyboard.press("l")
    grid = page.get_by_role("grid", name="Line items")
    expect(grid.get_by_role("gridcell", name="Tea")).to_be_focused()
    return grid


def lines_of(task: ReviewTask) -> list[dict[str, object]]:
    generation = Generation.objects.get(pk=task.generation_id)
    return values_of(live_fields(generation))[1]


def sum_of(page: Page) -> Locator:
    return page.locator("[data-sum]")


def test_a_cell_is_typed_and_the_sum_follows(
    page: Page, grid: Locator, task: ReviewTask
) -> None:
    expect(sum_of(page)).to_have_text("2 · Sum 100.00 = Line total")
    for key in ("ArrowRight", "ArrowRight", "Tab"):
        page.keyboard.press(key)
    expect(grid.get_by_role("gridcell", name="60.00")).to_be_focused()
    expect(page.locator("rect[data-spot]")).to_have_count(1)
    page.keyboard.type("63")
    expect(page.get_by_label("Line 1, amount")).to_be_focused()
    expect(sum_of(page)).to_have_text("2 · Sum 103.00, 3.00 more than Line total")
    page.keyboard.press("Enter")
    expect(says(page)).to_have_text("Line 1, amount corrected")
    expect(grid.get_by_role("gridcell", name="Cake")).to_be_focused()
    assert lines_of(task)[0]["amount"] == "63.00"


def test_a_cell_is_picked_on_the_page(
    page: Page, grid: Locator, task: ReviewTask
) -> None:
    page.keyboard.press("End")
    page.keyboard.press("F4")
    expect(page.locator(".words")).to_have_count(1)
    expect(page.locator("[data-frame]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_label("Line 1, amount")).to_have_value("40.00")
    expect(sum_of(page)).to_contain_text("Sum 80.00")
    page.keyboard.press("Escape")
    expect(grid.get_by_role("gridcell", name="60.00")).to_be_focused()
    expect(sum_of(page)).to_contain_text("Sum 100.00")
    page.keyboard.press("F4")
    expect(page.locator(".words")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(says(page)).to_have_text("Line 1, amount corrected")
    expect(page.locator(".words")).to_have_count(0)
    correction = Correction.objects.get()
    places = dict(
        DerivedArtifact.objects.filter(
            source=task.source, slot="lines[1].amount"
        ).values_list("slot", "region")
    )
    assert (correction.how, correction.new_value) == ("words", "40.00")
    assert correction.new_region == places["lines[1].amount"]


def test_what_is_no_amount_is_not_taken(page: Page, grid: Locator) -> None:
    page.keyboard.press("End")
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    expect(says(page)).to_contain_text("Not an amount yet")
    page.keyboard.press("Escape")
    expect(grid.get_by_role("gridcell", name="60.00")).to_be_focused()
    assert not Decision.objects.exists()


def test_a_line_is_added_and_another_removed(
    page: Page, grid: Locator, task: ReviewTask
) -> None:
    page.keyboard.press("Insert")
    expect(says(page)).to_have_text("Line 3 added: type its description")
    page.keyboard.type("Milk")
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("5.00")
    page.keyboard.press("Enter")
    expect(says(page)).to_have_text("Line 3, amount corrected")
    expect(sum_of(page)).to_have_text("3 · Sum 105.00, 5.00 more than Line total")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    expect(says(page)).to_have_text("Line removed")
    expect(sum_of(page)).to_have_text("2 · Sum 65.00, 35.00 less than Line total")
    assert [line["description"] for line in lines_of(task)] == ["Tea", "Milk"]
    page.reload()
    expect(page.locator("tr[data-removed]")).to_have_count(1)


def test_enter_confirms_and_the_case_is_ended_by_its_field(
    page: Page, grid: Locator, task: ReviewTask
) -> None:
    page.keyboard.press("Enter")
    expect(says(page)).to_have_text("Line 1, description confirmed")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Supplier name")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r":\d+/$"))
    task.refresh_from_db()
    assert task.state == ReviewTask.State.DONE
    verdicts = Decision.objects.values_list("verdict", flat=True)
    assert set(verdicts) == {Verdict.CONFIRM}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_violation_with_the_grid_open(page: Page, grid: Locator, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of its words
    page.keyboard.press("ArrowDown")
    page.keyboard.type("x")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
