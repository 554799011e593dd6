"""A gate in a browser: accessible, in both themes and widths, and done by hand."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from pipeline.gate import measure, open_gate
from pipeline.models import Gate
from tests.factories import make_tenant, make_user
from tests.pipeline.gated import make_items, make_reprocess

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gate(transactional_db: None) -> Gate:
    make_user("adam", make_tenant("mill"), role="admin")
    with transaction.atomic():
        reprocess = make_reprocess()
        make_items(reprocess, ["same"] * 12, template="good")
        make_items(reprocess, ["worse"] * 6 + ["undecided"], template="bad")
    return measure(gate=open_gate(reprocess=reprocess))


@pytest.fixture
def desk(page: Page, live_server: LiveServer, gate: Gate) -> Page:
    page.goto(f"{live_server.url}/login/?next=/versions/gates/")
    page.get_by_label("Username").fill("adam")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{live_server.url}/versions/gates/")
    return page


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_pages_are_accessible(
    desk: Page, live_server: LiveServer, gate: Gate, width: int, theme: str
) -> None:
    with transaction.atomic():
        make_items(make_reprocess(), ["same"])
    other = gate.reprocess.__class__.objects.filter(gate__isnull=True).get()
    desk.evaluate("theme => { localStorage['palimpsest-theme'] = theme }", theme)
    desk.set_viewport_size({"width": width, "height": 800})
    for path in (
        "/versions/gates/",
        f"/versions/gates/{gate.pk}/",
        f"/versions/gates/{gate.pk}/?verdict=block",
        f"/versions/gates/of/{other.pk}/",
    ):
        desk.goto(f"{live_server.url}{path}")
        violations = Axe().run(desk).response["violations"]
        assert not violations, path
        assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_an_admin_signs_and_moves_what_passes(
    desk: Page, live_server: LiveServer, gate: Gate
) -> None:
    desk.goto(f"{live_server.url}/versions/gates/{gate.pk}/")
    desk.get_by_role("button", name="Sign this report").click()
    expect(desk.get_by_text("Signed: the gate is a record now.")).to_be_visible()

    desk.get_by_label("Why").fill("what passed")
    desk.get_by_role("button", name="Move what passes").click()
    expect(desk.get_by_text("12 documents moved, 7 stay.")).to_be_visible()
    expect(desk.get_by_text("What passes has moved.")).to_be_visible()
