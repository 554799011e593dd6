from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Delivery, SourceMedia
from pipeline import work
from pipeline.models import Run
from pipeline.versions import ensure_built_in
from tests.documents import pdf_of
from tests.e2e.drawn import make_case, region
from tests.factories import (
    field_artifact,
    make_generation,
    make_source,
    make_tenant,
    make_user,
)
from tests.reviewer.readings import make_read_source

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SCALE = "document.querySelector('[data-sheet]').style.getPropertyValue('--scale')"


@pytest.fixture
def alice(transactional_db: None) -> User:
    return make_user("alice", make_tenant("harbour"))


@pytest.fixture
def desk(page: Page, live_server: LiveServer, alice: User) -> Page:
    """A page on which alice is logged in; it takes paths of the live server."""
    page.goto(f"{live_server.url}/login/?next=/upload/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{live_server.url}/upload/")
    return page


@pytest.fixture
def shown(desk: Page, live_server: LiveServer) -> SourceMedia:
    task = make_case(make_tenant("harbour"))
    desk.goto(f"{live_server.url}/sources/{task.source_id}/")
    expect(desk.locator("page-view.is-live")).to_be_visible()
    return task.source


def in_frame(page: Page, slot: str) -> bool:
    """Whether the slot's box is wholly inside of the frame that one sees."""
    box = page.locator(f"svg [data-slot={slot}]").bounding_box()
    frame = page.locator("[data-frame]").bounding_box()
    assert box is not None
    assert frame is not None
    return (
        box["x"] >= frame["x"]
        and box["y"] >= frame["y"]
        and box["x"] + box["width"] <= frame["x"] + frame["width"]
        and box["y"] + box["height"] <= frame["y"] + frame["height"]
    )


@pytest.mark.usefixtures("shown")
def test_a_field_and_its_box_light_up_together(desk: Page) -> None:
    box, field = desk.locator("svg [data-slot=total]"), desk.locator("#field-total")
    field.hover()
    expect(box).to_have_class("is-conflict is-lit")
    desk.locator("h1").hover()
    expect(box).to_have_class("is-conflict")
    box.hover()
    expect(field).to_have_class("fields__row is-lit")


@pytest.mark.usefixtures("shown")
def test_a_field_in_focus_brings_its_box_into_view_larger(desk: Page) -> None:
    before = float(desk.evaluate(SCALE))
    desk.locator("#field-total a[data-here]").focus()
    desk.wait_for_timeout(400)
    assert float(desk.evaluate(SCALE)) > before
    assert in_frame(desk, "total")


@pytest.mark.usefixtures("shown")
def test_a_clicked_box_focuses_its_field(desk: Page) -> None:
    desk.locator("svg [data-slot=date]").click()
    expect(desk.locator("#field-date a[data-here]")).to_be_focused()


@pytest.mark.usefixtures("shown")
def test_the_picture_zooms_by_key_and_button(desk: Page) -> None:
    whole = float(desk.evaluate(SCALE))
    desk.locator("[data-frame]").focus()
    desk.keyboard.press("+")
    assert float(desk.evaluate(SCALE)) == pytest.approx(whole * 1.25)
    desk.get_by_role("button", name="Zoom out").click()
    assert float(desk.evaluate(SCALE)) == pytest.approx(whole)
    desk.get_by_role("button", name="As wide as the window").click()
    assert float(desk.evaluate(SCALE)) == 1


def test_a_link_to_a_field_opens_with_its_box_in_view(
    desk: Page, live_server: LiveServer, shown: SourceMedia
) -> None:
    desk.goto(f"{live_server.url}/sources/{shown.pk}/?show=total")
    expect(desk.locator("svg .is-lit")).to_have_count(1)
    desk.wait_for_timeout(400)
    assert in_frame(desk, "total")
    assert region("21.20")["page"] == 1


def test_uploads_show_the_gates_reason_then_the_fields(
    desk: Page, live_server: LiveServer
) -> None:
    ensure_built_in()
    desk.goto(f"{live_server.url}/upload/")
    files = {"tide.pdf": pdf_of(), "notes.txt": b"only words"}
    desk.set_input_files(
        "input[type=file]",
        [
            FilePayload(name=name, mimeType="application/octet-stream", buffer=data)
            for name, data in files.items()
        ],
    )
    refused = desk.locator(".upload-item", has_text="notes.txt")
    expect(refused).to_contain_text("This type of file cannot be read")
    taken = desk.locator(".upload-item", has_text="tide.pdf")
    expect(taken).to_contain_text("Waiting for a worker")
    run = work.take(run_id=Run.objects.open().get().pk)
    assert run is not None
    work.execute_run(run)
    expect(taken).to_contain_text("TW-20417")
    taken.get_by_role("link", name="See it on the page").click()
    expect(desk.locator("h1")).to_have_text("tide.pdf")


def test_a_manager_downloads_what_the_filter_lets_through(
    desk: Page, live_server: LiveServer, alice: User
) -> None:
    harbour = make_tenant("harbour")
    alice.memberships.update(role="manager")
    for name in ("tea.pdf", "sugar.pdf"):
        make_generation(
            make_source(harbour, name=name),
            disposition="auto_accept",
            reason="all_critical_verified",
            fields=(field_artifact("total", "21.20", status="verified"),),
        )
    desk.goto(f"{live_server.url}/sources/")
    desk.get_by_label("Search").fill("tea")
    expect(desk.get_by_text("Export what is released of this source")).to_be_visible()
    with desk.expect_download() as download:
        desk.get_by_role("button", name="CSV").click()
    sent = Path(download.value.path()).read_text()
    assert "tea.pdf" in sent
    assert "sugar.pdf" not in sent
    assert Delivery.objects.get().recipient == alice


def test_the_theme_is_kept(desk: Page, live_server: LiveServer) -> None:
    desk.emulate_media(color_scheme="light")
    desk.get_by_role("button", name="Light or dark").click()
    desk.goto(f"{live_server.url}/search/")
    assert desk.evaluate("document.documentElement.dataset.theme") == "dark"
    desk.goto(f"{live_server.url}/admin/login/")
    assert desk.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "dark")])
def test_pages_have_no_accessibility_faults_and_fit(
    desk: Page, live_server: LiveServer, tmp_path: Path, width: int, theme: str
) -> None:
    desk.evaluate("theme => { localStorage['theme'] = theme }", theme)
    desk.set_viewport_size({"width": width, "height": 800})
    source = make_read_source(make_tenant("harbour"), tmp_path, name="tea.jpg")
    artifact = source.artifacts.get(slot="total")
    for path in (
        "/upload/",
        "/sources/",
        f"/sources/{source.pk}/",
        f"/artifacts/{artifact.pk}/",
        "/search/?q=total",
        "/golden/",
    ):
        desk.goto(f"{live_server.url}{path}")
        violations = Axe().run(desk).response["violations"]
        assert not violations, path
        assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
