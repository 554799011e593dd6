"""Answers that no server has yet outlive the line, the log-in and the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Generation, Tenant
from reviewer.models import Decision, ReviewTask, SecondOpinion, Verdict
from tests.e2e.drawn import make_case
from tests.factories import make_tenant, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_user("alice", tenant)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def open_page(context: BrowserContext, live_server: LiveServer) -> Callable[[], Page]:
    def log_in() -> Page:
        page = context.new_page()
        page.goto(f"{live_server.url}/login/")
        page.get_by_label("Username").fill("alice")
        page.get_by_label("Password").fill("correct horse")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server.url}/")
        return page

    return log_in


KEPT = """async () => {
  const asked = (request) => new Promise((told) => {
    request.onsuccess = () => told(request.result);
  });
  const base = await asked(indexedDB.open("palimpsest", 1));
  const count = await asked(base.transaction("answers").objectStore("answers").count());
  base.close();
  return count;
}"""


def three_answers_offline(page: Page, context: BrowserContext, address: str) -> None:
    page.goto(address)
    expect(page.locator(".question[data-current]")).to_have_attribute(
        "data-slot", "total"
    )
    context.set_offline(True)
    page.keyboard.press("Enter")
    page.keyboard.press("u")
    page.keyboard.press("a")
    expect(page.locator("[data-saved]")).to_contain_text("3 answers waiting")
    # The disk takes a moment longer than the page.
    page.wait_for_function(f"async () => (await ({KEPT})()) === 3")


def kill(page: Page) -> None:
    """As a crash of the tab: nothing of the page runs any more."""
    page.close(run_before_unload=False)


def verdicts() -> dict[str, str]:
    return dict(Decision.objects.values_list("item__slot", "verdict"))


WANTED = {
    "total": Verdict.CONFIRM,
    "company": Verdict.UNREADABLE,
    "date": Verdict.ABSENT,
}


def test_answers_of_a_killed_page_arrive_once_when_the_case_is_opened_again(
    context: BrowserContext,
    open_page: Callable[[], Page],
    live_server: LiveServer,
    alice: User,
    tenant: Tenant,
) -> None:
    task = make_case(tenant)
    page = open_page()
    address = f"{live_server.url}/review/{task.pk}/"
    three_answers_offline(page, context, address)
    kill(page)
    context.set_offline(False)
    assert not Decision.objects.exists()
    page = context.new_page()
    page.goto(address)
    page.wait_for_url(f"{live_server.url}/")
    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    assert verdicts() == WANTED
    assert (Decision.objects.count(), SecondOpinion.objects.count()) == (3, 0)
    assert ReviewTask.objects.get().state == ReviewTask.State.DONE
    assert Generation.objects.get().released_at is not None
    page.reload()
    page.wait_for_timeout(300)
    assert Decision.objects.count() == 3


def test_they_arrive_from_any_other_page_too(
    context: BrowserContext,
    open_page: Callable[[], Page],
    live_server: LiveServer,
    alice: User,
    tenant: Tenant,
) -> None:
    task = make_case(tenant)
    page = open_page()
    three_answers_offline(page, context, f"{live_server.url}/review/{task.pk}/")
    kill(page)
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sources/")
    told = page.locator("waiting-answers")
    expect(told).to_contain_text("3 answers from before saved.")
    assert verdicts() == WANTED


def test_they_wait_for_the_log_in_and_for_the_person_who_gave_them(
    context: BrowserContext,
    open_page: Callable[[], Page],
    live_server: LiveServer,
    alice: User,
    tenant: Tenant,
) -> None:
    task = make_case(tenant)
    page = open_page()
    three_answers_offline(page, context, f"{live_server.url}/review/{task.pk}/")
    kill(page)
    context.clear_cookies()
    context.set_offline(False)
    make_user("bob", tenant)
    page = context.new_page()
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill("bob")
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/")
    page.wait_for_timeout(500)
    assert not Decision.objects.exists()
    context.clear_cookies()
    page = open_page()
    told = page.locator("waiting-answers")
    expect(told).to_contain_text("3 answers from before saved.")
    assert set(Decision.objects.values_list("reviewer", flat=True)) == {alice.pk}
    assert verdicts() == WANTED


def test_what_another_took_meanwhile_is_kept_as_second_opinions(
    context: BrowserContext,
    open_page: Callable[[], Page],
    live_server: LiveServer,
    alice: User,
    tenant: Tenant,
) -> None:
    task = make_case(tenant)
    page = open_page()
    three_answers_offline(page, context, f"{live_server.url}/review/{task.pk}/")
    kill(page)
    bob = make_user("bob", tenant)
    ReviewTask.objects.update(reserver=bob)
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"{live_server.url}/")
    expect(page.locator("waiting-answers")).to_contain_text(
        "3 answers kept as second opinion."
    )
    assert not Decision.objects.exists()
    assert SecondOpinion.objects.count() == 3


def test_one_key_takes_the_last_answer_back(
    context: BrowserContext,
    open_page: Callable[[], Page],
    live_server: LiveServer,
    alice: User,
    tenant: Tenant,
) -> None:
    task = make_case(tenant)
    page = open_page()
    page.goto(f"{live_server.url}/review/{task.pk}/")
    page.keyboard.press("Enter")
    expect(page.locator("[data-answered]")).to_have_text("1")
    page.keyboard.press("z")
    expect(page.get_by_text("Your answer is taken back")).to_be_visible()
    expect(page.locator("[data-answered]")).to_have_text("0")
    assert [one.verdict for one in Decision.objects.order_by("sequence")] == [
        "confirm",
        "undo",
    ]


def test_the_end_of_a_reservation_is_told_and_one_key_holds_it(
    context: BrowserContext,
    open_page: Callable[[], Page],
    live_server: LiveServer,
    alice: User,
    tenant: Tenant,
) -> None:
    task = make_case(tenant)
    page = open_page()
    page.clock.install()
    page.goto(f"{live_server.url}/review/{task.pk}/")
    page.wait_for_timeout(200)
    context.set_offline(True)
    page.clock.run_for(95_000)
    expect(page.get_by_role("alert")).to_contain_text("Press h to hold it")
    context.set_offline(False)
    before = ReviewTask.objects.get().reserved_until
    page.keyboard.press("h")
    expect(page.get_by_role("alert")).to_be_hidden()
    after = ReviewTask.objects.get().reserved_until
    assert before is not None
    assert after is not None
    assert after > before


def test_a_case_goes_to_a_senior_and_comes_back_by_keys(
    context: BrowserContext,
    open_page: Callable[[], Page],
    live_server: LiveServer,
    alice: User,
    tenant: Tenant,
) -> None:
    task = make_case(tenant)
    make_user("mona", tenant, role="manager")
    page = open_page()
    page.goto(f"{live_server.url}/review/{task.pk}/")
    page.keyboard.press("m")
    expect(page.get_by_label("Comment")).to_be_focused()
    page.keyboard.type("Two totals")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.get_by_text("A senior reviewer gets that case.")).to_be_visible()
    expect(page.get_by_text("1 waiting for a senior reviewer")).to_be_visible()
    assert task.notes.get().text == "Two totals"
