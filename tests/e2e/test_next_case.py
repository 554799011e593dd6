"""The next case is shown while the last answer is on its way, and takes none before."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import DerivedArtifact, Tenant
from reviewer import services
from reviewer.models import Decision, ReviewTask
from tests.e2e.drawn import make_case
from tests.factories import make_tenant, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

READY = "Boolean(document.querySelector('review-desk').next.ready)"
DECIDE = re.compile("/decide/$")


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_user("alice", tenant)


@pytest.fixture
def cases(tenant: Tenant, alice: User) -> list[ReviewTask]:
    return [make_case(tenant) for _ in range(3)]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(
    context: BrowserContext, live_server: LiveServer, cases: list[ReviewTask]
) -> Page:
    """The first case with one answer to go, and the second one ready."""
    return begun(context.new_page(), live_server, cases)


def begun(
    page: Page,
    live_server: LiveServer,
    cases: list[ReviewTask],
    keys: Sequence[str] = ("Enter", "u"),
) -> Page:
    """Answers the first case's fields by these keys."""
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/review/{cases[0].pk}/")
    for number, key in enumerate(keys, start=1):
        expect(page.locator(".question[data-current]")).to_be_visible()
        page.keyboard.press(key)
        expect(page.locator("[data-answered]")).to_have_text(str(number))
    expect(title(page)).to_have_text(cases[0].source.name)
    wait_until_ready(page)
    return page


def wait_until_ready(page: Page) -> None:
    deadline = time.monotonic() + 10
    while not page.evaluate(READY):
        assert time.monotonic() < deadline, "the next case never came"
        page.wait_for_timeout(50)


def title(page: Page) -> Locator:
    return page.locator("h1")


def held_back(page: Page) -> list[Route]:
    """Answers that do not reach the server before they are let on."""
    routes: list[Route] = []
    page.route(DECIDE, lambda route: routes.append(route))
    return routes


def first(page: Page, routes: list[Route]) -> Route:
    """The next case may be there before the answer is on its way."""
    deadline = time.monotonic() + 10
    while not routes:
        assert time.monotonic() < deadline, "no answer was sent"
        page.wait_for_timeout(20)
    return routes[0]


def test_it_is_shown_at_once_and_held_when_the_server_says_so(
    page: Page, cases: list[ReviewTask]
) -> None:
    routes = held_back(page)
    page.keyboard.press("a")
    expect(title(page)).to_have_text(cases[1].source.name)
    expect(page.get_by_role("button", name="Total")).to_be_focused()
    expect(page.locator("[data-saved]")).to_have_text("Saving…")
    page.evaluate("document.querySelector('review-desk').isTheSame = true")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    expect(page.locator("[data-says]")).to_contain_text("Not yet")
    page.locator(".question[data-current] [name=value]").click(force=True)
    assert page.evaluate("document.activeElement.name") != "value"
    assert Decision.objects.count() == 2
    assert cases[0].pk.hex in page.url.replace("-", "")
    first(page, routes).continue_()
    expect(page).to_have_url(re.compile(str(cases[1].pk)))
    expect(page.locator("[data-says]")).to_contain_text("Case done")
    page.unroute(DECIDE)
    assert page.evaluate("document.querySelector('review-desk').isTheSame")
    page.keyboard.press("Enter")
    expect(page.locator("[data-answered]")).to_have_text("1")
    assert Decision.objects.filter(item__task=cases[1]).count() == 1
    wait_until_ready(page)


def test_a_refused_answer_brings_the_case_back(
    page: Page, cases: list[ReviewTask]
) -> None:
    routes = held_back(page)
    page.keyboard.press("c")
    page.keyboard.type("2026-02-12")
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text(cases[1].source.name)
    first(page, routes).fulfill(status=400, json={"error": "There is no such day."})
    expect(title(page)).to_have_text(cases[0].source.name)
    current = page.locator(".question[data-current]")
    expect(current).to_have_attribute("data-slot", "date")
    expect(current.locator("[data-check]")).to_have_text("There is no such day.")
    expect(current.locator("[name=value]").last).to_be_focused()
    expect(current.locator("[name=value]").last).to_have_value("2026-02-12")
    page.unroute(DECIDE)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(str(cases[1].pk)))
    expect(title(page)).to_have_text(cases[1].source.name)
    assert Decision.objects.count() == 3


