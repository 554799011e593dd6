"""The pages about versions in a browser: accessible, in both themes and widths."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Generation, PromotionBatch, SourceMedia
from tests.corpus import make_corpus, put_in_place, read
from tests.factories import make_source, make_tenant, make_user, make_version

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def source(transactional_db: None) -> SourceMedia:
    """Read twice, beside a corpus of two tenants; adam is an admin of its tenant."""
    make_user("adam", make_tenant("harbour"), role="admin")
    make_version(version="1.1.0")
    make_corpus(1, size=12)
    found = make_source(make_tenant("harbour"), name="freight-april.pdf")
    read(found, total="21.20")
    put_in_place(read(found, "1.1.0", total="23.20"), note="spring")
    return found


@pytest.fixture
def desk(page: Page, live_server: LiveServer, source: SourceMedia) -> Page:
    page.goto(f"{live_server.url}/login/?next=/versions/")
    page.get_by_label("Username").fill("adam")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{live_server.url}/versions/")
    return page


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_pages_are_accessible(
    desk: Page, live_server: LiveServer, source: SourceMedia, width: int, theme: str
) -> None:
    desk.evaluate("theme => { localStorage['palimpsest-theme'] = theme }", theme)
    desk.set_viewport_size({"width": width, "height": 800})
    batch = PromotionBatch.objects.filter(promotions__source=source).get()
    for path in (
        "/versions/?by=template",
        "/versions/blast-radius/?state=any",
        "/versions/blast-radius/?show=artifacts",
        "/versions/stale/",
        "/versions/batches/",
        f"/versions/batches/{batch.pk}/",
        f"/versions/batches/{batch.pk}/roll-back/",
        f"/sources/{source.pk}/history/",
    ):
        desk.goto(f"{live_server.url}{path}")
        violations = Axe().run(desk).response["violations"]
        assert not violations, path
        assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_an_admin_rolls_a_source_back(
    desk: Page, live_server: LiveServer, source: SourceMedia
) -> None:
    desk.goto(f"{live_server.url}/sources/{source.pk}/history/")
    expect(desk.get_by_text("1 of 1 values differ.")).to_be_visible()

    desk.get_by_role("link", name="Roll back…").click()
    desk.get_by_label("Why").fill("freight is missing")
    desk.get_by_role("button", name="Roll back this source").click()

    expect(desk.get_by_text("“freight is missing”")).to_be_visible()
    now = Generation.objects.current().get(source=source)
    assert now.pipeline_version == "1.0.0"
