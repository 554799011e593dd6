from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import DerivedArtifact, Generation, GoldenValue, Tenant
from reviewer.models import (
    Correction,
    Decision,
    ReviewTask,
    SecondOpinion,
    Verdict,
)
from tests.e2e.drawn import click_word, make_case, middle_of_word, region
from tests.factories import make_tenant, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[Page, str], Page]


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_user("alice", tenant)


@pytest.fixture
def log_in(live_server: LiveServer) -> LogIn:
    def log_in(page: Page, name: str) -> Page:
        page.goto(f"{live_server.url}/login/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill("correct horse")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server.url}/")
        return page

    return log_in


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """For pages on which the server is expected to say no."""
    context = browser.new_context()
    yield context
    context.close()


def current(page: Page) -> Locator:
    return page.locator(".question[data-current]")


def says(page: Page) -> Locator:
    return page.locator("[data-says]")


def open_case(page: Page, live_server: LiveServer, task: ReviewTask) -> None:
    page.goto(f"{live_server.url}/review/{task.pk}/")
    expect(current(page)).to_have_attribute("data-slot", "total")


def value_of(slot: str) -> object:
    live = DerivedArtifact.objects.filter(superseded_by__isnull=True, kind="field")
    return (live.get(slot=slot).payload or {})["value"]


def test_a_whole_case_by_keyboard_and_straight_to_the_next(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    first, second = make_case(tenant), make_case(tenant)
    log_in(page, "alice").keyboard.press("n")
    expect(page.locator(".desk__why")).to_contain_text("differs from the sum")
    expect(current(page)).to_have_attribute("data-slot", "total")
    expect(page.get_by_role("button", name="Total")).to_be_focused()
    page.keyboard.press("Enter")
    expect(says(page)).to_have_text("Total confirmed. Company: 2 of 3.")
    expect(page.get_by_role("button", name="Company")).to_be_focused()
    page.keyboard.press("u")
    expect(says(page)).to_have_text("Company cannot be read. Date: 3 of 3.")
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile(str(second.pk)))
    expect(page.locator("h1")).to_have_text(second.source.name)
    expect(page.get_by_role("button", name="Total")).to_be_focused()
    expect(page.locator("[data-saved]")).to_contain_text("Case done")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.reserver) == (ReviewTask.State.DONE, alice)
    generation = Generation.objects.get(pk=first.generation_id)
    assert generation.released_at is not None
    verdicts = Decision.objects.values_list("item__slot", "verdict")
    assert dict(verdicts) == {
        "total": Verdict.CONFIRM,
        "company": Verdict.UNREADABLE,
        "date": Verdict.ABSENT,
    }


