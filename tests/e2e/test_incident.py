"""What the demo leaves to its visitor: to answer, to sign, to move, to take back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Generation
from reviewer.demo import load
from tests.reviewer.incident_demo import AFTER, tell_little

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def log_in(page: Page, live_server: LiveServer, name: str) -> Page:
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(load.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("h1")).to_have_text("Review queue")
    return page


def template_of(name: str) -> str:
    return (
        Generation.objects.filter(source__name=name).latest("created_at").template_key
    )


def test_the_visitor_closes_the_incident(
    browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_little(monkeypatch)
    load.load()
    url = live_server.url

    rita = log_in(browser.new_page(), live_server, "rita")
    rita.goto(f"{url}/?asks=difference")
    rita.get_by_role("button", name="Start reviewing").click()
    expect(rita.locator("h1")).to_have_text(AFTER)
    expect(rita.locator(".question__name")).to_have_text(
        "Is “Freight 41.00” a line item?"
    )
    expect(rita.locator(".side.is-older")).to_contain_text("No line item")
    # Of a line that is none, "No line item" says it: there is no second way.
    expect(rita.get_by_role("button", name="Document does not say")).to_have_count(0)
    rita.wait_for_load_state("networkidle")
    rita.keyboard.press("2")
    expect(rita.get_by_text("Nothing waits for a person here")).to_be_visible()

    adam = log_in(browser.new_page(), live_server, "adam")
    adam.goto(f"{url}/versions/?by=template")
    expect(adam.get_by_text("1 of 2 templates mixed.")).to_be_visible()
    adam.goto(f"{url}/versions/gates/")
    adam.get_by_role("link", name="doc-extract 1.1.0").click()
    adam.get_by_role("button", name="Measure anew").click()
    adam.get_by_role("button", name="Sign this report").click()
    adam.get_by_label("Why").fill("freight is a line item again")
    adam.get_by_role("button", name="Move what passes").click()
    expect(adam.get_by_text("5 documents moved, 0 stay.")).to_be_visible()
    adam.goto(f"{url}/versions/?by=template")
    expect(adam.get_by_text("Of one make.")).to_be_visible()

    adam.goto(f"{url}/versions/batches/")
    adam.locator("tbody a").first.click()
    adam.locator(
        f"a[href*='template={template_of(AFTER)}']", has_text="Roll back…"
    ).click()
    adam.get_by_label("Why").fill("a trial")
    adam.get_by_role("button", name="Roll back").click()
    expect(adam.get_by_role("heading", name="Roll back?")).to_have_count(0)
    adam.goto(f"{url}/versions/?by=template")
    expect(adam.get_by_text("1 of 2 templates mixed.")).to_be_visible()