def test_without_a_line_the_case_comes_back_and_its_answer_waits(
    page: Page, context: BrowserContext, cases: list[ReviewTask]
) -> None:
    context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator("[data-saved]")).to_contain_text("Not saved yet: 1 answer")
    expect(title(page)).to_have_text(cases[0].source.name)
    context.set_offline(False)
    expect(page).to_have_url(re.compile(str(cases[1].pk)))
    expect(title(page)).to_have_text(cases[1].source.name)
    assert Decision.objects.count() == 3


def test_what_somebody_else_got_meanwhile_gives_way_to_what_is_given(
    page: Page, tenant: Tenant, cases: list[ReviewTask]
) -> None:
    bob = make_user("bob", tenant)
    services.reserve(user=bob, task_id=cases[1].pk)  # it was lent only
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile(str(cases[2].pk)))
    expect(title(page)).to_have_text(cases[2].source.name)
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    expect(page.locator("[data-answered]")).to_have_text("1")
    assert not Decision.objects.filter(item__task=cases[1]).exists()


def test_what_changed_since_it_came_is_shown_as_it_is_now(
    page: Page, tenant: Tenant, cases: list[ReviewTask]
) -> None:
    mona = make_user("mona", tenant, role="manager")
    cases[1].notes.create(author=mona, kind="comment", text="Two totals")
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile(str(cases[1].pk)))
    expect(page.get_by_text("Two totals").first).to_be_attached()
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    expect(page.locator("[data-answered]")).to_have_text("1")


def test_an_answer_to_a_lost_case_brings_it_back(
    page: Page, tenant: Tenant, cases: list[ReviewTask]
) -> None:
    bob = make_user("bob", tenant)
    ReviewTask.objects.filter(pk=cases[0].pk).update(reserver=bob)
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_contain_text("bob has this case now")
    expect(title(page)).to_have_text(cases[0].source.name)
    expect(page.get_by_role("button", name="Next case")).to_be_focused()


def test_the_tiles_that_it_begins_with_are_fetched_too(
    browser: Browser, live_server: LiveServer, cases: list[ReviewTask]
) -> None:
    """On a screen for which the picture is too coarse."""
    context = browser.new_context(device_scale_factor=3)
    page = context.new_page()
    grid = {"state": "ready", "tile": 512, "levels": [[3600, 4800], [1800, 2400]]}
    asked: list[str] = []

    def tile(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=404)

    page.route(re.compile("/tiles/$"), lambda route: route.fulfill(json=grid))
    page.route(re.compile("/tiles/0/.*jpg$"), tile)
    begun(page, live_server, cases)
    images = DerivedArtifact.objects.filter(kind="page_image")
    second = str(images.get(generation=cases[1].generation_id).pk)
    deadline = time.monotonic() + 10
    while not any(second in url for url in asked):
        assert time.monotonic() < deadline, "no tile was asked for ahead"
        page.wait_for_timeout(50)
    ahead = {url for url in asked if second in url}
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile(str(cases[1].pk)))
    page.wait_for_timeout(500)
    assert {url for url in asked if second in url} == ahead
    context.close()


def test_nothing_is_shown_early_while_answers_are_held(
    context: BrowserContext, live_server: LiveServer, cases: list[ReviewTask]
) -> None:
    page = begun(context.new_page(), live_server, cases, keys=["Enter"])
    context.clear_cookies()
    page.keyboard.press("u")
    expect(page.get_by_role("alert")).to_contain_text("Your log-in has ended")
    page.keyboard.press("a")
    expect(page.locator(".question[data-sending]")).to_have_count(2)
    assert (
        page.evaluate("document.querySelector('review-desk').answers.outbox.unsent")
        == 2
    )
    expect(title(page)).to_have_text(cases[0].source.name)
    assert "data-early" not in page.content()


def test_what_is_closed_by_one_key_is_not_closed_early(
    context: BrowserContext, live_server: LiveServer, tenant: Tenant, alice: User
) -> None:
    cases = [make_case(tenant), make_case(tenant, known=False)]
    page = begun(context.new_page(), live_server, cases)
    routes = held_back(page)
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Note it and close")).to_be_focused()
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    expect(page.locator("[data-says]")).to_contain_text("Not yet")
    assert cases[0].pk.hex in page.url.replace("-", "")
    first(page, routes).continue_()
    expect(page).to_have_url(re.compile(str(cases[1].pk)))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    cases[1].refresh_from_db()
    assert cases[1].state == ReviewTask.State.DONE