def test_correcting_by_typing(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    open_case(log_in(page, "alice"), live_server, make_case(tenant))
    page.keyboard.press("c")
    box = page.get_by_label("Right value").first
    expect(box).to_be_focused()
    expect(box).to_have_value("21.20")
    page.keyboard.type("1.021,20")
    expect(current(page).locator("[data-check]")).to_have_text("Reads as 1021.20")
    page.keyboard.press("Enter")
    expect(current(page)).to_have_attribute("data-slot", "company")
    page.keyboard.press("ArrowUp")
    expect(current(page)).to_have_attribute("data-slot", "total")
    expect(page.locator("[data-answered]")).to_have_text("1")
    assert value_of("total") == "1021.20"
    assert Correction.objects.get().how == Correction.How.TYPED


def test_a_sign_that_is_no_key_does_nothing(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    open_case(log_in(page, "alice"), live_server, make_case(tenant))
    page.keyboard.type("9.5")
    expect(page.get_by_role("button", name="Total")).to_be_focused()
    expect(page.get_by_label("Right value").first).to_have_value("")
    assert not Decision.objects.exists()


def test_a_held_key_answers_once(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    open_case(log_in(page, "alice"), live_server, make_case(tenant))
    page.wait_for_timeout(400)
    for _ in range(6):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(page.locator("[data-answered]")).to_have_text("1")
    page.wait_for_timeout(300)
    assert Decision.objects.count() == 1


def test_taking_another_reading_costs_one_key(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    open_case(log_in(page, "alice"), live_server, make_case(tenant))
    page.keyboard.press("1")
    expect(page.locator("[data-answered]")).to_have_text("1")
    correction = Correction.objects.get()
    assert (correction.how, correction.new_value) == ("candidate", "20.00")
    assert correction.new_region == region("20.00")
    assert GoldenValue.objects.get().machine_value == "21.20"


def test_picking_words_with_the_pointer(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    open_case(log_in(page, "alice"), live_server, make_case(tenant))
    page.get_by_role("button", name="Company").click()
    current(page).get_by_role("button", name="Pick it on the page").click()
    click_word(page, 0)
    click_word(page, 1)
    expect(page.get_by_label("Right value").nth(1)).to_have_value("Harbour Cafe")
    current(page).get_by_role("button", name="Save").click()
    expect(page.locator("[data-answered]")).to_have_text("1")
    correction = Correction.objects.get()
    assert (correction.how, correction.new_value) == ("words", "Harbour Cafe")
    first, last = region("Harbour")["bbox"], region("Cafe")["bbox"]
    box = [first[0], min(first[1], last[1]), last[2], max(first[3], last[3])]
    assert correction.new_region == {"page": 1, "bbox": box}


def test_picking_words_by_dragging(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    open_case(log_in(page, "alice"), live_server, make_case(tenant))
    page.get_by_role("button", name="Company").click()
    current(page).get_by_role("button", name="Pick it on the page").click()
    value = page.get_by_label("Right value").nth(1)
    page.mouse.move(*middle_of_word(page, 1))
    page.mouse.down()
    page.mouse.move(*middle_of_word(page, 0), steps=8)
    page.mouse.up()
    expect(value).to_have_value("Harbour Cafe")
    page.keyboard.press("Enter")
    expect(page.locator("[data-answered]")).to_have_text("1")
    assert Correction.objects.get().how == "words"


def test_picking_words_with_keys(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    open_case(log_in(page, "alice"), live_server, make_case(tenant))
    page.keyboard.press("w")
    expect(page.locator(".words")).to_have_attribute("data-cursor", "11")
    page.keyboard.press("ArrowUp")
    expect(says(page)).to_have_text("20.00")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Right value").first).to_have_value("20.00")
    page.keyboard.press("Enter")
    expect(page.locator("[data-answered]")).to_have_text("1")
    expect(page.locator(".words")).to_have_count(0)
    assert Correction.objects.get().new_region == region("20.00")


def test_a_refused_value_stays_with_what_to_do(
    context: BrowserContext,
    log_in: LogIn,
    alice: User,
    tenant: Tenant,
    live_server: LiveServer,
) -> None:
    page = context.new_page()
    open_case(log_in(page, "alice"), live_server, make_case(tenant))
    page.keyboard.press("c")
    page.keyboard.type("about ten")
    page.keyboard.press("Enter")
    expect(current(page).locator("[data-check]")).to_contain_text(
        "type it like 1234.50"
    )
    expect(page.get_by_label("Right value").first).to_be_focused()
    expect(page.get_by_label("Right value").first).to_have_value("about ten")
    assert not Decision.objects.exists()


def test_two_people_at_once_get_different_cases(
    browser: Browser, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    make_user("bob", tenant)
    make_case(tenant)
    make_case(tenant)
    names = []
    for name in ("alice", "bob"):
        page = log_in(browser.new_context().new_page(), name)
        page.keyboard.press("n")
        names.append(page.locator("h1").inner_text())
    assert names[0] != names[1]
    for open_context in browser.contexts:
        open_context.close()


def test_leaving_the_page_puts_the_case_back(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant, live_server: LiveServer
) -> None:
    task = make_case(tenant)
    open_case(log_in(page, "alice"), live_server, task)
    task.refresh_from_db()
    assert task.reserver == alice
    page.get_by_role("link", name="Sources").click()
    page.wait_for_url(re.compile("/sources/"))
    deadline = time.monotonic() + 5
    while task.reserver is not None and time.monotonic() < deadline:
        time.sleep(0.05)
        task.refresh_from_db()
    assert task.reserver is None


def test_answers_wait_while_the_line_is_down(
    context: BrowserContext,
    log_in: LogIn,
    alice: User,
    tenant: Tenant,
    live_server: LiveServer,
) -> None:
    page = context.new_page()
    open_case(log_in(page, "alice"), live_server, make_case(tenant))
    context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("Not saved yet: 1 answer")
    expect(current(page)).to_have_attribute("data-slot", "company")
    assert not Decision.objects.exists()
    context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    assert Decision.objects.count() == 1


def test_answers_survive_the_end_of_a_log_in(
    context: BrowserContext,
    log_in: LogIn,
    alice: User,
    tenant: Tenant,
    live_server: LiveServer,
) -> None:
    page = context.new_page()
    open_case(log_in(page, "alice"), live_server, make_case(tenant))
    context.clear_cookies()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Your log-in has ended")
    assert not Decision.objects.exists()
    log_in(context.new_page(), "alice")
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    assert Decision.objects.count() == 1


def test_a_lost_case_says_who_has_it_and_offers_the_next(
    context: BrowserContext,
    log_in: LogIn,
    alice: User,
    tenant: Tenant,
    live_server: LiveServer,
) -> None:
    page = context.new_page()
    task = make_case(tenant)
    other = make_case(tenant)
    open_case(log_in(page, "alice"), live_server, task)
    bob = make_user("bob", tenant)
    ReviewTask.objects.filter(pk=task.pk).update(reserver=bob)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("bob has this case now")
    expect(page.get_by_role("alert")).to_contain_text(
        "Your answer for Total is kept as a second opinion."
    )
    expect(page.locator("[data-verdict]").first).to_have_text("second opinion")
    assert SecondOpinion.objects.get().value == "21.20"
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text(other.source.name)


def test_an_unknown_document_is_closed_with_one_key(
    page: Page, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    task = make_case(tenant, known=False)
    log_in(page, "alice").keyboard.press("n")
    expect(page.get_by_role("heading", name="Nothing could be read")).to_be_visible()
    expect(page.get_by_role("button", name="Note it and close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    task.refresh_from_db()
    assert task.state == ReviewTask.State.DONE


def test_it_works_without_scripts(
    browser: Browser, log_in: LogIn, alice: User, tenant: Tenant
) -> None:
    make_case(tenant)
    context = browser.new_context(java_script_enabled=False)
    page = log_in(context.new_page(), "alice")
    page.get_by_role("button", name="Start reviewing").click()
    page.get_by_role("form", name="Answer for Total").get_by_text("Confirm").click()
    typing = page.get_by_role("form", name="Correct Company")
    typing.get_by_label("Right value").fill("Harbour Cafe")
    typing.get_by_label("Right value").press("Enter")
    page.get_by_role("form", name="Answer for Date").get_by_text("Cannot read").click()
    expect(page.get_by_text("Case done: its values are released.")).to_be_visible()
    assert value_of("company") == "Harbour Cafe"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_both_pages_fit_and_break_no_rule_of_access(
    browser: Browser,
    log_in: LogIn,
    alice: User,
    tenant: Tenant,
    live_server: LiveServer,
    scheme: str,
    width: int,
) -> None:
    make_case(tenant)
    task = make_case(tenant)
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
