"""Reading after somebody else, and deciding between two people, as people do it."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from catalog.models import Generation, Tenant
from reviewer.models import Decision, ReviewTask
from tests.e2e.drawn import make_case
from tests.e2e.test_review import LogIn, alice, current, log_in, says, tenant
from tests.factories import make_user
from tests.reviewer.second_looking import THIRD, confirm, look_at, make_rule

__all__ = ["alice", "log_in", "tenant"]  # fixtures

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SIZES = {"1440": (1440, 900), "390": (390, 844)}


def undecided(tenant: Tenant, alice: User) -> ReviewTask:
    """Two people differ about a total."""
    make_rule(slot="total")
    first = make_case(tenant)
    confirm(first, alice, total="20.00")
    second = look_at(first)
    confirm(second, make_user("bob", tenant))
    return look_at(second, THIRD)


def test_a_third_person_decides_with_one_key(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    task = undecided(tenant, alice)
    make_user("carol", tenant)
    log_in(page, "carol").keyboard.press("n")

    expect(page.locator(".desk__why")).to_contain_text("two people read it differently")
    expect(current(page)).to_have_attribute("data-slot", "total")
    page.keyboard.press("Enter")  # no answer of its own here
    expect(says(page)).to_have_text("Press 1, 2 or 3 here")
    shown = current(page).get_by_role("button", name="Another answer")
    value = shown.get_attribute("data-value")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("2")
    expect(page.locator("main")).to_contain_text("Nothing waits for a person")

    given = Decision.objects.of_task(task).select_related("artifact").get()
    assert (given.artifact.payload or {})["value"] == value
    assert Generation.objects.get(pk=task.generation_id).released_at is not None


def test_neither_is_typed(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    task = undecided(tenant, alice)
    make_user("carol", tenant)
    log_in(page, "carol").keyboard.press("n")
    expect(current(page)).to_have_attribute("data-slot", "total")
    page.keyboard.press("3")
    expect(current(page).get_by_label("Neither: the right value")).to_be_focused()
    page.keyboard.type("12.00")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Nothing waits for a person")
    given = Decision.objects.of_task(task).select_related("artifact").get()
    assert (given.artifact.payload or {})["value"] == "12.00"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_it_fits(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, width: str, scheme: str
) -> None:
    """With PALIMPSEST_PICTURES=folder it leaves what it saw there."""
    task = undecided(tenant, alice)
    make_user("carol", tenant)
    wide, high = SIZES[width]
    page.set_viewport_size({"width": wide, "height": high})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    log_in(page, "carol")
    address = page.url
    for name, path in (
        ("queue", ""),
        ("third", f"review/{task.pk}/"),
        ("source", f"sources/{task.source_id}/"),
    ):
        page.goto(f"{address}{path}")
        page.wait_for_timeout(300)
        too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not too_wide, name
        if folder := os.environ.get("PALIMPSEST_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png")
